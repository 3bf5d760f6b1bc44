import { DOCUMENT, inject, Injectable, signal } from '@angular/core';

import { remember, remembered } from '../shared/util/storage';

/** Light or dark: as the system has it, until somebody chooses. `theme.js` does the same before anything is drawn. */
@Injectable({ providedIn: 'root' })
export class Theme {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly dark = signal(this.isDarkNow());

  readonly isDark = this.dark.asReadonly();

  toggle(): void {
    const next = this.dark() ? 'light' : 'dark';
    this.root.dataset['theme'] = next;
    remember('usher.theme', next);
    this.dark.set(next === 'dark');
  }

  private isDarkNow(): boolean {
    const chosen = remembered('usher.theme');
    return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }
}
