import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Format } from '../../../shared/util/format';
import type { Showtime } from '../data/catalog';

/** Beginnings to choose from; each leads to its seats. */
@Component({
  selector: 'usher-time-links',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<ul class="times">
    @for (show of showtimes(); track show.id) {
      <li>
        <a class="time" [class.time--full]="show.seats_free === 0" [routerLink]="['/showtimes', show.id]">
          {{ format.time(show.starts_at, show.time_zone) }}
          @if (show.seats_free === 0) {
            <span class="time__more" i18n>Sold out</span>
          } @else if (more()) {
            <span class="time__more">{{ format.money(show.price) }}</span>
          }
        </a>
      </li>
    }
  </ul>`,
})
export class TimeLinks {
  readonly showtimes = input.required<Showtime[]>();
  /** Whether to say what a seat costs. */
  readonly more = input(false);

  protected readonly format = inject(Format);
}
