import { aShow, expect, Person, test } from './support/test';

test('an account is made, with what is wrong said at its field', async ({ page }) => {
  await page.goto('/register?return=%2Fbookings');
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Mail address').fill('nonsense');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByLabel('Mail address')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Mail address').fill('customer@usher.test');
  await page.getByLabel('Password').fill('popcorn in row F');
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByText('There is an account with this address.')).toBeVisible();
  await page.getByLabel('Mail address').fill(`ada-${String(Date.now())}@usher.test`);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByRole('heading', { name: 'My bookings' })).toBeVisible();
});

test('who is signed in stays so over a reload, by a cookie that no script can read', async ({ page, request, context }) => {
  const ada = await Person.make(request, 'Ada Lovelace');
  await page.goto('/sign-in?return=https%3A%2F%2Fevil.test%2F');
  await page.getByLabel('Mail address').fill(ada.mail);
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('The mail address or the password is wrong.');
  await page.getByRole('textbox', { name: 'Password' }).fill(ada.password);
  await page.locator('form').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Ada Lovelace')).toBeVisible();
  await expect(page).toHaveURL('/');
  const cookie = (await context.cookies()).concat(await context.cookies(`${page.url()}api/auth/session`)).find(({ name }) => name === 'usher_session');
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/api/auth/session' });
  const seen = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(seen).not.toContain(cookie?.value ?? 'x');
  expect(seen).not.toContain('eyJ');
  await page.reload();
  await expect(page.getByText('Ada Lovelace')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'You are signed out.' })).toBeVisible();
  await page.goto('/bookings');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('the pages ask nobody else and break none of their own rules', async ({ page, ada, request, baseURL }) => {
  const [show, wrong, elsewhere] = [await aShow(request), [] as string[], [] as string[]];
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('request', (asked) => {
    if (!asked.url().startsWith(baseURL ?? 'x') && !/^(data|blob):/.test(asked.url())) elsewhere.push(asked.url());
  });
  const booking = await ada.book(show.id, ['K1', 'K2']);
  for (const path of ['/', `/showtimes/${show.id}?seats=K4,K5`, '/bookings', `/bookings/${booking.id}`, '/tickets', '/register', '/nowhere']) {
    await page.goto(path);
    await expect(page.locator('main h1')).toBeVisible();
    await page.waitForLoadState('load');
  }
  expect({ wrong, elsewhere }).toEqual({ wrong: [], elsewhere: [] });
});

test('in German, at an address of its own', async ({ page, ada, request }) => {
  const show = await aShow(request);
  expect(ada.mail).toContain('@');
  await page.goto(`/de/showtimes/${show.id}?seats=A1,A2`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('heading', { name: 'Deine Plätze' })).toBeVisible();
  await expect(page.locator('.total__amount')).toHaveText(/\d+,\d\d\s€/);
  await page.getByRole('link', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'Your seats' })).toBeVisible();
  await expect(page.locator('.chosen__seat')).toHaveText(['A1', 'A2']);
});

test('nothing is cut off on a phone, nor at twice the size', async ({ page, ada, request }) => {
  const show = await aShow(request);
  const booking = await ada.book(show.id, ['M1', 'M2']);
  for (const viewport of [
    { width: 360, height: 740 },
    { width: 640, height: 400 },
  ]) {
    await page.setViewportSize(viewport);
    for (const path of ['/', `/showtimes/${show.id}?seats=K4,K5`, '/bookings', `/bookings/${booking.id}`, '/sign-in']) {
      await page.goto(path);
      await expect(page.locator('main h1')).toBeVisible();
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over, `${path} at ${String(viewport.width)}`).toBeLessThanOrEqual(0);
    }
  }
});

test.describe('without a network', () => {
  test.use({ serviceWorkers: 'allow' });
  test('a ticket that was looked at is shown', async ({ page, ada, request, context }) => {
    const show = await aShow(request);
    const booking = await ada.book(show.id, ['M4', 'M5']);
    await page.goto(`/bookings/${booking.id}`);
    await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(2);
    await page.evaluate(async () => navigator.serviceWorker.ready);
    await page.reload();
    await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(2);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.waitForFunction(async () => (await caches.keys()).length > 1);
    await context.setOffline(true);
    await page.goto('/tickets');
    await expect(page.getByRole('img', { name: 'QR code for the door' })).toHaveCount(2);
    await expect(page.getByText(show.movie_title).first()).toBeVisible();
  });
});
