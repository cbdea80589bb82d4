// Goal: the report has what happened, each thing once, whatever comes in which order, is told again, and whoever is joined
// or forgotten; and what one shop counts is nothing to another. Method: random interleavings at two shops, written through
// the log, and counted anew by a naive one; the report is read through tables of its own, as another process would.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'vitest'
import { ManualClock } from '../../../src/base/clock.js'
import { keyOf } from '../../../src/base/key.js'
import { Random } from '../../../src/base/random.js'
import { countNames } from '../../../src/recommend/report/counts.js'
import { Days } from '../../../src/recommend/report/days.js'
import { type Feedback, FeedbackLog } from '../../../src/recommend/report/feedback-log.js'
import { type Placement, placementKeyOf } from '../../../src/recommend/report/placement.js'
import { reportOf } from '../../../src/recommend/report/report.js'
import { reportTableNames } from '../../../src/recommend/report/tables.js'
import { LmdbReportTables } from '../../../src/recommend/store-lmdb.js'
import { MemoryTables } from './memory-tables.js'
import { NaiveReport } from './naive-report.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const mapBytes = 64 * 1024 * 1024
const zone = 'America/New_York'
const always = { from: '2000-01-01', to: '2100-01-01', slot: null }

let directory = ''
let tables: LmdbReportTables
let clock: ManualClock
let faults: unknown[]
let log: FeedbackLog

function openLog(answersPerShopMax = 100_000): FeedbackLog {
  return new FeedbackLog({
    ...{ tables, clock, timeZoneOf: () => zone, flushMs: 1_000, waitingMax: 10_000 },
    answersPerShopMax,
    onFault: (error) => faults.push(error),
  })
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'grosz-report-'))
  tables = new LmdbReportTables(directory, { mapBytes })
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

const placements: readonly Placement[] = [
  { slot: 'home', experiment: '', variant: 'control' },
  { slot: 'home', experiment: 'e1', variant: 'control' },
  { slot: 'home', experiment: 'e1', variant: 'b' },
  { slot: 'cart', experiment: 'e1', variant: 'control' },
  { slot: 'cart', experiment: 'e1', variant: 'c' },
  { slot: 'cart', experiment: 'e2', variant: 'control' },
]
const days = new Days()
const dayOf = (seconds: number): string => days.of(zone, seconds * 1_000)

/** One shop's life, told to the log and to the naive one. */
class Life {
  readonly naive = new NaiveReport(dayOf)
  readonly #shop: string
  readonly #random: Random
  readonly #log: FeedbackLog
  readonly #answers: { atSeconds: number; placementKey: number; nonce: string }[] = []
  #people = Array.from({ length: 12 }, (_, index) => `person${index}`)
  #number = 0

  constructor(shop: string, lifeSeed: number, into: FeedbackLog) {
    this.#shop = shop
    this.#random = new Random(lifeSeed)
    this.#log = into
  }

  async step(): Promise<void> {
    const at = this.#random.next()
    if (at < 0.45) this.#answer()
    else if (at < 0.85) await this.#tell()
    else if (at < 0.92) await this.#order()
    else if (at < 0.96) await this.#refund()
    else if (at < 0.98) await this.#join()
    else await this.#forget()
  }

