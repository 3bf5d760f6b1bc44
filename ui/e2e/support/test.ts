import { randomUUID } from 'node:crypto';

import { type APIRequestContext, test as base, type Page } from '@playwright/test';

export { expect } from '@playwright/test';

interface Show {
  id: string;
  movie_title: string;
  screen_name: string;
  starts_at: string;
  seats_free: number;
  theater_name: string;
}

/** Somebody with an account, and what they do without a page. */
export class Person {
  constructor(
    private readonly request: APIRequestContext,
    readonly mail: string,
    readonly password: string,
    private readonly token: string,
  ) {}

  static async make(request: APIRequestContext, name = 'Ada'): Promise<Person> {
    const [mail, password] = [`${randomUUID()}@usher.test`, 'popcorn in row F'];
    await request.post('/api/auth/register', { data: { email: mail, password, name } });
    const signed = await request.post('/api/auth/token', { data: { email: mail, password } });
    const { access_token: token } = (await signed.json()) as { access_token: string };
    return new Person(request, mail, password, token);
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, 'idempotency-key': randomUUID() };
  }

  async hold(show: string, seats: string[]): Promise<{ id: string }> {
    const answer = await this.request.post('/api/holds', { headers: this.headers(), data: { showtime_id: show, seats } });
    return (await answer.json()) as { id: string };
  }

  async giveBack(hold: string): Promise<void> {
    await this.request.delete(`/api/holds/${hold}`, { headers: this.headers() });
  }

  async book(show: string, seats: string[], method = 'pm_ok'): Promise<{ id: string; status: string }> {
    const headers = { ...this.headers(), prefer: 'wait=15' };
    const answer = await this.request.post('/api/bookings', { headers, data: { showtime_id: show, seats, payment_method: method } });
    return (await answer.json()) as { id: string; status: string };
  }

  async bookings(): Promise<{ id: string; status: string; seats: string[] }[]> {
    const answer = await this.request.get('/api/bookings', { headers: this.headers() });
    return ((await answer.json()) as { items: { id: string; status: string; seats: string[] }[] }).items;
  }

  /** Signs the page's browser in, as if it had been so for long. */
  async enter(page: Page): Promise<void> {
    await page.request.post('/api/auth/session', { data: { email: this.mail, password: this.password } });
    await page.addInitScript(() => {
      localStorage.setItem('usher.signed-in', '1');
    });
  }
}

let turn = 0;

/** A show of another day in a hall of this name; each call of a worker another one, so that tests do not take each other's seats. */
export async function aShow(request: APIRequestContext, hall = 'Great Hall'): Promise<Show> {
  const day = new Date(Date.now() + 86_400_000 * (2 + Number(process.env['TEST_PARALLEL_INDEX'] ?? 0) * 5 + (Math.floor(turn++ / 3) % 5)));
  const answer = await request.get(`/api/showtimes?limit=200&date=${day.toISOString().slice(0, 10)}`);
  const shows = ((await answer.json()) as { items: Show[] }).items.filter((show) => show.screen_name === hall && show.seats_free > 60);
  const show = shows[turn % shows.length];
  if (!show) throw new Error('there is no such show');
  return show;
}

/** A test with somebody who is signed in. */
export const test = base.extend<{ ada: Person }>({
  ada: async ({ page, request }, use) => {
    const ada = await Person.make(request);
    await ada.enter(page);
    await use(ada);
  },
});

/** A seat of the map. */
export function seat(page: Page, name: string) {
  return page.locator(`[data-seat="${name}"]`);
}
