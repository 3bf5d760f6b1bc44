import { defineConfig } from '@playwright/test';

/** The pages in a real browser, over the real product: `usher up` with a database of its own, started for the run. */
export default defineConfig({
  testDir: 'e2e',
  testIgnore: 'screenshots.spec.ts',
  globalSetup: './e2e/support/product.ts',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 12_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env['USHER_URL'] ?? '',
    locale: 'en-GB',
    // What a worker of the pages has cached is a test of its own.
    serviceWorkers: 'block',
    trace: 'retain-on-failure',
    launchOptions: { executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
  },
});
