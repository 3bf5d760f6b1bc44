import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Problem } from '../../../shared/api/problem';
import { Failed } from '../../../shared/ui/failed';
import { Icon } from '../../../shared/ui/icon';
import { Toasts } from '../../../shared/ui/toasts';
import { ask } from '../../../shared/util/ask';
import { Format } from '../../../shared/util/format';
import { Bookings, type Hold } from '../data/bookings';
import { RoomStore } from '../data/room';
import { Countdown } from '../ui/countdown';
import { ShowHead } from '../ui/show-head';
import { methods } from '../util/methods';

/** Paying for seats that are kept. */
@Component({
  imports: [Countdown, Failed, Icon, RouterLink, ShowHead],
  providers: [RoomStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './checkout-page.html',
})
export class CheckoutPage {
  /** The hold, from the address. */
  readonly id = input.required<string>();

  protected readonly format = inject(Format);
  private readonly bookings = inject(Bookings);
  private readonly room = inject(RoomStore);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);

  protected readonly all = ask(
    () => this.id(),
    async (id, signal) => {
      const hold = await this.bookings.openHold(id);
      this.room.keep(hold.seats);
      const [show] = await Promise.all([this.bookings.showtime(hold.showtime_id), this.room.open(hold.showtime_id, hold.seats, signal)]);
      return { hold, show };
    },
  );
  protected readonly hold = computed(() => this.changed() ?? this.all.value()?.hold);
  protected readonly seats = this.room.chosen;
  protected readonly total = this.room.total;
  protected readonly groups = methods();
  protected readonly method = signal('pm_ok');
  protected readonly isPaying = signal(false);
  protected readonly isOver = signal(false);
  protected readonly refused = signal<string | undefined>(undefined);
  private readonly changed = signal<Hold | undefined>(undefined);

  /** A second click finds the first one under way; a second try after a lost answer finds the same booking. */
  protected async pay(): Promise<void> {
    if (this.isPaying()) return;
    this.isPaying.set(true);
    this.refused.set(undefined);
    try {
      const booking = await this.bookings.book(this.id(), this.method());
      await this.router.navigate(['/bookings', booking.id], { replaceUrl: true, state: { fresh: true } });
    } catch (thrown) {
      const problem = Problem.from(thrown);
      if (problem.kind === 'hold-expired') this.isOver.set(true);
      else if (problem.body.status === 401) await this.router.navigate(['/sign-in'], { queryParams: { return: this.router.url } });
      else this.refused.set(problem.body.detail);
      this.isPaying.set(false);
    }
  }

  protected async extend(): Promise<void> {
    try {
      this.changed.set(await this.bookings.extend(this.id()));
      this.toasts.say($localize`Your seats are kept for longer.`);
    } catch (thrown) {
      this.toasts.say(Problem.from(thrown).body.detail);
    }
  }

  /** To the room, where the same seats are chosen. */
  protected back(): string[] {
    return ['/showtimes', this.hold()?.showtime_id ?? ''];
  }

  protected chosen(): Record<string, string> {
    const hold = this.hold();
    return hold ? { seats: hold.seats.join(','), hold: hold.id } : {};
  }
}
