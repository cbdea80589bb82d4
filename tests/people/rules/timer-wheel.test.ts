// Goal: whatever is set, moved and cancelled, each timer is called once, at the first advance from its moment on, never
// before. Method: random doings, beside a plain map that is searched whole.
import { expect, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.js'
import { Random } from '../../../src/base/random.js'
import { TimerWheel } from '../../../src/people/rules/timer-wheel.js'

test('timers: the same as looking through all of them', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = new Random(seed)
    const clock = new ManualClock(1_750_000_000_000 + random.below(1e9))
    const tickMs = random.pick([1, 7, 250, 1_000])
    const wheel = new TimerWheel({ startMs: clock.nowMs(), tickMs, countMax: 150 })
    const plain = new Map<string, number>()
    const reach = (): number => Math.floor(tickMs * 2 ** (random.next() * 34))
    for (let step = 0; step < 400; step++) {
      const key = `k${random.below(200)}`
      if (random.chance(0.6)) {
        const dueAtMs = random.chance(0.1)
          ? clock.nowMs() - random.below(99)
          : clock.nowMs() + reach()
        const isRoom = plain.has(key) || plain.size < 150
        expect(wheel.set(key, dueAtMs), `seed ${seed}`).toBe(isRoom)
        if (isRoom) plain.set(key, dueAtMs)
      } else if (random.chance(0.5)) {
        expect(wheel.cancel(key), `seed ${seed}`).toBe(plain.delete(key))
      } else {
        clock.advance(random.chance(0.3) ? random.below(tickMs) : reach())
        const called: string[] = []
        wheel.advance(clock.nowMs(), (due) => called.push(due))
        const due = [...plain].filter(([, dueAtMs]) => dueAtMs <= clock.nowMs())
        expect([...called].sort(), `seed ${seed}, step ${step}`).toEqual(due.map(([k]) => k).sort())
        for (const [k] of due) plain.delete(k)
      }
      expect(wheel.count, `seed ${seed}`).toBe(plain.size)
      expect(wheel.dueAtMs(key)).toBe(plain.get(key) ?? Infinity)
    }
  }
})

test('timers: those of different ticks come in their order', () => {
  const random = new Random(3)
  const wheel = new TimerWheel({ startMs: 0, tickMs: 10, countMax: 5_000 })
  for (let i = 0; i < 5_000; i++) wheel.set(`${i}`, random.below(20_000_000))
  const ticks: number[] = []
  const dueAtMs = Array.from({ length: 5_000 }, (_, i) => wheel.dueAtMs(`${i}`))
  wheel.advance(20_000_000, (key) => ticks.push(Math.floor(dueAtMs[Number(key)]! / 10)))
  expect(ticks).toEqual([...ticks].sort((a, b) => a - b))
  expect(ticks.length).toBe(5_000)
})

test('timers: what is called may set, move and cancel others', () => {
  const wheel = new TimerWheel({ startMs: 0, tickMs: 1, countMax: 10 })
  const called: string[] = []
  for (const key of ['a', 'b', 'c']) wheel.set(key, 5)
  const advance = (nowMs: number): void =>
    wheel.advance(nowMs, (key) => {
      called.push(key)
      // Whichever of the three comes first takes out the next two, and sets itself anew for long ago.
      for (const other of ['a', 'b', 'c']) wheel.cancel(other)
      wheel.set(key, 1)
    })
  advance(5)
  expect(called.length).toBe(1)
  advance(5)
  expect(called.length).toBe(2)
  expect(wheel.count).toBe(1)
  wheel.set(called[0]!, Infinity)
  expect(wheel.count).toBe(0)
})

test('timers: a clock that goes back calls nothing', () => {
  const wheel = new TimerWheel({ startMs: 1_000, tickMs: 1, countMax: 10 })
  wheel.set('a', 2_000)
  const called: string[] = []
  wheel.advance(500, (key) => called.push(key))
  wheel.advance(1_999, (key) => called.push(key))
  expect(called).toEqual([])
  wheel.advance(2_000, (key) => called.push(key))
  expect(called).toEqual(['a'])
})

test('timers: a hundred thousand, with gaps of months between', () => {
  const wheel = new TimerWheel({ startMs: 1e12, tickMs: 1_000, countMax: 100_000 })
  const random = new Random(5)
  for (let i = 0; i < 100_000; i++) wheel.set(`k${i}`, 1e12 + random.below(3e10))
  let count = 0
  const startMs = performance.now()
  for (let nowMs = 1e12; nowMs <= 1e12 + 3e10; nowMs += 1e9) wheel.advance(nowMs, () => count++)
  expect(count).toBe(100_000)
  // 30 million ticks pass; each alone would take no time.
  expect(performance.now() - startMs).toBeLessThan(10_000)
})
