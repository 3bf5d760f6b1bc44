import { ChangeDetectionStrategy, Component, inject, Injectable, signal } from '@angular/core';

import { Icon } from './icon';

/** How long a toast stays, in milliseconds: long enough to be read twice. */
const STAY = 8000;

/** Short words about something that just happened. What matters longer belongs into the page. */
@Injectable({ providedIn: 'root' })
export class Toasts {
  private readonly all = signal<{ id: number; text: string }[]>([]);
  private next = 0;

  readonly shown = this.all.asReadonly();

  say(text: string): void {
    const id = this.next++;
    this.all.update((all) => [...all.filter((toast) => toast.text !== text).slice(-2), { id, text }]);
    setTimeout(() => {
      this.drop(id);
    }, STAY);
  }

  drop(id: number): void {
    this.all.update((all) => all.filter((toast) => toast.id !== id));
  }
}

/** The toasts, where screen readers hear them. The region is there before its first word, or it would not be heard. */
@Component({
  selector: 'usher-toasts',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="toasts" role="status" aria-live="polite">
    @for (toast of toasts.shown(); track toast.id) {
      <div class="toast">
        <span>{{ toast.text }}</span>
        <button type="button" (click)="toasts.drop(toast.id)" i18n-aria-label aria-label="Close"><usher-icon name="close" [size]="18" /></button>
      </div>
    }
  </div>`,
})
export class ToastRegion {
  protected readonly toasts = inject(Toasts);
}
