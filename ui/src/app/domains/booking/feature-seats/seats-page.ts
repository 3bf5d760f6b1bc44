import { ChangeDetectionStrategy, Component, computed, DestroyRef, effect, inject, input, signal, untracked } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { Router, RouterLink } from '@angular/router';

import { Problem } from '../../../shared/api/problem';
import { Session } from '../../../shared/session/session';
import { Failed } from '../../../shared/ui/failed';
import { Icon } from '../../../shared/ui/icon';
import { Toasts } from '../../../shared/ui/toasts';
import { ask } from '../../../shared/util/ask';
import { Format } from '../../../shared/util/format';
import { Bookings } from '../data/bookings';
import { MOST, RoomStore, type Seat } from '../data/room';
import { Legend } from '../ui/legend';
import { SeatMap } from '../ui/seat-map';
import { SeatRows } from '../ui/seat-rows';
import { ShowHead } from '../ui/show-head';
import { seatType } from '../util/words';

/** Choosing seats. The choice stands in the address, so that signing in, going back and a reload lose nothing. */
@Component({
  imports: [Failed, Icon, Legend, RouterLink, SeatMap, SeatRows, ShowHead],
  providers: [RoomStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './seats-page.html',
})
export class SeatsPage {
  /** From the address. */
  readonly id = input.required<string>();
  readonly seats = input<string>();
  /** A hold that one came back from; it is given back when other seats are taken. */
  readonly hold = input<string>();

  protected readonly room = inject(RoomStore);
  protected readonly format = inject(Format);
  private readonly bookings = inject(Bookings);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly title = inject(Title);
  private readonly destroyed = inject(DestroyRef);

  protected readonly show = ask(
    () => this.id(),
    (id) => this.bookings.showtime(id),
  );
  protected readonly party = signal(2);
  protected readonly most = MOST;
  protected readonly asList = signal(false);
  protected readonly isHolding = signal(false);
  protected readonly isSearching = signal(false);
  protected readonly refused = signal<string | undefined>(undefined);
  protected readonly said = signal('');
  /** Read anew whenever a seat changes; passed on as one function. */
  protected readonly state = computed(() => {
    const states = new Map((this.room.seats() ?? []).map((seat) => [seat.seat, this.room.state(seat.seat)]));
    return (name: string) => states.get(name) ?? 'free';
  });
  protected readonly typeOf = seatType;
  /** The same key for every try to hold the same seats. */
  private attempt: { seats: string; key: string } | undefined;
  private following = new AbortController();

  constructor() {
    effect(() => {
      const id = this.id();
      untracked(() => {
        this.open(id);
      });
    });
    effect(() => {
      const show = this.show.value();
      if (show) this.title.setTitle($localize`Seats for ${show.movie_title}:title:` + ' · Usher');
    });
    effect(() => {
      const names = this.room.names();
      if (!untracked(this.room.seats)) return;
      const queryParams = { seats: names.length > 0 ? names.join(',') : null };
      void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: true });
    });
    this.destroyed.onDestroy(() => {
      this.following.abort();
    });
  }

  protected open(id = this.id()): void {
    this.following.abort();
    this.following = new AbortController();
    const wanted = (this.seats() ?? '').split(',').filter(Boolean);
    void this.keepOwn().then(() => this.room.open(id, wanted, this.following.signal));
  }

  protected toggle(seat: Seat): void {
    this.refused.set(undefined);
    const words = {
      chosen: $localize`${seat.seat}:seat: chosen`,
      dropped: $localize`${seat.seat}:seat: no longer chosen`,
      taken: $localize`${seat.seat}:seat: cannot be taken`,
      full: $localize`${this.most}:most: seats are the most of one booking`,
    };
    const outcome = this.room.toggle(seat.seat);
    this.said.set(words[outcome]);
    if (outcome === 'full') this.toasts.say(words.full);
  }

  protected async pickBest(): Promise<void> {
    this.isSearching.set(true);
    try {
      const { seats, together } = await this.room.best(this.id(), this.party());
      this.room.choose(seats);
      this.room.forgetSnatched();
      this.said.set($localize`${this.format.list(seats)}:seats: chosen`);
      if (!together) this.toasts.say($localize`There are not so many seats side by side any more. These are as near to each other as can be.`);
    } catch (thrown) {
      this.toasts.say(Problem.from(thrown).body.detail);
    } finally {
      this.isSearching.set(false);
    }
  }

  protected takeOut(seat: Seat): string {
    return $localize`Take ${seat.seat}:seat: out`;
  }

  protected change(by: number): void {
    this.party.update((party) => Math.max(1, Math.min(this.most, party + by)));
  }

  protected shift(): void {
    const better = this.room.better();
    if (better) this.room.choose(better);
  }

  /** Keeps the seats and goes on to paying; who is not signed in does that first, and comes back with the same seats. */
  protected async goOn(): Promise<void> {
    if (this.isHolding()) return;
    await this.session.start();
    if (!this.session.isSignedIn()) {
      await this.router.navigate(['/sign-in'], { queryParams: { return: this.router.url } });
      return;
    }
    this.isHolding.set(true);
    this.refused.set(undefined);
    const seats = this.room.names();
    const joined = seats.join(',');
    if (this.attempt?.seats !== joined) this.attempt = { seats: joined, key: this.bookings.newKey() };
    // From now on that they are held is our doing, and may be told by the stream before the answer comes.
    this.room.keep(seats);
    try {
      const before = this.hold();
      if (before) await this.bookings.giveBack(before);
      const hold = await this.bookings.hold(this.id(), seats, this.attempt.key);
      // Going back from there leads here, with the hold, so that its seats are known to be one's own.
      await this.router.navigate([], { queryParams: { hold: hold.id }, queryParamsHandling: 'merge', replaceUrl: true });
      await this.router.navigate(['/checkout', hold.id]);
    } catch (thrown) {
      const problem = Problem.from(thrown);
      this.room.keep([]);
      this.attempt = problem.kind === 'away' ? this.attempt : undefined;
      if (problem.kind === 'seats-taken') this.room.taken(problem.body.seats ?? []);
      else if (problem.body.status === 401) await this.router.navigate(['/sign-in'], { queryParams: { return: this.router.url } });
      else this.refused.set(problem.body.detail);
    } finally {
      this.isHolding.set(false);
    }
  }

  /** A hold that is still open is one's own: its seats can be chosen again. */
  private async keepOwn(): Promise<void> {
    const before = this.hold();
    if (!before) return;
    const hold = await this.bookings.openHold(before).catch(() => undefined);
    this.room.keep(hold?.seats ?? []);
    if (!hold) await this.router.navigate([], { queryParams: { hold: null }, queryParamsHandling: 'merge', replaceUrl: true });
  }
}
