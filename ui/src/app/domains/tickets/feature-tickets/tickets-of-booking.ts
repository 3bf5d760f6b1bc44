import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { Failed } from '../../../shared/ui/failed';
import { ask } from '../../../shared/util/ask';
import { Tickets } from '../data/tickets';
import { Ticket } from '../ui/ticket';

/** The tickets of a booking, on its page. */
@Component({
  imports: [Failed, Ticket],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<section class="tickets" i18n-aria-label aria-label="Tickets">
    @for (ticket of asked.value(); track ticket.id) {
      <usher-ticket [ticket]="ticket" />
    } @empty {
      @if (asked.problem(); as problem) {
        <usher-failed [problem]="problem" (again)="asked.again()" />
      } @else {
        <div class="ticket bone tickets__bone"></div>
      }
    }
  </section>`,
})
export class TicketsOfBooking {
  /** The booking, from the address. */
  readonly id = input.required<string>();

  private readonly tickets = inject(Tickets);
  protected readonly asked = ask(
    () => this.id(),
    (id) => this.tickets.ofBooking(id),
  );
}
