import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';

import { Format } from '../../../shared/util/format';
import type { Seat } from '../data/room';
import { seatState, seatType } from '../util/words';

/** The room as a list of rows, for who would rather read than look. */
@Component({
  selector: 'usher-seat-rows',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="rows" tabindex="0" role="region" i18n-aria-label aria-label="Seats by row">
    @for (row of rows(); track row.name) {
      <fieldset class="rows__row">
        <legend class="eyebrow" i18n>Row {{ row.name }}</legend>
        <div class="rows__seats">
          @for (one of row.seats; track one.seat.seat) {
            <button type="button" class="rows__seat" [disabled]="one.state !== 'free'" [attr.aria-pressed]="one.isChosen" (click)="picked.emit(one.seat)">
              <span class="hidden-visually">{{ one.label }}</span><span aria-hidden="true">{{ one.seat.seat }}<small>{{ one.price }}</small></span>
            </button>
          }
        </div>
      </fieldset>
    }
  </div>`,
})
export class SeatRows {
  readonly seats = input.required<Seat[]>();
  readonly state = input.required<(name: string) => string>();
  readonly chosen = input.required<string[]>();
  readonly picked = output<Seat>();

  private readonly format = inject(Format);
  protected readonly rows = computed(() => {
    const [state, chosen] = [this.state(), new Set(this.chosen())];
    const names = [...new Set(this.seats().map((seat) => seat.row))];
    return names.map((name) => ({
      name,
      seats: this.seats()
        .filter((seat) => seat.row === name)
        .map((seat) => {
          const now = state(seat.seat);
          const price = this.format.money(seat.price);
          return { seat, price, state: now, isChosen: chosen.has(seat.seat), label: `${seat.seat}, ${seatType(seat.type)}, ${price}, ${seatState(now)}` };
        }),
    }));
  });
}
