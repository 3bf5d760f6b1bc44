import { defineConfig } from '@playwright/test';

import browser from './playwright.config';

/** `npm run screenshots`: pictures of the main pages, into docs/screenshots. */
export default defineConfig(browser, { testIgnore: [], testMatch: 'screenshots.spec.ts', workers: 1, timeout: 120_000 });
