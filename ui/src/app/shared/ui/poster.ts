import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** A film's poster. It is decoration: the title stands beside it. */
@Component({
  selector: 'usher-poster',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<img class="poster" [src]="'/api/movies/' + movie() + '/poster'" alt="" width="400" height="600" [attr.loading]="eager() ? null : 'lazy'" decoding="async" />`,
})
export class Poster {
  readonly movie = input.required<string>();
  readonly eager = input(false);
}
