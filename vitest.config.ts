import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two workers: flow tests start whole systems, and a machine of two cores is the smallest we test on.
    maxWorkers: 2,
  },
})
