// Goal: percentiles within 1 % of the exact ones, whatever the values. Method: seeded values of several
// shapes and sizes against a sorted array.
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { LatencyHistogram } from '../../src/simulation/latency-histogram.js'

const seed = 20_611

const shapes: Readonly<Record<string, (random: Random) => number>> = {
  'few microseconds': (random) => random.below(130),
  'a usual latency': (random) => random.logNormal(900, 0.8),
  'with a long tail': (random) => (random.chance(0.02) ? random.next() * 5e6 : 400),
  'CPMs in micros': (random) => random.logNormal(3_000_000, 1),
  'past 32 bits': (random) => 2 ** (random.next() * 52),
}

describe.each(Object.entries(shapes))('%s', (_, draw) => {
  const random = new Random(seed)
  const histogram = new LatencyHistogram()
  const exact = Array.from({ length: 20_000 }, () => Math.round(draw(random)))
  for (const value of exact) histogram.record(value)
  exact.sort((a, b) => a - b)

  test.each([0.1, 10, 50, 90, 99, 99.9, 100])('p%d', (percent) => {
    const want = exact[Math.max(1, Math.ceil((percent / 100) * exact.length)) - 1]!
    const got = histogram.percentile(percent)
    expect(Math.abs(got - want), `seed ${seed}: ${got}, exactly ${want}`).toBeLessThanOrEqual(
      want * 0.01,
    )
  })

  test('count and maximum are exact', () => {
    expect(histogram.count).toBe(exact.length)
    expect(histogram.max).toBe(exact.at(-1))
  })
})

test('nothing recorded is 0 everywhere', () => {
  const histogram = new LatencyHistogram()
  expect([histogram.count, histogram.max, histogram.mean, histogram.percentile(99)]).toEqual([
    0, 0, 0, 0,
  ])
})

test('one value is every percentile, exactly', () => {
  const histogram = new LatencyHistogram()
  histogram.record(123_457)
  expect([1, 50, 100].map((percent) => histogram.percentile(percent))).toEqual([
    123_457, 123_457, 123_457,
  ])
})

test('two that are added count as one that saw everything', () => {
  const random = new Random(seed)
  const [one, other, both] = [
    new LatencyHistogram(),
    new LatencyHistogram(),
    new LatencyHistogram(),
  ]
  for (let i = 0; i < 1_000; i++) {
    const value = random.logNormal(500, 1)
    const half = i % 2 === 0 ? one : other
    half.record(value)
    both.record(value)
  }
  one.add(other)
  for (const percent of [5, 50, 95, 100])
    expect(one.percentile(percent)).toBe(both.percentile(percent))
  expect(one.mean).toBeCloseTo(both.mean)
})

test('negative values and fractions do no harm', () => {
  const histogram = new LatencyHistogram()
  for (const value of [-3, 0.4, Number.MAX_VALUE]) histogram.record(value)
  expect(histogram.count).toBe(3)
  expect(histogram.percentile(50)).toBe(0)
})
