// Goal: of slots that explore is kept what was shown, as it was told and with what came of it, however much comes at once
// and whatever fails; no more and no longer than it may, and none of it for another shop, slot or day. Method: a log that
// is told of answers, and the export read to its end, held against what was told.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.js'
import { Random } from '../../../src/base/random.js'
import { Days } from '../../../src/recommend/report/days.js'
import type { ShownItem } from '../../../src/recommend/report/exploration.js'
import { shownPart } from '../../../src/recommend/report/exploration.js'
import {
  type Feedback,
  FeedbackLog,
  type FeedbackLogOptions,
} from '../../../src/recommend/report/feedback-log.js'
import { type Placement, placementKeyOf } from '../../../src/recommend/report/placement.js'
import type { ReportTables } from '../../../src/recommend/report/tables.js'
import { LmdbReportTables } from '../../../src/recommend/store-lmdb.js'
import { MemoryTables } from './memory-tables.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const timeZone = 'America/New_York'
const always = { from: '2000-01-01', to: '2100-01-01', timeZone }
const home: Placement = { slot: 'home', experiment: 'e1', variant: 'b' }
const cart: Placement = { slot: 'cart', experiment: '', variant: 'control' }
const daySeconds = 86_400

let directory = ''
let tables: LmdbReportTables
let clock: ManualClock
let faults: unknown[]
let log: FeedbackLog
let number = 0

function openLog(more: Partial<FeedbackLogOptions> = {}): FeedbackLog {
  return new FeedbackLog({
    ...{ tables, clock, timeZoneOf: () => timeZone, flushMs: 60_000, waitingMax: 10_000 },
    ...{ answersPerShopMax: 100_000, onFault: (error) => faults.push(error), ...more },
  })
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'grosz-explored-'))
  tables = new LmdbReportTables(directory, { mapBytes: 64 * 1024 * 1024 })
  clock = new ManualClock(Date.parse('2026-03-06T12:00:00Z'))
  faults = []
  log = openLog()
})
afterEach(async () => {
  await log.close()
  await tables.close()
  rmSync(directory, { recursive: true, force: true })
  check.deepEqual(faults, [])
})

/** @returns what is expected of it while nothing came of it. */
function answer(shopId: string, placement: Placement, items: readonly string[]): ShownItem[] {
  const nonce = `n${number++}`.padEnd(8, '_')
  const shown = items.map((product, index) => ({
    ...{ product, source: index === 1 ? 'exploration' : 'next' },
    propensity: index === 1 ? 0.2 / 37 : 0.8,
  }))
  log.answered({
    ...{ shopId, placement, personId: 'anna', isPersonal: true, itemCount: items.length },
    atMs: clock.nowMs(),
    explored: { nonce, page: 'home', items: shown },
  })
  const at = new Date(clock.nowMs()).toISOString().replace(/\.\d+/, '')
  return shown.map((it, index) => ({
    ...{ answer: nonce, at, ...placement, page: 'home', place: index + 1, ...it },
    ...{ viewed: false, clicked: false },
  }))
}

const tell = (
  shopId: string,
  placement: Placement,
  it: ShownItem,
  more: Partial<Feedback>,
): Promise<string[]> =>
  log.feedback(shopId, [
    {
      ...{ type: 'view', atSeconds: Date.parse(it.at) / 1_000, nonce: it.answer },
      ...{ placementKey: placementKeyOf(placement), product: it.product, personId: '' },
      ...{ orderId: '', valueMicros: 0, ...more },
    } as Feedback,
  ])

/** @returns all of it, and how many parts it came in. */
function exported(
  shopId: string,
  slot: string,
  { from, to }: { from: string; to: string } = always,
  of: ReportTables = tables,
): { items: ShownItem[]; parts: number } {
  const items: ShownItem[] = []
  let parts = 0
  for (let after: string | null = ''; after !== null; parts++) {
    const part = shownPart(of, shopId, { slot, from, to, timeZone }, after)
    check.ok(part.items.length <= 100 * 24)
    items.push(...part.items)
    after = part.next
  }
  return { items, parts }
}

test('random answers come back as they were shown, with what came of them', async () => {
  const random = new Random(seed)
  const days = new Days()
  const told: { shopId: string; items: ShownItem[] }[] = []
  for (let step = 0; step < 1_500; step++) {
    const shopId = random.pick(['shop', 'shop', 'shop.2', 'sho'])
    const placement = random.pick([home, home, cart])
    const items = answer(
      shopId,
      placement,
      Array.from({ length: 1 + random.below(24) }, (_, i) => `p${i}`),
    )
    told.push({ shopId, items })
    for (let i = random.below(4); i > 0; i--) {
      const it = random.pick(items)
      const isClick = random.chance(0.3)
      await tell(shopId, placement, it, { type: isClick ? 'click' : 'view' })
      Object.assign(it, { viewed: true, clicked: it.clicked === true || isClick })
    }
    clock.advance(random.below(1_000) * 1_000)
  }
  await log.close()
  const reader = new LmdbReportTables(directory, { mapBytes: 64 * 1024 * 1024 })
  const byTime = (a: ShownItem, b: ShownItem): number =>
    a.at === b.at ? (a.answer < b.answer ? -1 : 1) : a.at < b.at ? -1 : 1
  for (const shopId of ['shop', 'shop.2', 'sho', 'none'])
    for (const slot of ['home', 'cart', 'nowhere'])
      for (const [from, to] of [
        ['2000-01-01', '2100-01-01'],
        ['2026-03-08', '2026-03-09'],
        ['2026-03-09', '2026-03-08'],
      ] as const) {
        const expected = told
          .filter((it) => it.shopId === shopId)
          .flatMap(({ items }) => items)
          .filter((it) => it.slot === slot)
          .filter(({ at }) => {
            const day = days.of(timeZone, Date.parse(at))
            return day >= from && day <= to
          })
        const { items, parts } = exported(shopId, slot, { from, to }, reader)
        // Sorting is stable: within an answer, by place.
        const key = (it: ShownItem): string => `${it.at} ${it.answer}`
        check.deepEqual(
          items,
          expected.toSorted((a, b) => (key(a) === key(b) ? a.place - b.place : byTime(a, b))),
        )
        if (shopId === 'shop' && slot === 'home' && from === '2000-01-01') check.ok(parts > 3)
      }
  await reader.close()
})

