// Goal: a shop's day begins when its calendar says so, also where clocks are put forward or back; and a daily
// budget is never handed out twice. Method: written cases of the odd nights, and every hour of two years in
// several zones against the calendar asked directly.
import { expect, test } from 'vitest'
import { DayClock, DayClocks, isNewDay } from '../../src/ledger/day.js'

const hourMs = 3_600_000
const at = (iso: string): number => Date.parse(iso)

const nights: readonly {
  readonly why: string
  readonly timeZone: string
  readonly lastMs: number
  readonly before: string
  readonly after: string
}[] = [
  {
    why: 'an ordinary night',
    timeZone: 'Europe/Warsaw',
    lastMs: at('2026-06-10T21:59:59.999Z'),
    before: '2026-06-10',
    after: '2026-06-11',
  },
  {
    why: 'the day of 23 hours begins at UTC+1',
    timeZone: 'Europe/Warsaw',
    lastMs: at('2026-03-28T22:59:59.999Z'),
    before: '2026-03-28',
    after: '2026-03-29',
  },
  {
    why: 'and ends at UTC+2',
    timeZone: 'Europe/Warsaw',
    lastMs: at('2026-03-29T21:59:59.999Z'),
    before: '2026-03-29',
    after: '2026-03-30',
  },
  {
    why: 'the day of 25 hours ends at UTC+1',
    timeZone: 'Europe/Warsaw',
    lastMs: at('2026-10-25T22:59:59.999Z'),
    before: '2026-10-25',
    after: '2026-10-26',
  },
  {
    why: 'a day that begins at 01:00, as there is no midnight',
    timeZone: 'Africa/Cairo',
    lastMs: at('2024-04-25T21:59:59.999Z'),
    before: '2024-04-25',
    after: '2024-04-26',
  },
  {
    why: 'a zone off by three quarters of an hour',
    timeZone: 'Asia/Kathmandu',
    lastMs: at('2026-01-01T18:14:59.999Z'),
    before: '2026-01-01',
    after: '2026-01-02',
  },
  {
    why: 'a day that an island left out',
    timeZone: 'Pacific/Apia',
    lastMs: at('2011-12-30T09:59:59.999Z'),
    before: '2011-12-29',
    after: '2011-12-31',
  },
]

for (const { why, timeZone, lastMs, before, after } of nights)
  test(`day: ${timeZone}: ${why}`, () => {
    const clock = new DayClock(timeZone)
    expect(clock.keyAt(lastMs - 5 * hourMs)).toBe(before)
    expect(clock.untilMs).toBe(lastMs + 1)
    expect(clock.keyAt(lastMs)).toBe(before)
    expect(clock.keyAt(lastMs + 1)).toBe(after)
    // A clock that steps back is told the truth; what to make of it is isNewDay's.
    expect(clock.keyAt(lastMs)).toBe(before)
  })

test('day: agrees with the calendar at every hour of two years', () => {
  const zones = ['Europe/Warsaw', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC']
  for (const timeZone of zones) {
    const clock = new DayClock(timeZone)
    const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
    for (let ms = at('2025-01-01T00:00:00Z'); ms < at('2027-01-01T00:00:00Z'); ms += hourMs)
      if (clock.keyAt(ms) !== calendar.format(ms)) expect.fail(`${timeZone} ${ms}`)
  }
})

test('day: only ever goes forward, but for a clock that was years ahead', () => {
  expect(isNewDay('', '2026-03-29')).toBe(true)
  expect(isNewDay('2026-03-29', '2026-03-29')).toBe(false)
  expect(isNewDay('2026-03-29', '2026-03-30')).toBe(true)
  // A shop that moves west, or a clock put right by hours: the budget isn't handed out again.
  expect(isNewDay('2026-03-30', '2026-03-29')).toBe(false)
  expect(isNewDay('2026-03-31', '2026-03-29')).toBe(false)
  expect(isNewDay('2036-03-30', '2026-03-29')).toBe(true)
})

test('day: that one has ended somewhere is noticed even after somebody asked for the new one', () => {
  const clocks = new DayClocks()
  const midnightMs = at('2026-06-10T22:00:00Z')
  clocks.forZone('Europe/Warsaw').keyAt(midnightMs - 1)
  clocks.forZone('America/New_York')
  expect(clocks.haveTurned(midnightMs - 1)).toBe(true)
  expect(clocks.haveTurned(midnightMs - 1)).toBe(false)
  clocks.forZone('Europe/Warsaw').keyAt(midnightMs)
  expect(clocks.haveTurned(midnightMs)).toBe(true)
  expect(clocks.haveTurned(midnightMs + 1)).toBe(false)
})

test('day: a time zone that does not exist is refused', () => {
  expect(() => new DayClocks().forZone('Europe/Atlantis')).toThrow(RangeError)
})
