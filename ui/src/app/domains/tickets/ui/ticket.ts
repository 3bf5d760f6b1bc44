import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { Format } from '../../../shared/util/format';
import type { ShownTicket } from '../data/tickets';

/** A ticket as it is shown at the door. */
@Component({
  selector: 'usher-ticket',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<article class="ticket" [attr.aria-label]="ticket().title + ', ' + ticket().seat">
    <div class="ticket__main">
      <p class="ticket__title">{{ ticket().title }}</p>
      <dl class="ticket__facts">
        <div>
          <dt i18n>Seat</dt>
          <dd class="ticket__seat">{{ ticket().seat }}</dd>
        </div>
        <div>
          <dt i18n>When</dt>
          <dd>{{ format.day(ticket().starts_at, ticket().time_zone) }}<br />{{ format.time(ticket().starts_at, ticket().time_zone) }}</dd>
        </div>
        <div>
          <dt i18n>Where</dt>
          <dd>{{ ticket().theater }}<br />{{ ticket().screen }}</dd>
        </div>
      </dl>
    </div>
    <div class="ticket__stub">
      <img class="ticket__code" [src]="picture()" i18n-alt alt="QR code for the door" width="200" height="200" />
    </div>
  </article>`,
})
export class Ticket {
  readonly ticket = input.required<ShownTicket>();

  protected readonly format = inject(Format);
  protected readonly picture = computed(() => `data:image/svg+xml,${encodeURIComponent(this.ticket().code)}`);
}
