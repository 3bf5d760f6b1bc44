import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';

import type { Problem } from '../api/problem';
import { Icon } from './icon';

/** What stands in the place of something that could not be loaded: what happened, and the way on. */
@Component({
  selector: 'usher-failed',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="empty" role="alert">
    <usher-icon name="alert" [size]="44" />
    @if (problem().kind === 'not-found') {
      <h2 i18n>There is nothing here</h2>
      <p i18n>It may have been taken down, or it belongs to another account.</p>
    } @else {
      <h2 i18n>That did not work</h2>
      <p>{{ problem().body.detail }}</p>
      <button type="button" class="button" (click)="again.emit()" i18n>Try again</button>
    }
    @if (problem().body.trace_id; as trace) {
      <p class="small"><ng-container i18n>For support:</ng-container> <code>{{ trace }}</code></p>
    }
  </div>`,
})
export class Failed {
  readonly problem = input.required<Problem>();
  readonly again = output();
}
