import { defineConfig } from '@playwright/test'
import tests from './playwright.config'

/** Measures the replay in the browser: `npm run bench:replay`. */
export default defineConfig({ ...tests, testMatch: 'replay.bench.ts', workers: 1 })
