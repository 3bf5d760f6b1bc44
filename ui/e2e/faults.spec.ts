import { aShow, expect, Person, test } from './support/test';

test('the server goes away: the page says so, and goes on when it is back', async ({ page, ada, request }) => {
  const show = await aShow(request);
  expect(ada.mail).toContain('@');
  await page.goto(`/showtimes/${show.id}?seats=A5,A6`);
  await expect(page.locator('.chosen__seat')).toHaveCount(2);
  await page.route('**/*', (route) => route.abort());
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByText('Usher cannot be reached. It is tried again')).toBeVisible();
  await expect(page.locator('.chosen__seat')).toHaveCount(2);
  await page.unroute('**/*');
  await expect(page.getByText('Usher cannot be reached. It is tried again')).toBeHidden();
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
});

test('a token that ends in the middle of paying is exchanged on the way', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.goto(`/showtimes/${show.id}?seats=A7,A8`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
  let [refused, renewed] = [0, 0];
  await page.route('**/api/auth/session/renew', (route) => {
    renewed++;
    return route.continue();
  });
  await page.route('**/api/bookings', (route) => {
    if (route.request().method() !== 'POST' || refused++ > 0) return route.continue();
    const expired = `${route.request().headers()['authorization'] ?? ''}x`;
    return route.continue({ headers: { ...route.request().headers(), authorization: expired } });
  });
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page.getByRole('heading', { name: 'Enjoy the film.' })).toBeVisible();
  expect(renewed).toBe(1);
  expect((await ada.bookings()).length).toBe(1);
});

test('two clicks are one booking, and going back does not pay again', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.goto(`/showtimes/${show.id}?seats=B5,B6`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).dblclick();
  await expect(page.getByRole('timer')).toBeVisible();
  const checkout = page.url();
  await page.getByRole('button', { name: /^Pay/ }).dblclick();
  await expect(page.getByRole('heading', { name: 'Enjoy the film.' })).toBeVisible();
  await page.goto(checkout);
  await expect(page.getByRole('heading', { name: 'These seats are no longer kept' })).toBeVisible();
  expect((await ada.bookings()).length).toBe(1);
});

test('who goes back to the room finds the seats chosen, and may take others', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.goto(`/showtimes/${show.id}?seats=B1,B2`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
  await page.goBack();
  await expect(page.locator('.chosen__seat')).toHaveText(['B1', 'B2']);
  await page.getByRole('button', { name: 'Take B1 out' }).click();
  await page.getByRole('button', { name: 'Take B2 out' }).click();
  await page.locator('[data-seat="B3"]').click();
  await page.locator('[data-seat="B4"]').click();
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
  await expect(page.locator('.sum')).toContainText('B3');
  // The first two are free again for everybody else.
  const other = await Person.make(request, 'Eve');
  expect((await other.hold(show.id, ['B1', 'B2'])).id).toContain('hld_');
  expect(ada.mail).toContain('@');
});

test('tabs share who is signed in, and signing out is for all of them', async ({ page, ada }) => {
  await page.goto('/bookings');
  await expect(page.getByRole('heading', { name: 'Nothing booked yet' })).toBeVisible();
  const tabs = await Promise.all([page.context().newPage(), page.context().newPage(), page.context().newPage()]);
  for (const tab of tabs) await tab.addInitScript(() => localStorage.setItem('usher.signed-in', '1'));
  await Promise.all(tabs.map((tab) => tab.goto('/bookings')));
  for (const tab of tabs) await expect(tab.getByRole('heading', { name: 'My bookings' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  for (const tab of tabs) await expect(tab.getByRole('link', { name: 'Sign in' })).toBeVisible();
  expect(ada.mail).toContain('@');
});

test('a device whose clock is an hour ahead counts down rightly', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.clock.install({ time: Date.now() + 3_600_000 });
  await page.goto(`/showtimes/${show.id}?seats=C5,C6`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByRole('timer')).toHaveText(/^(4:[345]\d|5:00)$/);
  await page.getByRole('button', { name: '5 more minutes' }).click();
  await expect(page.getByRole('timer')).toHaveText(/^(9:[345]\d|10:00)$/);
  expect(ada.mail).toContain('@');
});

test('a stream that is cut is taken up again with what happened meanwhile', async ({ page, request }) => {
  const [other, show] = [await Person.make(request, 'Eve'), await aShow(request)];
  let lines = 0;
  // The first line ends at once, the second never begins, the third stays.
  await page.route('**/seats/events', async (route) => {
    lines++;
    if (lines === 1) await route.fulfill({ contentType: 'text/event-stream', body: 'event: seats\ndata: {}\n\n' });
    else if (lines === 2) await route.abort();
    else await route.continue();
  });
  await page.goto(`/showtimes/${show.id}`);
  await other.hold(show.id, ['L9']);
  await expect(page.locator('[data-seat="L9"]')).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText(/free, live/)).toBeVisible();
  expect(lines).toBe(3);
});

test('a hold that ends while one thinks is said, and the seats are offered again', async ({ page, ada, request }) => {
  const show = await aShow(request);
  await page.goto(`/showtimes/${show.id}?seats=C1,C2`);
  await page.getByRole('button', { name: 'Keep these seats and pay' }).click();
  await expect(page.getByRole('timer')).toBeVisible();
  // Somebody gives it back elsewhere: the page learns when it wants to pay.
  const hold = page.url().split('/').at(-1) ?? '';
  await ada.giveBack(hold);
  await page.getByRole('button', { name: /^Pay/ }).click();
  await expect(page.getByRole('heading', { name: 'The time is over' })).toBeVisible();
  await page.getByRole('link', { name: 'Take them again' }).click();
  await expect(page.locator('.chosen__seat')).toHaveText(['C1', 'C2']);
});
