import { defineConfig } from '@playwright/test'
import { launchOptions } from './e2e/support/chromium'

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  // Each worker has a backend, a database and an nginx of its own; two cores carry two of them.
  workers: 2,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1100, height: 800 },
    launchOptions,
    trace: 'retain-on-failure',
    locale: 'en-GB',
  },
})
