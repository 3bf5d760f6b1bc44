import AxeBuilder from '@axe-core/playwright';

import { aShow, expect, test } from './support/test';

/** The rules of WCAG 2.2, levels A and AA, as far as a program can check them. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

for (const colours of ['light', 'dark'] as const) {
  test(`every page can be used by everybody, ${colours}`, async ({ page, ada, request }) => {
    test.setTimeout(150_000);
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    const show = await aShow(request, 'The Cellar');
    const booking = await ada.book(show.id, ['A1', 'A2']);
    const declined = await ada.book(show.id, ['A4'], 'pm_declined');
    const hold = await ada.hold(show.id, ['B1', 'B2']);
    const rejected = (await ada.bookings()).find(({ status }) => status === 'rejected');
    expect(declined.status).toBe(402);
    const check = async (name: string) => {
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      const found = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`);
      expect(found).toEqual([]);
    };
    const movie = ((await (await request.get('/api/movies')).json()) as { items: { id: string }[] }).items[0];
    const pages = ['/', '/?q=nothing+like+that', `/films/${movie?.id ?? ''}`, `/showtimes/${show.id}?seats=C2,C3`, `/checkout/${hold.id}`, '/bookings', `/bookings/${booking.id}`, `/bookings/${rejected?.id ?? ''}`, '/tickets', '/sign-in', '/register', '/nowhere', '/checkout/hld_01ARZ3NDEKTSV4RRFFQ69G5FAV'];
    for (const path of pages) {
      await page.goto(path);
      await expect(page.locator('main h1'), path).toBeVisible();
      await expect(page.locator('.bone')).toHaveCount(0);
      await check(path);
    }
    await page.goto(`/showtimes/${show.id}`);
    await page.getByRole('button', { name: 'List' }).click();
    await check('the list of seats');
    await page.goto(`/bookings/${booking.id}`);
    await page.getByRole('button', { name: 'Cancel seats' }).click();
    await expect(page.locator('dialog .sum__total').last()).toBeVisible();
    await check('cancelling');
  });
}
