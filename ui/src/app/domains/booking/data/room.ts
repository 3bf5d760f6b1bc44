import { computed, inject, Injectable, signal } from '@angular/core';

import { Api, type Schema } from '../../../shared/api/api';
import { Problem } from '../../../shared/api/problem';
import { listen } from '../../../shared/live/events';
import { leftAlone, type Room as Seating, shifted } from '../util/seats';

export type Seat = Schema<'Seat'>;

/** The most seats of one booking; the API says no to more. */
export const MOST = 10;

/**
 * The room of one showtime: its seats, what others do to them as it happens, and which of them are chosen here. One for each
 * page that shows a room.
 */
@Injectable()
export class RoomStore {
  private readonly api = inject(Api);

  private readonly all = signal<Seat[] | undefined>(undefined);
  private readonly states = signal<Record<string, string>>({});
  private readonly picked = signal<string[]>([]);
  private readonly up = signal(false);
  private readonly failed = signal<Problem | undefined>(undefined);
  private readonly lost = signal<string[]>([]);
  /** Seats that are held for the person at this screen: taken for everybody else. */
  private readonly own = signal<string[]>([]);

  readonly seats = this.all.asReadonly();
  readonly problem = this.failed.asReadonly();
  /** Whether changes arrive as they happen. */
  readonly isLive = this.up.asReadonly();
  /** Seats that were chosen here when somebody else took them. */
  readonly snatched = this.lost.asReadonly();
  readonly chosen = computed(() => {
    const picked = new Set(this.picked());
    return (this.all() ?? []).filter((seat) => picked.has(seat.seat));
  });
  readonly names = computed(() => this.chosen().map((seat) => seat.seat));
  readonly total = computed(() => {
    const chosen = this.chosen();
    const amount = chosen.reduce((sum, seat) => sum + seat.price.amount, 0);
    return { amount, currency: chosen[0]?.price.currency ?? this.all()?.[0]?.price.currency ?? 'EUR' };
  });
  readonly free = computed(() => (this.all() ?? []).filter((seat) => this.state(seat.seat) === 'free').length);
  private readonly room = computed<Seating>(() => ({ seats: this.all() ?? [], isFree: (name) => this.state(name) === 'free' }));
  /** Free seats that the choice would leave alone. */
  readonly alone = computed(() => leftAlone(this.room(), this.names()));
  /** The same number of seats a little to the side, where none is left alone. */
  readonly better = computed(() => (this.alone().length > 0 ? shifted(this.room(), this.names()) : undefined));

  state(name: string): string {
    return this.own().includes(name) ? 'free' : (this.states()[name] ?? 'free');
  }

  isChosen(name: string): boolean {
    return this.picked().includes(name);
  }

  /** Loads the room and follows it until the signal says so. */
  async open(id: string, wanted: string[], signal: AbortSignal): Promise<void> {
    try {
      const { seats } = await this.api.of(this.api.client.GET('/api/showtimes/{id}/seats', { params: { path: { id } }, signal }));
      this.all.set(seats);
      this.failed.set(undefined);
      this.states.set(Object.fromEntries(seats.filter((seat) => seat.state !== 'free').map((seat) => [seat.seat, seat.state])));
      this.choose(wanted.filter((name) => seats.some((seat) => seat.seat === name)));
    } catch (thrown) {
      if (!signal.aborted) this.failed.set(Problem.from(thrown));
      return;
    }
    const event = ({ name, data }: { name: string; data: unknown }): undefined => {
      const told = data as Record<string, string>;
      this.states.update((states) => (name === 'seats' ? told : { ...states, ...told }));
      this.letGo();
    };
    const live = (up: boolean) => {
      this.up.set(up);
    };
    void listen(`/api/showtimes/${id}/seats/events`, { event, live }, signal);
  }

  /** Chooses a free seat, or unchooses it; says what came of it. */
  toggle(name: string): 'chosen' | 'dropped' | 'taken' | 'full' {
    if (this.isChosen(name)) {
      this.picked.update((picked) => picked.filter((other) => other !== name));
      return 'dropped';
    }
    if (this.state(name) !== 'free') return 'taken';
    if (this.picked().length >= MOST) return 'full';
    this.picked.update((picked) => [...picked, name]);
    return 'chosen';
  }

  choose(names: string[]): void {
    this.picked.set(names.slice(0, MOST));
    this.letGo();
  }

  /** The seats of a hold of one's own are still one's own. */
  keep(names: string[]): void {
    this.own.set(names);
  }

  /** These turned out to be somebody else's. */
  taken(names: string[]): void {
    this.states.update((states) => ({ ...states, ...Object.fromEntries(names.map((name) => [name, states[name] ?? 'held'])) }));
    this.letGo();
  }

  forgetSnatched(): void {
    this.lost.set([]);
  }

  /** The best seats that are left for so many, by the server's word. */
  async best(id: string, count: number): Promise<{ seats: string[]; together: boolean }> {
    return this.api.of(this.api.client.GET('/api/showtimes/{id}/seats/best', { params: { path: { id }, query: { count } } }));
  }

  private letGo(): void {
    const gone = this.picked().filter((name) => this.state(name) !== 'free');
    if (gone.length === 0) return;
    this.picked.update((picked) => picked.filter((name) => !gone.includes(name)));
    this.lost.update((lost) => [...new Set([...lost, ...gone])]);
  }
}
