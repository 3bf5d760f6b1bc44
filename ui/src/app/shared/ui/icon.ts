import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

const SHAPES = {
  alert: 'M12 8v5M12 16.5v.01M10.3 3.9 2.4 17.6A2 2 0 0 0 4.1 20.6h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z',
  back: 'M19 12H5M11 6l-6 6 6 6',
  calendar: 'M4 9h16M8 3v4M16 3v4M6 5h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 7v5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  close: 'M6 6l12 12M18 6 6 18',
  contrast: 'M12 3a9 9 0 1 0 0 18Zm0 0a9 9 0 0 1 0 18',
  cross: 'M6 6l12 12M18 6 6 18',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  film: 'M4 5h16v14H4ZM8 5v14M16 5v14M4 9.7h4M4 14.3h4M16 9.7h4M16 14.3h4',
  info: 'M12 11v5.5M12 7.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  minus: 'M6 12h12',
  out: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M9 8l-4 4 4 4M5 12h11',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c1.2-3.6 4-5.5 7.500-5.5s6.300 1.900 7.500 5.500',
  plus: 'M12 6v12M6 12h12',
  search: 'M20 20l-4.500-4.500M17.500 11a6.500 6.500 0 1 1-13 0 6.500 6.500 0 0 1 13 0Z',
  seat: 'M7 4h10v9H7ZM5 11v6h14v-6M7 17v3M17 17v3',
  ticket: 'M4 7h16v3.500a1.700 1.700 0 0 0 0 3.200V17H4v-3.300a1.700 1.700 0 0 0 0-3.200ZM14 7v10',
  wheelchair: 'M11 4.500v.01M11 7.500v6h5.500l2.500 5M11 10h4.500M9 11.500a5 5 0 1 0 6 6.500',
} as const;

export type IconName = keyof typeof SHAPES;

/** A line drawing of one colour. It says nothing to a screen reader: the words beside it do. */
@Component({
  selector: 'usher-icon',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'aria-hidden': 'true' },
  template: `<svg
    viewBox="0 0 24 24"
    [attr.width]="size()"
    [attr.height]="size()"
    fill="none"
    stroke="currentColor"
    stroke-width="1.9"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    <path [attr.d]="shape()" />
  </svg>`,
})
export class Icon {
  readonly name = input.required<IconName>();
  readonly size = input(20);

  protected readonly shape = computed(() => SHAPES[this.name()]);
}
