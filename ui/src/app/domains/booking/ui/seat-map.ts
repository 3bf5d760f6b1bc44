import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, input, output, signal } from '@angular/core';

import { Format } from '../../../shared/util/format';
import type { Seat } from '../data/room';
import { next } from '../util/seats';
import { seatState, seatType } from '../util/words';

/** From one seat to the next, in units of the drawing. */
const PITCH = 30;
/** The side of a seat. */
const SIDE = 23;
/** What is around the seats: the letters of the rows, and the screen in front. */
const MARGIN = 34;
const FRONT = 66;
/** How far the outer seats are turned to the screen. */
const CURVE = 13;

interface Drawn {
  seat: Seat;
  at: string;
  classes: string;
  isChosen: boolean;
  state: string;
  label: string;
}

/**
 * The room from above, drawn: a grid in which the arrow keys walk. Only one seat is in the tab order; Home and End go to the ends of
 * a row, Enter and the space bar choose. What a seat is, is told by shape and by name, never by colour alone.
 */
@Component({
  selector: 'usher-seat-map',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './seat-map.html',
})
export class SeatMap {
  readonly seats = input.required<Seat[]>();
  readonly state = input.required<(name: string) => string>();
  readonly chosen = input.required<string[]>();
  readonly picked = output<Seat>();

  private readonly format = inject(Format);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly at = signal<string | undefined>(undefined);

  /** The seat that the keyboard is at; at first the middle of the room. */
  protected readonly current = computed(() => {
    const seats = this.seats();
    const at = this.at();
    if (at && seats.some((seat) => seat.seat === at)) return at;
    return this.chosen()[0] ?? seats[Math.floor(seats.length / 2)]?.seat;
  });
  private readonly span = computed(() => {
    const [xs, ys] = [this.seats().map((seat) => seat.x), this.seats().map((seat) => seat.y)];
    return { left: Math.min(...xs), right: Math.max(...xs), front: Math.min(...ys), back: Math.max(...ys) };
  });
  protected readonly size = computed(() => {
    const { left, right, front, back } = this.span();
    const width = (right - left + 1) * PITCH + 2 * MARGIN;
    const height = (back - front + 1) * PITCH + FRONT + 14;
    return { width, height, box: `0 0 ${width} ${height}` };
  });
  protected readonly screen = computed(() => {
    const { width } = this.size();
    return {
      line: `M${MARGIN + 16} 36Q${width / 2} 10 ${width - MARGIN - 16} 36`,
      glow: `M${MARGIN + 16} 36Q${width / 2} 10 ${width - MARGIN - 16} 36L${width - 4} 150H4Z`,
    };
  });
  protected readonly rows = computed(() => {
    const { width } = this.size();
    const [state, chosen] = [this.state(), new Set(this.chosen())];
    const rows = new Map<string, Drawn[]>();
    for (const seat of this.seats()) rows.set(seat.row, [...(rows.get(seat.row) ?? []), this.draw(seat, state(seat.seat), chosen.has(seat.seat))]);
    return [...rows].map(([name, seats]) => ({ name, seats, y: this.y(seats[0]?.seat.y ?? 0, 1), right: width - MARGIN / 2 + 2 }));
  });
  protected readonly margin = MARGIN / 2 - 2;
  protected readonly side = SIDE;
  protected readonly half = -SIDE / 2;

  protected pick(drawn: Drawn): void {
    this.at.set(drawn.seat.seat);
    this.picked.emit(drawn.seat);
  }

  protected key(event: KeyboardEvent, drawn: Drawn): void {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.pick(drawn);
      return;
    }
    const to = next(this.seats(), drawn.seat, event.key);
    if (to === drawn.seat && !['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    this.at.set(to.seat);
    this.element.nativeElement.querySelector<SVGElement>(`[data-seat="${to.seat}"]`)?.focus();
  }

  private draw(seat: Seat, state: string, isChosen: boolean): Drawn {
    const { left } = this.span();
    const x = MARGIN + (seat.x - left + 0.5) * PITCH;
    const kind = isChosen ? 'chosen' : state === 'free' ? seat.type : state;
    return {
      seat,
      state,
      isChosen,
      at: `translate(${x} ${this.y(seat.y, (2 * x) / this.size().width - 1)})`,
      classes: `seat seat--${kind}`,
      label: $localize`Row ${seat.row}:row:, seat ${seat.number}:number:, ${seatType(seat.type)}:type:, ${this.format.money(seat.price)}:price:, ${seatState(state)}:state:`,
    };
  }

  /** Further to the side, nearer to the screen; `aside` is from -1 to 1. */
  private y(row: number, aside: number): number {
    return FRONT + (row - this.span().front + 0.5) * PITCH - CURVE * aside * aside + CURVE / 2;
  }
}