  #answer(): void {
    const placement = this.#random.pick(placements)
    const personId = this.#random.chance(0.2) ? '' : this.#random.pick(this.#people)
    const answer = {
      ...{ shopId: this.#shop, placement, personId, isPersonal: personId !== '', explored: null },
      ...{ itemCount: this.#random.below(3), atMs: clock.nowMs() },
    }
    this.#log.answered(answer)
    this.naive.answered(answer)
    const atSeconds = Math.floor(clock.nowMs() / 1_000)
    const placementKey = placementKeyOf(placement)
    this.#answers.push({ atSeconds, placementKey, nonce: `nonce${this.#number++}`.slice(-8) })
  }

  async #tell(): Promise<void> {
    if (this.#answers.length === 0) return
    const list = Array.from({ length: 1 + this.#random.below(4) }, (): Feedback => {
      const recent = this.#answers.slice(-15)
      const personId = this.#random.chance(0.2) ? '' : this.#random.pick(this.#people)
      const type = this.#random.pick(['view', 'view', 'click', 'order'] as const)
      return {
        ...this.#random.pick(recent),
        ...{ type, personId, product: this.#random.pick(['', 'p1', 'p2', 'p3']) },
        orderId: type === 'order' && this.#random.chance(0.7) ? `o${this.#random.below(30)}` : '',
        valueMicros: type === 'order' ? this.#random.below(5) * 1_000_000 : 0,
      }
    })
    const atSeconds = Math.floor(clock.nowMs() / 1_000)
    const expected = list.map((feedback) => this.naive.told(this.#shop, { atSeconds, feedback }))
    check.deepEqual(await this.#log.feedback(this.#shop, list), expected)
  }

  async #order(): Promise<void> {
    const people = [this.#random.pick(this.#people), this.#random.pick(['gone', 'person1'])]
    const order = {
      orderId: `o${this.#random.below(30)}`,
      lines: Array.from({ length: this.#random.below(4) }, () => ({
        product: this.#random.pick(['p1', 'p2', 'p3', 'p4']),
        quantity: 1 + this.#random.below(3),
        priceMicros: this.#random.below(5) * 1_000_000 - 1,
      })),
      valueMicros: this.#random.chance(0.3) ? -1 : this.#random.below(9) * 1_000_000,
      atMs: clock.nowMs() - this.#random.below(3) * 3_600_000,
    }
    this.naive.order(people, order)
    await this.#log.order(this.#shop, people, order)
  }

  /** Of an order that was told, or that will be; of some products, some money, or all; now and then one of before. */
  async #refund(): Promise<void> {
    const isOfLines = this.#random.chance(0.5)
    const refund = {
      refundId: `r${this.#random.below(200)}`,
      orderId: `o${this.#random.below(30)}`,
      lines: Array.from({ length: isOfLines ? 1 + this.#random.below(2) : 0 }, () => ({
        product: this.#random.pick(['p1', 'p2', 'p3', 'p5']),
        quantity: 1 + this.#random.below(2),
        priceMicros: this.#random.below(4) * 1_000_000 - 1,
      })),
      valueMicros: this.#random.chance(isOfLines ? 0.7 : 0.3)
        ? -1
        : this.#random.below(4) * 999_999,
    }
    this.naive.refund(refund)
    await this.#log.refund(this.#shop, refund, true)
  }

  async #join(): Promise<void> {
    const [gone, person] = [this.#random.pick(this.#people), this.#random.pick(this.#people)]
    if (gone === person) return
    await this.#log.feedback(this.#shop, [])
    this.naive.join(gone, person)
    await this.#log.join(this.#shop, keyOf(gone), keyOf(person))
    this.#people = this.#people.map((it) => (it === gone ? `${gone}+` : it))
  }

  async #forget(): Promise<void> {
    const person = this.#random.pick(this.#people)
    this.naive.forget(person)
    await this.#log.forget(this.#shop, keyOf(person))
  }
}

function checkAgainstNaive(reader: LmdbReportTables, shop: string, naive: NaiveReport): void {
  for (const slot of [null, 'home', 'nowhere'])
    for (const [from, to] of [
      ['2000-01-01', '2100-01-01'],
      ['2026-03-08', '2026-03-10'],
      ['2026-03-10', '2026-03-08'],
    ] as const) {
      const rows = reportOf(reader, shop, { from, to, slot })
      for (const placement of placements) {
        const row = rows.find(
          (it) =>
            keyOf(`${it.slot} ${it.experiment} ${it.variant}`) ===
            keyOf(`${placement.slot} ${placement.experiment} ${placement.variant}`),
        )
        for (const name of countNames) {
          const isAsked = slot === null || slot === placement.slot
          const expected = isAsked ? naive.total(placement, name, from, to) : 0
          check.equal(row?.[name] ?? 0, expected, `${name} of ${JSON.stringify(placement)}`)
        }
        if (row === undefined || placement.experiment === '') continue
        const theirs = naive.exposures.filter(
          (it) =>
            it.slot === placement.slot &&
            it.experiment === placement.experiment &&
            it.variant === placement.variant,
        )
        const sum = (what: 'orders' | 'valueMicros' | 'views' | 'clicks'): number =>
          theirs.reduce((all, it) => all + it[what], 0)
        check.equal(row.people!.people, theirs.length)
        check.equal(row.people!.orders, sum('orders'))
        check.equal(row.people!.orderValueMicros, sum('valueMicros'))
        check.equal(row.people!.clickRate, sum('views') === 0 ? null : sum('clicks') / sum('views'))
      }
      check.equal(
        new Set(rows.map((it) => `${it.slot} ${it.experiment} ${it.variant}`)).size,
        rows.length,
      )
    }
}

test('random interleavings at two shops come to what a naive recount has', async () => {
  const random = new Random(seed)
  const lives = new Map(
    ['shop', 'shop.2'].map((shop, at) => [shop, new Life(shop, seed + at, log)]),
  )
  for (let step = 0; step < 1_500; step++) {
    await random.pick([...lives.values()]).step()
    // Over a night that is an hour shorter, and more than a week.
    if (random.chance(0.5)) clock.advance(random.below(20) * 60_000 * 4)
  }
  await log.close()
  const reader = new LmdbReportTables(directory, { mapBytes })
  for (const [shop, { naive }] of lives) checkAgainstNaive(reader, shop, naive)
  check.deepEqual(reportOf(reader, 'sho', always), [])
  await reader.close()
})

/** All of one shop's entries, as they are on disk. */
function entriesOf(shop: string): string[] {
  return reportTableNames.flatMap((table) =>
    Array.from(tables.range(table, `${shop}\0`, `${shop}\x01`), ({ key, value }) =>
      [table, key, value.toString('hex')].join(' '),
    ),
  )
}

test('what a shop has is the same, byte by byte, whatever another does; and goes by itself', async () => {
  const run = async (other: boolean): Promise<string[]> => {
    const life = new Life('shop', seed, log)
    const noise = new Life('shop.2', seed + 1, log)
    for (let step = 0; step < 300; step++) {
      if (other) for (let i = 0; i < 3; i++) await noise.step()
      await life.step()
      clock.advance(600_000)
    }
    await log.close()
    return entriesOf('shop')
  }
  const beside = await run(true)
  const others = entriesOf('shop.2')
  check.ok(others.length > 100)
  log = openLog()
  await log.forgetShop('shop')
  check.deepEqual(entriesOf('shop'), [])
  check.deepEqual(entriesOf('shop.2'), others)
  await log.close()
  clock = new ManualClock(Date.parse('2026-03-06T12:00:00Z'))
  log = openLog()
  const alone = await run(false)
  check.deepEqual(alone, beside)
})

test('nothing names whoever is forgotten', async () => {
  const life = new Life('shop', seed, log)
  for (let step = 0; step < 200; step++) await life.step()
  const people = [...Array.from({ length: 12 }, (_, index) => `person${index}`)]
  for (const it of [
    ...people,
    ...people.map((one) => `${one}+`),
    ...people.map((one) => `${one}++`),
  ])
    await log.forget('shop', keyOf(it))
  for (const table of ['clicks', 'exposures', 'experiments', 'buyers'] as const)
    check.deepEqual(Array.from(tables.range(table, '', '\uffff')), [])
})

test('what is too old is removed, and only that', async () => {
  const placement = placements[2]!
  const answer = (shopId: string): void =>
    log.answered({
      ...{ shopId, placement, personId: 'p', isPersonal: true, itemCount: 1, atMs: clock.nowMs() },
      explored: null,
    })
  const click = (shopId: string, ...nonces: readonly string[]): Promise<unknown> => {
    const atSeconds = Math.floor(clock.nowMs() / 1_000)
    const rest = { product: 'p1', personId: 'p', orderId: '', valueMicros: 0 }
    const it = { type: 'click', atSeconds, placementKey: placementKeyOf(placement) } as const
    return log.feedback(
      shopId,
      nonces.map((nonce) => ({ ...it, nonce, ...rest })),
    )
  }
  const tidy = async (): Promise<void> => {
    for (let turn = 0; turn < 60; turn++) await log.tidy()
  }
  const sizes = (): number[] =>
    (['counts', 'answers', 'clicks', 'exposures', 'orders', 'buyers', 'refunds'] as const).map(
      (table) => Array.from(tables.range(table, '', '\uffff')).length,
    )
  for (const shopId of ['a', 'b']) {
    answer(shopId)
    await click(shopId, ...Array.from({ length: 1_200 }, (_, at) => `n${at}`))
    clock.advance(1_000)
    const order = { orderId: 'o', lines: [], valueMicros: 1, atMs: clock.nowMs() }
    await log.order(shopId, ['p'], order)
    const refund = { refundId: 'r', orderId: 'never', lines: [], valueMicros: -1 }
    await log.refund(shopId, refund, true)
    // Of whoever wants nothing kept.
    await log.refund(shopId, { ...refund, orderId: 'theirs' }, false)
  }
  // A person has as many clicks as one may have.
  check.deepEqual(sizes(), [2, 2_400, 200, 2, 2, 2, 2])
  await tidy()
  check.deepEqual(sizes(), [2, 2_400, 200, 2, 2, 2, 2])
  clock.advance(8 * 86_400_000)
  answer('a')
  await click('a', 'new')
  await tidy()
  check.deepEqual(sizes(), [3, 2_401, 1, 2, 2, 2, 2])
  clock.advance(24 * 86_400_000)
  await tidy()
  check.deepEqual(sizes(), [3, 1, 0, 2, 2, 2, 0])
  clock.advance(60 * 86_400_000)
  await tidy()
  check.deepEqual(sizes(), [3, 0, 0, 0, 0, 0, 0])
  check.equal(reportOf(tables, 'a', always)[0]!.people!.people, 0)
  clock.advance(310 * 86_400_000)
  await tidy()
  check.deepEqual(sizes(), [1, 0, 0, 0, 0, 0, 0])
})

test('refunds wait for no more orders than may, and it is told where one doesn’t', async () => {
  await log.close()
  log = new FeedbackLog({
    ...{ tables, clock, timeZoneOf: () => zone, flushMs: 1_000, waitingMax: 10_000 },
    ...{ answersPerShopMax: 100, waitingRefundsPerShopMax: 3 },
    onFault: (error) => faults.push(error),
  })
  const sizeOf = (shop: string): number =>
    Array.from(tables.range('refunds', `${shop}\0`, `${shop}\x01`)).length
  const refund = (shop: string, at: number): Promise<void> =>
    log.refund(shop, { refundId: `r${at}`, orderId: `o${at}`, lines: [], valueMicros: -1 }, true)
  for (let at = 0; at < 5; at++) await refund('a', at)
  await refund('b', 0)
  check.deepEqual([sizeOf('a'), sizeOf('b')], [3, 1])
  await log.close()
  check.match(String(faults.splice(0)), /^Error: report: 2 refunds came before their orders/)
  log = openLog()
  // What has waited long enough makes room.
  clock.advance(31 * 86_400_000)
  for (let turn = 0; turn < 20; turn++) await log.tidy()
  check.deepEqual([sizeOf('a'), sizeOf('b')], [0, 0])
  await refund('a', 9)
  check.equal(sizeOf('a'), 1)
})

test('a flood of views makes its own shop’s old answers forgotten, never counted twice', async () => {
  await log.close()
  log = openLog(100)
  const placement = placements[0]!
  const tell = (shopId: string, at: number): Promise<string[]> => {
    const atSeconds = Math.floor(clock.nowMs() / 1_000) - 1_000 + at
    const rest = { product: '', personId: '', orderId: '', valueMicros: 0 }
    const it = { type: 'view', atSeconds, placementKey: placementKeyOf(placement) } as const
    return log.feedback(shopId, [{ ...it, nonce: `n${at}`, ...rest }])
  }
  for (const shopId of ['a', 'b'])
    log.answered({
      ...{ shopId, placement, personId: '', isPersonal: false, itemCount: 1, atMs: clock.nowMs() },
      explored: null,
    })
  await tell('b', 1)
  for (let at = 0; at < 500; at++) check.deepEqual(await tell('a', at), ['counted'])
  check.deepEqual(await tell('a', 499), ['duplicate'])
  check.deepEqual(await tell('a', 3), ['expired'])
  check.deepEqual(await tell('b', 1), ['duplicate'])
  const kept = Array.from(tables.range('answers', 'a\0', 'a\x01')).length
  check.ok(kept <= 101, `${kept}`)
  check.equal(reportOf(tables, 'a', always)[0]!.views, 500)
})

test('where nothing can be written, nothing is acknowledged, and what was counted comes later', async () => {
  await log.close()
  const memory = new MemoryTables()
  log = new FeedbackLog({
    ...{ tables: memory, clock, timeZoneOf: () => 'UTC', flushMs: 60_000, waitingMax: 3 },
    ...{ answersPerShopMax: 100, onFault: () => {} },
  })
  const placement = placements[2]!
  const answer = (): void =>
    log.answered({
      ...{
        shopId: 'a',
        placement,
        personId: 'p',
        isPersonal: true,
        itemCount: 1,
        atMs: clock.nowMs(),
        explored: null,
      },
    })
  const atSeconds = Math.floor(clock.nowMs() / 1_000)
  const view = {
    ...({ type: 'view', atSeconds, placementKey: placementKeyOf(placement), nonce: 'n' } as const),
    ...{ product: '', personId: 'p', orderId: '', valueMicros: 0 },
  }
  memory.isFull = true
  answer()
  await check.rejects(log.feedback('a', [view]), /disk full/)
  answer()
  await check.rejects(log.feedback('a', [view]), /disk full/)
  memory.isFull = false
  answer()
  check.deepEqual(await log.feedback('a', [view]), ['counted'])
  const { answers, views, people } = reportOf(memory, 'a', always)[0]!
  check.deepEqual([answers, views, people!.people], [3, 1, 1])
  // No more wait than may.
  const waiting = Array.from({ length: 5 }, () => log.feedback('a', [view]).catch(() => 'busy'))
  check.deepEqual((await Promise.all(waiting)).flat(), [
    ...['duplicate', 'duplicate', 'duplicate', 'busy', 'busy'],
  ])
})
