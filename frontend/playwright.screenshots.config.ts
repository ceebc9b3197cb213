import { defineConfig } from '@playwright/test'
import tests from './playwright.config'

/** Takes the pictures of the README anew: `npm run screenshots`. */
export default defineConfig({ ...tests, testMatch: 'screenshots.ts', workers: 1 })
