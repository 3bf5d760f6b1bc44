import { ChangeDetectionStrategy, Component, DOCUMENT, inject, LOCALE_ID } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

import { Connection } from '../shared/live/connection';
import { Session } from '../shared/session/session';
import { Icon } from '../shared/ui/icon';
import { ToastRegion, Toasts } from '../shared/ui/toasts';
import { Theme } from './theme';

/** What is around every page: the way to the others, who is signed in, and whether the server is there. */
@Component({
  selector: 'usher-root',
  imports: [Icon, RouterLink, RouterLinkActive, RouterOutlet, ToastRegion],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './app.html',
})
export class App {
  protected readonly session = inject(Session);
  protected readonly connection = inject(Connection);
  protected readonly theme = inject(Theme);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly page = inject(DOCUMENT);

  protected readonly house = 'Usher';
  protected readonly otherLanguage = inject(LOCALE_ID).startsWith('de')
    ? { code: 'en', name: 'English', at: (path: string) => path }
    : { code: 'de', name: 'Deutsch', at: (path: string) => `/de${path}` };

  constructor() {
    let first = true;
    let before = '';
    this.router.events.pipe(takeUntilDestroyed()).subscribe((event) => {
      if (!(event instanceof NavigationEnd)) return;
      const path = event.urlAfterRedirects.split('?')[0] ?? '';
      // Readers are taken to the new page; not on the first, and not where only a filter changed.
      if (!first && path !== before) this.focusPage();
      first = false;
      before = path;
    });
  }

  protected async signOut(): Promise<void> {
    await this.session.signOut();
    await this.router.navigateByUrl('/');
    this.toasts.say($localize`You are signed out.`);
  }

  /** The same page in the other language. */
  protected switchLanguage(event: Event): void {
    event.preventDefault();
    location.assign(this.otherLanguage.at(this.router.url));
  }

  protected focusPage(event?: Event): void {
    event?.preventDefault();
    const target = this.page.querySelector<HTMLElement>('main h1') ?? this.page.querySelector<HTMLElement>('main');
    target?.setAttribute('tabindex', '-1');
    target?.focus({ preventScroll: !event });
  }
}
