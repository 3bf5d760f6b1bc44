import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { aShow, expect, Person, test } from './support/test';

const FOLDER = join(import.meta.dirname, '../../docs/screenshots');

/** Everything is drawn: pictures are there, letters too, and nothing moves. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator('.bone')).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].filter((image) => image.getBoundingClientRect().top < innerHeight).map((image) => image.decode().catch(() => undefined)));
  });
}

for (const [name, size, colours] of [
  ['light', { width: 1280, height: 900 }, 'light'],
  ['dark', { width: 1280, height: 900 }, 'dark'],
  ['phone', { width: 390, height: 844 }, 'light'],
] as const) {
  test(`pictures, ${name}`, async ({ page, ada, request }) => {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    const show = await aShow(request);
    // A room that is half full says more than an empty one.
    const crowd = await Person.make(request, 'A crowd');
    for (const seats of [['K7', 'K8', 'K9', 'K10'], ['L11', 'L12'], ['M7', 'M8', 'M9'], ['H8', 'H9'], ['N12', 'N13', 'N14'], ['G12', 'G13'], ['L3', 'L4'], ['I14', 'I15', 'I16']]) await crowd.book(show.id, seats);
    await crowd.hold(show.id, ['J9', 'J10']);
    const picture = async (of: string) => {
      await settled(page);
      await page.screenshot({ path: join(FOLDER, `${of}-${name}.png`) });
    };
    await page.goto('/');
    await picture('whats-on');
    await page.locator('.film__link').nth(2).click();
    await expect(page.locator('.hall').first()).toBeVisible();
    await picture('film');
    await page.goto(`/showtimes/${show.id}?seats=L7,L8`);
    await expect(page.getByText(/free, live/)).toBeVisible();
    await picture('seats');
    await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
    await expect(page.getByRole('timer')).toBeVisible();
    await picture('checkout');
    await page.getByRole('radio', { name: 'Slow card' }).check();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await expect(page.getByText('Seats reserved')).toBeVisible();
    await expect(page.locator('.step--done')).toHaveCount(1);
    await picture('progress');
    await expect(page.getByText('Sent to you')).toBeVisible();
    await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(2);
    await picture('tickets');
    await page.getByRole('button', { name: 'Cancel seats' }).click();
    await expect(page.locator('dialog .sum__total').last()).toBeVisible();
    await picture('cancel');
    await ada.book(show.id, ['E1', 'E2'], 'pm_declined');
    const [rejected] = (await ada.bookings()).filter(({ status }) => status === 'rejected');
    await page.goto(`/bookings/${rejected?.id ?? ''}`);
    await picture('declined');
    await ada.book((await aShow(request, 'Room One')).id, ['C4', 'C5', 'C6']);
    await page.goto('/bookings');
    await picture('bookings');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('/sign-in');
    await picture('sign-in');
  });
}
