import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { Format } from '../../../shared/util/format';
import type { Seat } from '../data/room';
import { seatType } from '../util/words';

/** What the shapes mean, and what each kind of seat costs. */
@Component({
  selector: 'usher-legend',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<ul class="legend">
    @for (kind of kinds(); track kind.type) {
      <li>
        <svg viewBox="-14 -14 28 28" aria-hidden="true"><g [attr.class]="'seat seat--' + kind.type"><rect class="seat__back" x="-11.5" y="-11.5" width="23" height="23" rx="6.5" />
          @if (kind.type === 'premium') { <path class="seat__sign" d="M0-3.500L3.500 0L0 3.500L-3.500 0Z" /> }
          @if (kind.type === 'companion') { <path class="seat__sign" d="M-1.200-5h2.400v3.800H5v2.400H1.200V5h-2.400V1.200H-5v-2.400h3.800Z" /> }
          @if (kind.type === 'accessible') { <path class="seat__sign" d="M-2.500-8a1.900 1.900 0 1 1 0 3.800a1.900 1.900 0 0 1 0-3.800ZM-3.400-3.400h2l.4 3.400h4.200l2.200 5-1.700.8-1.800-4H-2.200ZM-4.600-1a4.600 4.600 0 1 0 6.300 6l-1.500-.3A3.200 3.200 0 1 1-4.300.6Z" /> }
        </g></svg>
        {{ kind.name }} <b>{{ kind.price }}</b>
      </li>
    }
    <li><svg viewBox="-14 -14 28 28" aria-hidden="true"><g class="seat seat--chosen"><rect class="seat__back" x="-11.5" y="-11.5" width="23" height="23" rx="6.5" /><path class="seat__mark" d="M-5 .5l3.500 3.500L5.500-4" /></g></svg><ng-container i18n>Chosen</ng-container></li>
    <li><svg viewBox="-14 -14 28 28" aria-hidden="true"><g class="seat seat--held"><rect class="seat__back" x="-11.5" y="-11.5" width="23" height="23" rx="6.5" /></g></svg><ng-container i18n>Held</ng-container></li>
    <li><svg viewBox="-14 -14 28 28" aria-hidden="true"><g class="seat seat--sold"><rect class="seat__back" x="-11.5" y="-11.5" width="23" height="23" rx="6.5" /><path class="seat__mark" d="M-4-4l8 8M4-4l-8 8" /></g></svg><ng-container i18n>Sold</ng-container></li>
  </ul>`,
})
export class Legend {
  readonly seats = input.required<Seat[]>();

  private readonly format = inject(Format);
  protected readonly kinds = computed(() => {
    const kinds = new Map(this.seats().map((seat) => [seat.type, seat.price]));
    const order = ['standard', 'premium', 'accessible', 'companion'];
    return order.flatMap((type) => {
      const price = kinds.get(type);
      return price ? [{ type, name: seatType(type), price: this.format.money(price) }] : [];
    });
  });
}
