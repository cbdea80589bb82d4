// Goal: no more requests are answered than was agreed with the exchange, and no fewer where it keeps
// to it. Method: seeded arrivals on a clock of the test's own.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { Throttle } from '../../src/edge/throttle.js'

function letThrough(throttle: Throttle, arrivalsMs: Iterable<number>): number {
  let count = 0
  for (const ms of arrivalsMs) if (throttle.lets(ms)) count++
  return count
}

function* poisson(random: Random, perSecond: number, forMs: number): Generator<number> {
  for (let ms = 5; ms < forMs; ms += -Math.log(1 - random.next()) * (1_000 / perSecond)) yield ms
}

test.each([1, 50, 2_000])('%i a second are let through of ten times as many', (perSecond) => {
  const count = letThrough(new Throttle(perSecond), poisson(new Random(1), perSecond * 10, 60_000))
  expect(count).toBeLessThanOrEqual(perSecond * 60 + Math.max(1, perSecond * 0.1))
  expect(count).toBeGreaterThan(perSecond * 60 * 0.9)
})

test('who stays a tenth below is hardly ever refused', () => {
  const arrivals = [...poisson(new Random(2), 1_800, 60_000)]
  const count = letThrough(new Throttle(2_000), arrivals)
  expect(count / arrivals.length).toBeGreaterThan(0.999)
})

test('a long silence saves up no more than a burst', () => {
  const throttle = new Throttle(1_000)
  throttle.lets(0)
  const burst = Array.from({ length: 5_000 }, () => 3_600_000)
  expect(letThrough(throttle, burst)).toBe(100)
})

test('without a limit everything passes', () => {
  expect(letThrough(new Throttle(0), poisson(new Random(3), 10_000, 1_000))).toBeGreaterThan(9_000)
})
