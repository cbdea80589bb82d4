import { defineConfig } from 'vitest/config'

/** Whole systems and clients under load: what runs beside them on the same cores makes them late. */
const timed = [
  'tests/flows/**/*.test.ts',
  'tests/operations/system.test.ts',
  'tests/profiles/redis/failure.test.ts',
  'tests/simulation/{exchange,http-client}.test.ts',
]
const shared = { testTimeout: 180_000, hookTimeout: 180_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'parts',
          include: ['tests/**/*.test.ts'],
          exclude: timed,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'timed',
          include: timed,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
