import { inject, Injectable } from '@angular/core';

import { Api, idempotencyKey, type Schema } from '../../../shared/api/api';
import { listen } from '../../../shared/live/events';
import { Session } from '../../../shared/session/session';

export type Booking = Schema<'Booking'>;
export type Hold = Schema<'Hold'>;
export type Quote = Schema<'RefundQuote'>;
export type Showtime = Schema<'Showtime'>;

/** Holds and bookings. Whatever moves seats or money has a key of its own, so that a second click or a lost answer changes nothing. */
@Injectable({ providedIn: 'root' })
export class Bookings {
  private readonly api = inject(Api);
  private readonly session = inject(Session);

  showtime(id: string): Promise<Showtime> {
    return this.api.of(this.api.client.GET('/api/showtimes/{id}', { params: { path: { id } } }));
  }

  hold(showtime: string, seats: string[], key: string): Promise<Hold> {
    const params = { header: { 'Idempotency-Key': key } };
    return this.api.of(this.api.client.POST('/api/holds', { params, body: { showtime_id: showtime, seats } }));
  }

  openHold(id: string): Promise<Hold> {
    return this.api.of(this.api.client.GET('/api/holds/{id}', { params: { path: { id } } }));
  }

  extend(id: string): Promise<Hold> {
    return this.api.of(this.api.client.POST('/api/holds/{id}/extend', { params: { path: { id } } }));
  }

  async giveBack(id: string): Promise<void> {
    await this.api.client.DELETE('/api/holds/{id}', { params: { path: { id } } });
  }

  /** Asks for the seats of a hold. The key is made of the hold and the way of paying: however often it is asked, it is one booking. */
  book(hold: string, method: string): Promise<Booking> {
    const params = { header: { 'Idempotency-Key': `${hold}-${method}` } };
    return this.api.of(this.api.client.POST('/api/bookings', { params, body: { hold_id: hold, payment_method: method } }));
  }

  booking(id: string, signal?: AbortSignal): Promise<Booking> {
    return this.api.of(this.api.client.GET('/api/bookings/{id}', { params: { path: { id } }, signal: signal ?? null }));
  }

  async mine(cursor?: string): Promise<{ items: Booking[]; next?: string | null }> {
    return this.api.of(this.api.client.GET('/api/bookings', { params: { query: cursor ? { cursor, limit: 30 } : { limit: 30 } } }));
  }

  /** Tells each state of a booking until its end. */
  follow(id: string, tell: (booking: Booking) => void, signal: AbortSignal): Promise<void> {
    const headers = async () => ({ authorization: `Bearer ${(await this.session.token()) ?? ''}` });
    const event = ({ data }: { data: unknown }) => {
      const booking = data as Booking;
      tell(booking);
      return isOver(booking) ? ('end' as const) : undefined;
    };
    return listen(`/api/bookings/${id}/events`, { headers, event }, signal);
  }

  quote(id: string, seats: string[]): Promise<Quote> {
    return this.api.of(this.api.client.GET('/api/bookings/{id}/refund-quote', { params: { path: { id }, query: { seats: seats.join(',') } } }));
  }

  cancel(id: string, seats: string[], key: string): Promise<Booking> {
    const params = { path: { id }, header: { 'Idempotency-Key': key } };
    return this.api.of(this.api.client.POST('/api/bookings/{id}/cancel', { params, body: { seats } }));
  }

  /** Whether the customer was sent a message about the booking of this kind. */
  async wasTold(id: string): Promise<boolean> {
    const { items } = await this.api.of(this.api.client.GET('/api/notifications', { params: { query: { limit: 20 } } }));
    return items.some((message) => message.booking_id === id);
  }

  calendar(id: string): Promise<Blob> {
    return this.api.file(`/api/bookings/${id}/calendar`, 'text/calendar');
  }

  paper(id: string): Promise<Blob> {
    return this.api.file(`/api/bookings/${id}/tickets`, 'application/pdf');
  }

  newKey(): string {
    return idempotencyKey();
  }
}

/** Whether nothing moves any more. */
export function isOver({ status }: Booking): boolean {
  return ['confirmed', 'rejected', 'cancelled'].includes(status);
}
