// Goal: a rule says the same as reading it plainly does, at every millisecond, and never changes its answer by time
// alone before the moment it names. Method: rules and slices at random, all times within a few dozen milliseconds,
// gone through one by one beside a naive reading of the rule's JSON; the slow fading of interests by its crossing.
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { categoryHalfLifeMs } from '../../../src/people/fold/weights.js'
import { compileRule, type Rule } from '../../../src/people/rules/compile.js'
import { emptySlice } from '../../../src/profiles/slice.js'
import { holds } from './naive.js'
import { context, randomRule, randomSlice, spanMs, startMs } from './random-world.js'

function compiled(source: unknown): Rule {
  const result = compileRule(source, context)
  if (!result.ok) throw new Error(`${JSON.stringify(source)}: ${JSON.stringify(result.faults)}`)
  return result.value
}

test('rules: the answer is right at every millisecond, and lasts as long as was said', () => {
  let changeCount = 0
  let exactCount = 0
  for (let seed = 1; seed <= 1_000; seed++) {
    const random = new Random(seed)
    const rule = compiled(randomRule(random))
    const slice = randomSlice(random)
    let before: { isIn: boolean; changesAtMs: number } | null = null
    for (let nowMs = startMs - 2 * spanMs; nowMs < startMs + 4 * spanMs; nowMs++) {
      const verdict = rule.evaluate(slice, nowMs)
      const isRight = verdict.isIn === holds(rule.json, slice, nowMs)
      const isLater = verdict.changesAtMs > nowMs
      const isKept = before === null || nowMs >= before.changesAtMs || verdict.isIn === before.isIn
      if (!isRight || !isLater || !isKept)
        expect.fail(`seed ${seed}, ${nowMs - startMs} ms: ${rule.text}: ${JSON.stringify(verdict)}`)
      if (before === null || nowMs >= before.changesAtMs) {
        if (before !== null) {
          changeCount++
          if (verdict.isIn !== before.isIn) exactCount++
        }
        before = verdict
      }
    }
  }
  // Looking again in vain is allowed, but must not be the rule.
  expect(exactCount / changeCount).toBeGreaterThan(0.7)
})

test('rules: written as text and as JSON they come to the same, and stay what they are', () => {
  for (let seed = 1; seed <= 1_000; seed++) {
    const source = randomRule(new Random(seed))
    const rule = compiled(source)
    const fromText = compiled(rule.text)
    const fromJson = compiled(JSON.parse(JSON.stringify(rule.json)))
    expect(fromText.text, `seed ${seed}: ${source}`).toBe(rule.text)
    expect(fromJson.text, `seed ${seed}: ${source}`).toBe(rule.text)
    expect(fromJson.json, `seed ${seed}: ${source}`).toEqual(rule.json)
  }
})

test('rules: an interest is below a threshold from the very millisecond at which it fades to it', () => {
  const random = new Random(7)
  for (let i = 0; i < 2_000; i++) {
    const threshold = Number((0.01 + random.next() * 5).toFixed(3))
    const weight = threshold * (1 + random.next() * 20)
    const atMs = startMs - random.below(86_400_000)
    const slice = { ...emptySlice, categoryInterest: [{ key: 'Shoes', weight, atMs }] }
    const rule = compiled(`interest.category("shoes") >= ${threshold}`)
    const verdict = rule.evaluate(slice, startMs)
    const weightAt = (ms: number) => weight * 2 ** ((atMs - ms) / categoryHalfLifeMs)
    expect(verdict.isIn).toBe(weightAt(startMs) >= threshold)
    if (!verdict.isIn) expect(verdict.changesAtMs).toBe(Infinity)
    else {
      expect(weightAt(verdict.changesAtMs - 1), `round ${i}`).toBeGreaterThanOrEqual(threshold)
      expect(weightAt(verdict.changesAtMs), `round ${i}`).toBeLessThan(threshold)
    }
  }
})

test('rules: asking allocates next to nothing', () => {
  const rule = compiled(
    'cart.value >= 500 PLN and cart.abandonedFor >= 30m or viewed.category("Shoes") within 14d and not purchases.count > 3',
  )
  const slice = randomSlice(new Random(3))
  let sink = 0
  const round = (): void => {
    for (let i = 0; i < 100_000; i++) sink += rule.test(slice, startMs + i) > 0 ? 1 : 0
  }
  round()
  const before = process.memoryUsage().heapUsed
  round()
  const bytesPerCall = (process.memoryUsage().heapUsed - before) / 100_000
  expect(sink).toBeGreaterThanOrEqual(0)
  expect(bytesPerCall).toBeLessThan(64)
})
