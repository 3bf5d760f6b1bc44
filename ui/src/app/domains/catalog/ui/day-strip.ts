import { ChangeDetectionStrategy, Component, computed, inject, input, output } from '@angular/core';

import { Format } from '../../../shared/util/format';

/** Days to choose from. */
@Component({
  selector: 'usher-day-strip',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="days" role="group" i18n-aria-label aria-label="Day" tabindex="-1">
    @for (day of leaves(); track day.value) {
      <button type="button" class="day" [attr.aria-pressed]="day.value === chosen()" (click)="choose.emit(day.value)">
        <span class="hidden-visually">{{ day.leaf.full }}</span>
        <span class="day__name" aria-hidden="true">@if (day.value === today()) {<ng-container i18n>Today</ng-container>} @else {{{ day.leaf.weekday }}}</span>
        <span class="day__number" aria-hidden="true">{{ day.leaf.number }}</span>
      </button>
    }
  </div>`,
})
export class DayStrip {
  readonly days = input.required<string[]>();
  readonly chosen = input.required<string>();
  /** Which of them is today, if any is. */
  readonly today = input<string>();
  readonly choose = output<string>();

  private readonly format = inject(Format);
  protected readonly leaves = computed(() => this.days().map((value) => ({ value, leaf: this.format.leaf(value) })));
}
