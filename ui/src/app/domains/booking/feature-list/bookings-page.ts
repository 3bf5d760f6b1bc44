import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Clock } from '../../../shared/live/clock';
import { Failed } from '../../../shared/ui/failed';
import { Icon } from '../../../shared/ui/icon';
import { Poster } from '../../../shared/ui/poster';
import { ask } from '../../../shared/util/ask';
import { Format } from '../../../shared/util/format';
import { type Booking, Bookings } from '../data/bookings';
import { standing } from '../util/words';

/** Everything that somebody ever booked, or tried to: what is to come first. */
@Component({
  imports: [Failed, Icon, Poster, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './bookings-page.html',
})
export class BookingsPage {
  protected readonly format = inject(Format);
  private readonly bookings = inject(Bookings);
  private readonly clock = inject(Clock);

  protected readonly standing = standing;
  protected readonly asked = ask(
    () => true,
    () => this.bookings.mine(),
  );
  protected readonly isLoadingMore = signal(false);
  /** In parts: to come, on their way, and over. */
  protected readonly parts = computed(() => {
    const all = this.asked.value()?.items ?? [];
    const now = this.clock.now();
    const isToCome = (booking: Booking) => booking.status !== 'rejected' && booking.status !== 'cancelled' && Date.parse(booking.showtime?.ends_at ?? '') > now;
    const toCome = all.filter(isToCome).sort((a, b) => Date.parse(a.showtime?.starts_at ?? '') - Date.parse(b.showtime?.starts_at ?? ''));
    return [
      { title: $localize`To come`, isOver: false, bookings: toCome },
      { title: $localize`Before`, isOver: true, bookings: all.filter((booking) => !isToCome(booking)) },
    ].filter((part) => part.bookings.length > 0);
  });

  protected async more(cursor: string): Promise<void> {
    this.isLoadingMore.set(true);
    try {
      const [before, page] = [this.asked.value()?.items ?? [], await this.bookings.mine(cursor)];
      this.asked.set({ items: [...before, ...page.items], next: page.next ?? null });
    } finally {
      this.isLoadingMore.set(false);
    }
  }
}
