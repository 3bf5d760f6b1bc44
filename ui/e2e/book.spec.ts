import { readFileSync } from 'node:fs';

import { aShow, expect, Person, seat, test } from './support/test';

test('from the first look to the tickets', async ({ page, request }) => {
  const somebody = await Person.make(request, 'Grace');
  await page.goto('/');
  await expect(page.getByRole('heading', { name: "What's on" })).toBeVisible();
  await page.locator('.day').nth(3).click();
  await expect(page).toHaveURL(/date=/);
  await page.locator('.film__link', { has: page.locator('h2') }).first().click();
  await expect(page.locator('main h1')).toBeVisible();
  await page.locator('.time').first().click();
  await page.getByRole('button', { name: 'Best available' }).click();
  await expect(page.locator('.chosen li')).toHaveCount(2);
  const seats = await page.locator('.chosen__seat').allTextContents();
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();

  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('Mail address').fill(somebody.mail);
  await page.getByRole('textbox', { name: 'Password' }).fill(somebody.password);
  await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.locator('.chosen__seat')).toHaveText(seats);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();

  await expect(page.getByRole('timer')).toHaveText(/^[45]:\d\d$/);
  await page.getByRole('radio', { name: 'Slow card' }).check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page.getByText('Seats reserved')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Enjoy the film.' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(2);
  await expect(page.getByText('Sent to you')).toBeVisible();
  expect((await somebody.bookings()).map(({ status, seats: booked }) => ({ status, booked }))).toEqual([{ status: 'confirmed', booked: seats }]);

  const [paper] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Tickets to print' }).click()]);
  expect(readFileSync(await paper.path()).subarray(0, 5).toString()).toBe('%PDF-');
  const [entry] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Add to calendar' }).click()]);
  expect(readFileSync(await entry.path(), 'utf8')).toContain('BEGIN:VEVENT');

  await page.getByRole('link', { name: 'My bookings' }).first().click();
  await expect(page.locator('.booking')).toHaveCount(1);
  await expect(page.locator('.booking')).toContainText('Confirmed');
});

test('a seat is booked without a mouse', async ({ page, ada, request }) => {
  const show = await aShow(request, 'The Cellar');
  await page.goto(`/showtimes/${show.id}`);
  const map = page.getByRole('grid');
  await expect(map).toBeVisible();
  // From the top of the page to the map, by the tab key alone.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'To the page' })).toBeFocused();
  for (let presses = 0; presses < 25 && !(await page.locator('[role=gridcell]:focus').count()); presses++) await page.keyboard.press('Tab');
  await page.keyboard.press('Home');
  const first = page.locator('[role=gridcell]:focus');
  await expect(first).toHaveAttribute('aria-label', /^Row [A-Z]+, seat 1, .+, €\d+\.\d\d, free$/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.locator('[aria-selected=true]')).toHaveCount(2);
  const chosen = await page.locator('.chosen__seat').allTextContents();
  const until = async (name: string | RegExp, role: 'button' | 'radio' = 'button') => {
    const target = page.getByRole(role, { name });
    for (let presses = 0; presses < 40; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the tab key never came to ${String(name)}`);
  };
  await until('Keep these seats and pay');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('timer')).toBeVisible();
  await until('Test card', 'radio');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Slow card' })).toBeChecked();
  await until(/^Pay/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(2);
  expect((await ada.bookings()).map((booking) => booking.seats)).toEqual([chosen]);
});

test('what others do shows within a second, and nobody is left alone', async ({ page, ada, request }) => {
  const [other, show] = [await Person.make(request, 'Eve'), await aShow(request)];
  await ada.giveBack('hld_01ARZ3NDEKTSV4RRFFQ69G5FAV');
  await page.goto(`/showtimes/${show.id}`);
  await expect(page.getByText(/free, live/)).toBeVisible();
  await expect(seat(page, 'G9')).toHaveAttribute('aria-disabled', 'false');
  const hold = await other.hold(show.id, ['G9']);
  await expect(seat(page, 'G9')).toHaveAttribute('aria-disabled', 'true', { timeout: 1000 });
  await expect(seat(page, 'G9')).toHaveAttribute('aria-label', /held by somebody$/);
  await other.giveBack(hold.id);
  await expect(seat(page, 'G9')).toHaveAttribute('aria-disabled', 'false', { timeout: 1000 });

  // G1 to G4 stand together: with G2 and G3, G1 and G4 would be alone.
  await seat(page, 'G2').click();
  await seat(page, 'G3').click();
  await expect(page.getByText('would be left alone')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Keep these seats and pay' })).toBeDisabled();
  await page.getByRole('button', { name: /^Take G\d+ and/ }).click();
  await expect(page.getByText('would be left alone')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Keep these seats and pay' })).toBeEnabled();
});

test('the list is another way to the same seats', async ({ page, ada, request }) => {
  const show = await aShow(request);
  expect(ada.mail).toContain('@');
  await page.goto(`/showtimes/${show.id}`);
  await page.getByRole('button', { name: 'List' }).click();
  await page.getByRole('button', { name: /^C1, Standard/ }).click();
  await page.getByRole('button', { name: /^C2, Standard/ }).click();
  await page.getByRole('button', { name: 'Map' }).click();
  await expect(seat(page, 'C1')).toHaveAttribute('aria-selected', 'true');
  await expect(page).toHaveURL(/seats=C1,C2/);
  await page.reload();
  await expect(page.locator('.chosen__seat')).toHaveText(['C1', 'C2']);
});
