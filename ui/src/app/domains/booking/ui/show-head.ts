import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { Poster } from '../../../shared/ui/poster';
import { Format } from '../../../shared/util/format';

export interface Show {
  movie_id: string;
  movie_title: string;
  theater_name: string;
  screen_name: string;
  time_zone: string;
  starts_at: string;
}

/** Which show it is: film, place and time. */
@Component({
  selector: 'usher-show-head',
  imports: [Poster],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="show">
    @if (show(); as show) {
      <usher-poster [movie]="show.movie_id" [eager]="true" />
      <div>
        <h1 tabindex="-1">{{ show.movie_title }}</h1>
        <p class="soft">
          {{ format.day(show.starts_at, show.time_zone) }}, <b>{{ format.time(show.starts_at, show.time_zone) }}</b> · {{ show.theater_name }}, {{ show.screen_name }}
        </p>
      </div>
    } @else {
      <div class="poster bone"></div>
      <div class="stack stack--tight"><div class="bone bone--title"></div><div class="bone bone--line"></div></div>
    }
  </div>`,
})
export class ShowHead {
  readonly show = input.required<Show | undefined>();

  protected readonly format = inject(Format);
}
