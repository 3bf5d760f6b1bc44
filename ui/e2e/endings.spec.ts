import { aShow, expect, Person, seat, test } from './support/test';

test('seats that went to somebody else are told, and the others stay chosen', async ({ page, ada, request }) => {
  const [other, show] = [await Person.make(request, 'Eve'), await aShow(request)];
  // No live changes: the page learns only when it asks for the seats.
  await page.route('**/seats/events', (route) => route.abort());
  await page.goto(`/showtimes/${show.id}?seats=D1,D2`);
  await expect(page.locator('.chosen__seat')).toHaveText(['D1', 'D2']);
  await other.hold(show.id, ['D1']);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByRole('alert')).toContainText('D1 went to somebody else');
  await expect(page.locator('.chosen__seat')).toHaveText(['D2']);
  await page.getByRole('alert').getByRole('button', { name: 'Best available' }).click();
  await expect(page.locator('.chosen li')).toHaveCount(2);
  expect(await ada.bookings()).toEqual([]);
});

test('a declined card leads back to the same seats', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.goto(`/showtimes/${show.id}?seats=E1,E2`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await page.getByRole('radio', { name: 'Empty account' }).check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page.getByRole('heading', { name: 'The payment was declined' })).toBeVisible();
  await expect(page.getByText('There is not enough money on the account.')).toBeVisible();
  await page.getByRole('link', { name: 'Pay another way' }).click();
  await expect(page.locator('.chosen__seat')).toHaveText(['E1', 'E2']);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page.getByRole('heading', { name: 'Enjoy the film.' })).toBeVisible();
  expect((await ada.bookings()).map((booking) => booking.status)).toEqual(['confirmed', 'rejected']);
});

test('a payment that the bank asks about goes on by itself once it is confirmed', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.goto(`/showtimes/${show.id}?seats=F1,F2`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await page.getByRole('radio', { name: 'Card with confirmation' }).check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  const [bank] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Confirm with your bank' }).click()]);
  await bank.getByRole('button', { name: 'Yes, pay' }).click();
  await expect(bank.getByText('You can close this page')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Enjoy the film.' })).toBeVisible({ timeout: 25_000 });
  expect((await ada.bookings()).map((booking) => booking.status)).toEqual(['confirmed']);
});

test('while a payment is checked, the page says not to pay again', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.goto(`/showtimes/${show.id}?seats=H1,H2`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await page.getByRole('radio', { name: 'A lost answer' }).check();
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page.getByText('please do not pay again', { exact: false })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('heading', { name: 'Enjoy the film.' })).toBeVisible({ timeout: 30_000 });
  expect((await ada.bookings()).map((booking) => booking.status)).toEqual(['confirmed']);
});

test('some seats are cancelled, then the rest, and the refund is shown before', async ({ page, ada, request }) => {
  const show = await aShow(request);
  const booking = await ada.book(show.id, ['J1', 'J2', 'J3']);
  await page.goto(`/bookings/${booking.id}`);
  await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(3);
  await page.getByRole('button', { name: 'Cancel seats' }).click();
  await page.getByRole('checkbox', { name: 'J2' }).uncheck();
  await page.getByRole('checkbox', { name: 'J3' }).uncheck();
  await expect(page.locator('dialog .sum__total').last()).toHaveText(/€\d+\.\d\d/);
  await page.getByRole('button', { name: 'Cancel J1' }).click();
  await expect(page.getByText('J1 was given back')).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(2);

  await page.getByRole('button', { name: 'Cancel seats' }).click();
  await expect(page.getByRole('checkbox')).toHaveCount(2);
  await page.getByRole('button', { name: 'Cancel the booking' }).click();
  await expect(page.getByRole('heading', { name: 'This booking is cancelled' })).toBeVisible();
  await page.goto(`/showtimes/${show.id}`);
  await expect(seat(page, 'J2')).toHaveAttribute('aria-disabled', 'false');
});