test('a view of the whole answer is one of all in it; a click of it says nothing of any', async () => {
  const [first, second] = answer('shop', home, ['p1', 'p2'])
  await tell('shop', home, first!, { type: 'click', product: '' })
  check.deepEqual(exported('shop', 'home').items, [first, second])
  await tell('shop', home, first!, { product: '' })
  check.deepEqual(exported('shop', 'home').items, [
    { ...first, viewed: true },
    { ...second, viewed: true },
  ])
})

test('what waits is written at once when it is much, and when it closes', async () => {
  const told = Array.from({ length: 450 }, () => answer('shop', home, ['p1'])).flat()
  await log.feedback('shop', [])
  await log.close()
  check.deepEqual(exported('shop', 'home').items.length, told.length)
  log = openLog()
})

test('more than may wait is left out, nothing else, and that is told of', async () => {
  const told = Array.from({ length: 10_050 }, () => answer('shop', home, ['p1'])).flat()
  await log.close()
  const kept = exported('shop', 'home').items.map((it) => it.answer)
  // Of one second, they come by nonce.
  check.deepEqual(
    kept,
    told
      .slice(0, 10_000)
      .map((it) => it.answer)
      .toSorted(),
  )
  check.deepEqual(faults.map(String), ['Error: report: 50 answers that explored are not kept'])
  faults.length = 0
  log = openLog()
})

test('of one shop no more are kept than may, the newest', async () => {
  await log.close()
  log = openLog({ exploredPerShopMax: 50 })
  const others = answer('b', home, ['p1'])
  const told: ShownItem[] = []
  for (let at = 0; at < 180; at++) {
    told.push(...answer('a', home, ['p1', 'p2']))
    clock.advance(1_000)
  }
  await log.close()
  const { items } = exported('a', 'home')
  check.ok(items.length > 90 && items.length <= 100, `${items.length}`)
  check.deepEqual(items, told.slice(-items.length))
  check.deepEqual(exported('b', 'home').items, others)
  log = openLog()
})

test('after 30 days it is gone, before what came of it is', async () => {
  const [old] = answer('shop', home, ['p1'])
  await tell('shop', home, old!, {})
  clock.advance(20 * daySeconds * 1_000)
  const recent = answer('shop', home, ['p2'])
  await log.tidy()
  for (let turn = 0; turn < 30; turn++) await log.tidy()
  check.deepEqual(exported('shop', 'home').items, [{ ...old, viewed: true }, ...recent])
  clock.advance(10 * daySeconds * 1_000 + 1_000)
  for (let turn = 0; turn < 30; turn++) await log.tidy()
  check.deepEqual(exported('shop', 'home').items, recent)
  check.equal(Array.from(tables.range('answers', '', '\uffff')).length, 1)
})

test('where nobody knows any more what came of it, it says so', async () => {
  await log.close()
  log = openLog({ answersPerShopMax: 3 })
  const told: ShownItem[] = []
  for (let at = 0; at < 10; at++) {
    const [it] = answer('shop', home, ['p1'])
    await tell('shop', home, it!, {})
    told.push(it!)
    clock.advance(1_000)
  }
  const viewed = exported('shop', 'home').items.map((it) => it.viewed)
  check.deepEqual([viewed[0], viewed.at(-1)], [null, true])
  check.ok(viewed.every((it, at) => it === true || viewed[at - 1] !== true))
})

test('a shop that goes takes all of it along, also what waits', async () => {
  answer('a', home, ['p1'])
  const others = answer('a.2', home, ['p1'])
  await log.feedback('a', [])
  answer('a', home, ['p2'])
  others.push(...answer('a.2', home, ['p2']))
  await log.forgetShop('a')
  await log.close()
  check.deepEqual(exported('a', 'home').items, [])
  check.deepEqual(exported('a.2', 'home').items, others)
  log = openLog()
})

test('nothing of a person is in it', async () => {
  answer('shop', home, ['p1'])
  await log.close()
  const entries = Array.from(tables.range('explored', '', '\uffff'), ({ key, value }) =>
    [...key.split('\0'), ...(JSON.parse(value.toString()) as unknown[])].flat(3),
  )
  check.equal(entries.length, 1)
  const [shop, , , ...rest] = entries[0]!
  check.deepEqual([shop, ...rest], ['shop', 'home', 'e1', 'b', 'home', 'p1', 'next', 0.8])
  log = openLog()
})

test('what couldn’t be written comes later, once', async () => {
  const memory = new MemoryTables()
  await log.close()
  log = openLog({ tables: memory })
  memory.isFull = true
  const first = answer('shop', home, ['p1'])
  await check.rejects(log.order('shop', [], { orderId: '', lines: [], valueMicros: 0, atMs: 0 }))
  const second = answer('shop', home, ['p2'])
  memory.isFull = false
  await log.close()
  check.deepEqual(exported('shop', 'home', always, memory).items, [...first, ...second])
  faults.length = 0
  log = openLog()
})
