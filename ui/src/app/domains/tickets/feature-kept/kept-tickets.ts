import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Clock } from '../../../shared/live/clock';
import { Icon } from '../../../shared/ui/icon';
import { Tickets } from '../data/tickets';
import { Ticket } from '../ui/ticket';

/** Tickets that were looked at on this device. The page needs no network. */
@Component({
  imports: [Icon, RouterLink, Ticket],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="page page--narrow stack">
    <h1 tabindex="-1" i18n>Tickets on this device</h1>
    <p class="lead" i18n>They can be shown at the door without a network. Signing out takes them from the device.</p>
    <div class="tickets">
      @for (ticket of kept; track ticket.id) {
        <usher-ticket [ticket]="ticket" />
      } @empty {
        <div class="empty">
          <usher-icon name="ticket" [size]="48" />
          <p i18n>There are none yet. Open a booking, and its tickets are kept here.</p>
          <a class="button button--first" routerLink="/bookings" i18n>My bookings</a>
        </div>
      }
    </div>
  </div>`,
})
export class KeptTickets {
  protected readonly kept = inject(Tickets).kept(inject(Clock).now());
}
