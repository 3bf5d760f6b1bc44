import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, output, signal, viewChild } from '@angular/core';

import { Problem } from '../../../shared/api/problem';
import { Icon } from '../../../shared/ui/icon';
import { Format } from '../../../shared/util/format';
import { type Booking, Bookings, type Quote } from '../data/bookings';

/** The way out of a booking, whole or in part: what comes back is shown before anything is done. */
@Component({
  selector: 'usher-cancel-dialog',
  imports: [Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './cancel-dialog.html',
})
export class CancelDialog {
  readonly done = output<{ booking: Booking; seats: string[] }>();

  protected readonly format = inject(Format);
  private readonly bookings = inject(Bookings);
  private readonly element = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  protected readonly booking = signal<Booking | undefined>(undefined);
  protected readonly seats = signal<string[]>([]);
  protected readonly quote = signal<Quote | undefined>(undefined);
  protected readonly problem = signal<string | undefined>(undefined);
  protected readonly isBusy = signal(false);
  protected readonly isWhole = computed(() => this.seats().length === this.booking()?.seats.length);
  private key = '';
  private round = 0;

  open(booking: Booking): void {
    this.booking.set(booking);
    this.isBusy.set(false);
    this.choose(booking.seats);
    this.element().nativeElement.showModal();
  }

  protected close(): void {
    this.element().nativeElement.close();
  }

  protected toggle(seat: string): void {
    const chosen = this.seats();
    this.choose((this.booking()?.seats ?? []).filter((name) => (name === seat) !== chosen.includes(name)));
  }

  protected async confirm(): Promise<void> {
    const booking = this.booking();
    if (!booking || this.isBusy()) return;
    this.isBusy.set(true);
    this.problem.set(undefined);
    try {
      const seats = this.seats();
      const after = await this.bookings.cancel(booking.id, seats, this.key);
      this.close();
      this.done.emit({ booking: after, seats });
    } catch (thrown) {
      this.problem.set(Problem.from(thrown).body.detail);
      this.isBusy.set(false);
    }
  }

  private choose(seats: string[]): void {
    this.seats.set(seats);
    this.key = this.bookings.newKey();
    void this.ask();
  }

  private async ask(): Promise<void> {
    const [booking, seats, round] = [this.booking(), this.seats(), ++this.round];
    this.problem.set(undefined);
    this.quote.set(undefined);
    if (!booking || seats.length === 0) return;
    try {
      const quote = await this.bookings.quote(booking.id, seats);
      if (round === this.round) this.quote.set(quote);
    } catch (thrown) {
      if (round === this.round) this.problem.set(Problem.from(thrown).body.detail);
    }
  }
}
