import { ChangeDetectionStrategy, Component, computed, DestroyRef, effect, inject, input, signal, untracked, viewChild } from '@angular/core';
import { Router, RouterLink, RouterOutlet } from '@angular/router';

import { Problem } from '../../../shared/api/problem';
import { Clock } from '../../../shared/live/clock';
import { Failed } from '../../../shared/ui/failed';
import { Icon } from '../../../shared/ui/icon';
import { Toasts } from '../../../shared/ui/toasts';
import { ask } from '../../../shared/util/ask';
import { save } from '../../../shared/util/download';
import { Format } from '../../../shared/util/format';
import { type Booking, Bookings, isOver } from '../data/bookings';
import { ShowHead } from '../ui/show-head';
import { Steps } from '../ui/steps';
import { ending, standing, waiting } from '../util/words';
import { CancelDialog } from './cancel-dialog';

/** How often to look at what the stream does not tell: a payment that takes longer, and seats on their way back. In milliseconds. */
const LOOK = 1500;

/** One booking, from the first moment to the last: its way as it happens, what came of it, its tickets, and the way out of it. */
@Component({
  imports: [CancelDialog, Failed, Icon, RouterLink, RouterOutlet, ShowHead, Steps],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './booking-page.html',
})
export class BookingPage {
  /** From the address. */
  readonly id = input.required<string>();

  protected readonly format = inject(Format);
  private readonly bookings = inject(Bookings);
  private readonly toasts = inject(Toasts);
  private readonly now = inject(Clock).ticking();
  private readonly dialog = viewChild(CancelDialog);
  private following = new AbortController();
  private isFollowing = false;

  protected readonly asked = ask(
    () => this.id(),
    (id, signal) => this.bookings.booking(id, signal),
  );
  protected readonly booking = this.asked.value;
  protected readonly isTold = signal(false);
  /** Whether it was just paid for, or seen on its way here, and so ends with a word about it. */
  protected readonly wasWatched = signal(inject(Router).currentNavigation()?.extras.state?.['fresh'] === true);
  protected readonly isBusy = signal(false);
  /** Seats that were asked to be given back and are not yet. */
  protected readonly leaving = signal<string[]>([]);

  protected readonly isOnItsWay = computed(() => ['requested', 'reserved', 'paid'].includes(this.booking()?.status ?? ''));
  protected readonly standing = computed(() => {
    const booking = this.booking();
    return booking && standing(booking);
  });
  protected readonly ending = computed(() => {
    const booking = this.booking();
    return booking?.status === 'rejected' ? ending(booking) : undefined;
  });
  protected readonly hint = computed(() => {
    const payment = this.booking()?.payment;
    return waiting(payment?.message.key, payment?.message.text);
  });
  protected readonly canCancel = computed(() => {
    const show = this.booking()?.showtime;
    return this.booking()?.status === 'confirmed' && !!show && Date.parse(show.starts_at) > this.now();
  });
  /** Changes when the tickets do, and so draws them anew. */
  protected readonly tickets = computed(() => {
    const booking = this.booking();
    return booking?.status === 'confirmed' ? [booking.seats.join(',')] : [];
  });

  constructor() {
    effect(() => {
      const status = this.booking()?.status;
      if (status) {
        untracked(() => {
          this.watch();
        });
      }
    });
    inject(DestroyRef).onDestroy(() => {
      this.following.abort();
    });
  }

  protected async paper(): Promise<void> {
    await this.download(() => this.bookings.paper(this.id()), 'pdf');
  }

  protected async calendar(): Promise<void> {
    await this.download(() => this.bookings.calendar(this.id()), 'ics');
  }

  protected cancel(): void {
    const booking = this.booking();
    if (booking) this.dialog()?.open(booking);
  }

  protected cancelled(after: Booking, seats: string[]): void {
    this.leaving.set(seats);
    this.keep(after);
    this.watch(true);
  }

  /** Where a rejected booking goes on: with the seats that are not known to be taken. */
  protected others(): string {
    const booking = this.booking();
    return booking?.seats.filter((seat) => !booking.taken_seats.includes(seat)).join(',') ?? '';
  }

  /** Follows whatever moves. The stream tells each state; what it does not tell is looked at now and then. */
  private watch(anew = false): void {
    const booking = untracked(this.booking);
    if (!booking) return;
    const isMoving = !isOver(booking) || this.leaving().length > 0;
    if (isMoving && (anew || this.following.signal.aborted || !this.isFollowing)) {
      this.following.abort();
      this.following = new AbortController();
      this.isFollowing = true;
      if (this.isOnItsWay()) this.wasWatched.set(true);
      const { signal } = this.following;
      const tell = (next: Booking) => {
        this.keep(next);
      };
      void this.bookings.follow(this.id(), tell, signal);
      void this.look(signal);
    }
    if (booking.status === 'confirmed' && !this.isTold()) void this.hear();
  }

  private async look(signal: AbortSignal): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      if (signal.aborted) return;
      const booking = await this.bookings.booking(this.id(), signal).catch(() => undefined);
      if (booking) this.keep(booking);
      if (booking && isOver(booking)) {
        const left = this.leaving().filter((seat) => booking.seats.includes(seat) && booking.status === 'confirmed');
        this.leaving.set(left);
        if (left.length === 0) {
          this.isFollowing = false;
          return;
        }
      }
    }
  }

  /** Never goes back to what was before, and keeps what only one of both sources tells. */
  private keep(next: Booking): void {
    const before = untracked(this.booking);
    if (before && Date.parse(next.updated_at) < Date.parse(before.updated_at)) return;
    const same = before?.status === next.status;
    this.asked.set({
      ...next,
      showtime: next.showtime ?? before?.showtime ?? null,
      payment: next.payment ?? (same ? (before.payment ?? null) : null),
      requires_action: next.requires_action ?? (same && next.payment === undefined ? (before.requires_action ?? null) : null),
    });
    // A rejection's reason in full is only in the whole booking.
    if (next.status === 'rejected' && next.payment === undefined && !same) this.asked.again();
  }

  private async hear(): Promise<void> {
    for (let tries = 0; tries < 6 && !this.isTold(); tries++) {
      if (await this.bookings.wasTold(this.id()).catch(() => false)) this.isTold.set(true);
      else await new Promise((resolve) => setTimeout(resolve, 800));
    }
  }

  private async download(load: () => Promise<Blob>, kind: string): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    try {
      save(await load(), `usher-${this.id()}.${kind}`);
    } catch (thrown) {
      this.toasts.say(Problem.from(thrown).body.detail);
    } finally {
      this.isBusy.set(false);
    }
  }
}
