import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Icon } from '../shared/ui/icon';

/** Where no page is. */
@Component({
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="page"><div class="empty">
    <usher-icon name="film" [size]="48" />
    <h1 tabindex="-1" i18n>This reel is missing</h1>
    <p i18n>The address leads nowhere. It may have been mistyped, or what was here is over.</p>
    <a class="button button--first" routerLink="/" i18n>See what's on</a>
  </div></div>`,
})
export class NotFound {}
