import { inject, Injectable } from '@angular/core';

import { Api, type Schema } from '../../../shared/api/api';
import { Session } from '../../../shared/session/session';
import { remember, remembered } from '../../../shared/util/storage';

/** A ticket with all that is needed at the door, and no request. */
export interface ShownTicket {
  id: string;
  booking: string;
  title: string;
  theater: string;
  screen: string;
  starts_at: string;
  ends_at: string;
  time_zone: string;
  seat: string;
  /** The QR code as a picture. */
  code: string;
}

const KEPT = 'usher.tickets';

/** Tickets: asked for, and kept on this device so that they can be read at the door without a network. Signing out forgets them. */
@Injectable({ providedIn: 'root' })
export class Tickets {
  private readonly api = inject(Api);

  constructor() {
    inject(Session).onEnd(() => {
      remember(KEPT, undefined);
    });
  }

  /** The valid tickets of a booking. */
  async ofBooking(id: string): Promise<ShownTicket[]> {
    const params = { path: { id } };
    const [booking, { items }] = await Promise.all([
      this.api.of(this.api.client.GET('/api/bookings/{id}', { params })),
      this.api.of(this.api.client.GET('/api/bookings/{id}/tickets', { params })) as Promise<{ items: Schema<'Ticket'>[] }>,
    ]);
    const show = booking.showtime;
    const valid = items.filter((ticket) => ticket.valid);
    const tickets = await Promise.all(
      valid.map(async (ticket) => ({
        id: ticket.id,
        booking: id,
        title: show?.movie_title ?? '',
        theater: show?.theater_name ?? '',
        screen: show?.screen_name ?? '',
        starts_at: show?.starts_at ?? ticket.issued_at,
        ends_at: show?.ends_at ?? ticket.issued_at,
        time_zone: show?.time_zone ?? 'UTC',
        seat: ticket.seat,
        code: await (await this.api.file(`/api/tickets/${ticket.id}`, 'image/svg+xml')).text(),
      })),
    );
    this.keep(id, tickets);
    return tickets;
  }

  /** Those on this device whose show is not over, the next one first. */
  kept(now: number): ShownTicket[] {
    const kept = this.read().filter((ticket) => Date.parse(ticket.ends_at) > now);
    return kept.sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
  }

  private keep(booking: string, tickets: ShownTicket[]): void {
    const others = this.kept(Date.now()).filter((ticket) => ticket.booking !== booking);
    remember(KEPT, JSON.stringify([...others, ...tickets]));
  }

  private read(): ShownTicket[] {
    try {
      return JSON.parse(remembered(KEPT) ?? '[]') as ShownTicket[];
    } catch {
      return [];
    }
  }
}
