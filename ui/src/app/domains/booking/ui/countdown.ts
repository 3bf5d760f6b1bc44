import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal } from '@angular/core';

import { Clock } from '../../../shared/live/clock';
import { minutes } from '../../../shared/util/format';

/** The life of a hold, for the ring: five minutes. */
const LIFE = 300_000;

/**
 * How long the seats are kept, by the server's clock. Screen readers hear it at two minutes and at half a minute, and not every
 * second.
 */
@Component({
  selector: 'usher-countdown',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="countdown">
    <svg viewBox="0 0 44 44" aria-hidden="true">
      <circle class="countdown__all" cx="22" cy="22" r="18" />
      <circle class="countdown__left" cx="22" cy="22" r="18" pathLength="100" stroke-dasharray="100" [attr.stroke-dashoffset]="100 - share()" />
    </svg>
    <div>
      <p class="small soft" i18n>Your seats are kept for</p>
      <p class="countdown__time" role="timer" [attr.aria-label]="text()">{{ text() }}</p>
    </div>
    <p class="hidden-visually" role="status">{{ said() }}</p>
  </div>`,
})
export class Countdown {
  /** RFC 3339, by the server's clock. */
  readonly until = input.required<string>();
  readonly over = output();

  private readonly now = inject(Clock).ticking();
  private readonly left = computed(() => Date.parse(this.until()) - this.now());
  protected readonly text = computed(() => minutes(this.left()));
  protected readonly share = computed(() => Math.max(0, Math.min(100, (this.left() / LIFE) * 100)));
  protected readonly said = signal('');

  constructor() {
    effect(() => {
      const left = this.left();
      if (left <= 0) this.over.emit();
      else if (left <= 30_000) this.said.set($localize`Half a minute left.`);
      else if (left <= 120_000) this.said.set($localize`Two minutes left.`);
    });
  }
}
