/**
 * What segments by rule cost: `node dist/bench/rules.bench.js [--rounds N] [--timers N]`.
 *
 * Asks rules about lifelike slices, one by one and all of a shop's at once; compiles them; sets, moves
 * and calls as many timers as people would have. Prints medians of the rounds, in processor time.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Random } from '../src/base/random.js'
import { compileRule } from '../src/people/rules/compile.js'
import type { RuleContext } from '../src/people/rules/field.js'
import { readyMadeSegments } from '../src/people/rules/ready-made.js'
import { compileSegments, SegmentRules } from '../src/people/rules/segments.js'
import { TimerWheel } from '../src/people/rules/timer-wheel.js'
import { emptySlice, type Slice } from '../src/profiles/slice.js'

const nowMs = 1_750_000_000_000
const dayMs = 86_400_000
const sliceCount = 1_000
const context: RuleContext = {
  currency: 'PLN',
  unitValue: { PLN: 1, EUR: 4.3 },
  categoryOf: (product) => `Group ${product.length}/Kind ${product.at(-1)}`,
}
const sources = [
  'cart.value >= 500 PLN and cart.abandonedFor >= 30m',
  'purchases.count > 3',
  'viewed.category("Shoes/Running") within 14d',
  'interest.category("Shoes") >= 2',
  'searched("buty") within 7d',
  'viewed.count >= 3 within 7d and not bought.category("Bags")',
  'rfm.recency >= 4 and rfm.monetary >= 4 or spent.total >= 1000 within 365d',
]

function lifelikeSlice(random: Random): Slice {
  const times = (countMax: number): number[] =>
    Array.from({ length: random.below(countMax) }, () => nowMs - random.below(90 * dayMs)).sort(
      (a, b) => b - a,
    )
  const product = (): string => `sku-${random.below(50_000)}`
  const recent = times(6).map((atMs) => ({
    id: `o${atMs}`,
    atMs,
    valueMicros: random.below(900) * 1e6,
    isGift: random.chance(0.1),
  }))
  return {
    ...emptySlice,
    firstSeenAtMs: nowMs - random.below(400 * dayMs),
    lastSeenAtMs: nowMs - random.below(dayMs),
    visitCount: 1 + random.below(20),
    cart: random.chance(0.6)
      ? null
      : {
          items: [{ product: product(), quantity: 1, priceMicros: 1 }],
          valueMicros: random.below(1_000) * 1e6,
          changedAtMs: nowMs - random.below(dayMs),
        },
    viewed: times(40).map((atMs) => ({ product: product(), atMs })),
    searches: times(10).map((atMs) => ({ text: `buty ${random.below(500)}`, atMs })),
    purchases: times(12).map((atMs) => ({
      product: product(),
      atMs,
      quantity: 1,
      priceMicros: 1,
      isGift: false,
    })),
    orders: {
      ...emptySlice.orders,
      count: recent.length,
      valueMicros: recent.reduce((sum, it) => sum + it.valueMicros, 0),
      firstAtMs: recent.at(-1)?.atMs ?? 0,
      lastAtMs: recent[0]?.atMs ?? 0,
      recent,
    },
    categoryInterest: times(20).map((atMs) => ({
      key: `${random.pick(['Shoes', 'Bags', 'Home'])} > Kind ${random.below(60)}`,
      weight: random.next() * 8,
      atMs,
    })),
  }
}

/** @returns the median of the rounds, ns per call. */
function nanosPer(rounds: number, calls: number, call: (i: number) => void): number {
  const nanos: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const startMs = processorMs()
    for (let i = 0; i < calls; i++) call(i)
    if (round > 0) nanos.push(((processorMs() - startMs) * 1e6) / calls)
  }
  return nanos.sort((a, b) => a - b)[nanos.length >>> 1]!
}

export function benchRules(rounds: number, print: (line: string) => void): void {
  const random = new Random(1)
  const slices = Array.from({ length: sliceCount }, () => lifelikeSlice(random))
  let sink = 0
  for (const source of sources) {
    const result = compileRule(source, context)
    if (!result.ok) throw new Error(JSON.stringify(result.faults))
    const rule = result.value
    const ask = nanosPer(rounds, 200_000, (i) => {
      if (rule.evaluate(slices[i % sliceCount]!, nowMs).isIn) sink++
    })
    const compile = nanosPer(rounds, 2_000, () => {
      if (compileRule(source, context).ok) sink++
    })
    print(
      `${ask.toFixed(0).padStart(5)} ns, compiled in ${(compile / 1e3).toFixed(0)} us: ${source}`,
    )
  }
  for (const count of [10, 100, 500]) {
    const segments = Array.from({ length: count }, (_, i) => ({ id: `s${i}`, rule: ruleOf(i) }))
    const { segments: compiled, faults } = compileSegments(segments, context)
    if (faults.length > 0) throw new Error(faults[0]!.message)
    const rules = new SegmentRules(compiled)
    const micros = nanosPer(rounds, 5_000, (i) => {
      sink += rules.memberships(slices[i % sliceCount]!, nowMs).segments.length
    })
    print(`${(micros / 1e3).toFixed(1)} us for one person's memberships by ${count} rules`)
  }
  if (sink === 0) throw new Error('nobody is in any segment')
}

/** Ready-made ones, and each shop's own about its categories, words and amounts. */
function ruleOf(i: number): string {
  if (i < readyMadeSegments.length) return readyMadeSegments[i]!.rule
  const own = [
    `viewed.category("Shoes/Kind ${i % 60}") within ${1 + (i % 30)}d`,
    `cart.value >= ${i} PLN and cart.abandonedFor >= ${i % 60}m`,
    `searched("buty ${i}") within 14d`,
    `interest.category("Bags/Kind ${i % 60}") >= 2 and not purchases.count > ${i % 5}`,
    `viewed.product("sku-${i}") and spent.total < ${i}`,
  ]
  return own[i % own.length]!
}

export function benchTimers(count: number, print: (line: string) => void): void {
  const random = new Random(2)
  const keys = Array.from({ length: count }, (_, i) => `shop\0person-${i.toString(36)}`)
  const before = bytesInUse()
  const wheel = new TimerWheel({ startMs: nowMs, tickMs: 1_000, countMax: count })
  const perSecond = (what: string, action: () => void): void => {
    const startMs = processorMs()
    action()
    print(`${((count / (processorMs() - startMs)) * 1e3).toFixed(0)} timers/s ${what}`)
  }
  const setAll = (): void => {
    for (const key of keys) wheel.set(key, nowMs + random.below(3_600_000))
  }
  perSecond('set', setAll)
  print(`${((bytesInUse() - before) / count).toFixed(0)} bytes a timer, its key's text left out`)
  perSecond('moved', setAll)
  let calledCount = 0
  perSecond('called, second by second for an hour', () => {
    for (let ms = 0; ms <= 3_600_000; ms += 1_000) wheel.advance(nowMs + ms, () => calledCount++)
  })
  if (calledCount !== count) throw new Error(`${calledCount} of ${count} timers were called`)
}

/** Time of a core that this process used: others may be busy beside it. */
function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

function bytesInUse(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      timers: { type: 'string', default: '1000000' },
    },
  })
  benchRules(Number(values.rounds), console.log)
  benchTimers(Number(values.timers), console.log)
}
