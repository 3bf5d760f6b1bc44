import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { Icon } from '../../../shared/ui/icon';
import type { Booking } from '../data/bookings';
import { waiting } from '../util/words';

type Stage = 'done' | 'now' | 'later' | 'wrong';

/** How far a booking is, in plain words: what the saga does, as far as a customer has to know it. */
@Component({
  selector: 'usher-steps',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<ol class="steps">
    @for (step of steps(); track step.name) {
      <li [class]="'step step--' + step.stage" [attr.aria-current]="step.stage === 'now' ? 'step' : null">
        <span class="step__dot">
          @if (step.stage === 'done') {
            <usher-icon name="check" [size]="18" />
          } @else if (step.stage === 'wrong') {
            <usher-icon name="cross" [size]="18" />
          }
        </span>
        <div>
          <p class="step__name">{{ step.name }}</p>
          @if (step.stage === 'now') {
            <p class="step__text">{{ step.text }}</p>
          }
        </div>
      </li>
    }
  </ol>`,
})
export class Steps {
  readonly booking = input.required<Booking>();
  /** Whether the customer was told. */
  readonly isTold = input(false);

  protected readonly steps = computed(() => {
    const booking = this.booking();
    const { payment } = booking;
    const at = ['requested', 'reserved', 'paid', 'confirmed'].indexOf(booking.status);
    const stage = (step: number): Stage => (at > step ? 'done' : at === step ? 'now' : 'later');
    return [
      { name: $localize`Seats reserved`, stage: stage(0), text: $localize`Making sure that they are yours.` },
      {
        name: $localize`Paid`,
        stage: stage(1),
        text: waiting(payment?.message.key, payment?.message.text) || $localize`The payment provider is asked.`,
      },
      { name: $localize`Tickets issued`, stage: stage(2), text: $localize`Each seat gets its signed ticket.` },
      { name: $localize`Sent to you`, stage: at === 3 ? (this.isTold() ? ('done' as const) : ('now' as const)) : ('later' as const), text: $localize`The message with your tickets is on its way. They are below already.` },
    ];
  });
}
