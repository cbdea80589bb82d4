// Goal: whatever happens in whatever order, posted + held stays within the budgets, nothing is charged twice,
// nothing that was told is lost, and no money leaks. Method: seeded runs of a whole ledger with several
// workers over channels with delays, in a simulated time; bids, and notices of every kind, repeated,
// reordered, late and contradicting each other, through any worker; workers and the ledger's process die, commits
// fail, days end, budgets change. After each step an auditor, who only sees the disk and what was said, checks.
// SEED=… runs one of them.
// Conformance checklist 115.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import type { Budget } from '../../src/ledger/account.js'
import type { Notice, NoticeKind } from '../../src/ledger/notice.js'
import { Auditor } from './auditor.js'
import { type SimulatedBid, smallConfig, World } from './world.js'

const seeds =
  process.env['SEED'] === undefined
    ? Array.from({ length: 60 }, (_, i) => i + 1)
    : [Number(process.env['SEED'])]
const stepCount = 1_500
/** 2026-03-28, five hours before the night in which Warsaw loses an hour. */
const startMs = Date.UTC(2026, 2, 28, 18)

/** What an exchange, and a browser, may say of a bid: kinds in order, some of them nonsense. */
const fates: readonly (readonly NoticeKind[])[] = [
  [],
  [],
  ['loss'],
  ['loss'],
  ['loss', 'loss'],
  ['win', 'bill'],
  ['win', 'bill', 'imp', 'click'],
  ['bill', 'win', 'imp'],
  ['bill', 'bill', 'bill'],
  ['loss', 'bill'],
  ['bill', 'loss'],
  ['loss', 'bill', 'loss', 'bill'],
  ['imp', 'imp'],
]

/** Some are charged on both, as when what an exchange charges on was changed in between. */
const charges = (bid: SimulatedBid, kind: NoticeKind): boolean =>
  kind === 'bill' || (kind === 'win' && bid.sequence % 3 === 0)

class Run {
  readonly world: World
  readonly auditor: Auditor
  readonly random: Random
  /** Notices that exchanges have yet to send. */
  readonly #due: {
    readonly atMs: number
    readonly bid: SimulatedBid
    readonly kind: NoticeKind
  }[] = []
  #step = 0
  #waitingCount = 0
  /** What the auditor found while nobody was there to hear of it. */
  #fault: unknown = null
  // What a run is mostly about differs from one to the next.
  readonly #commitChance: number
  readonly #crashChance: number
  readonly #areBudgetsChanging: boolean
  readonly #budgetNanosMax: number
  chargedCount = 0

  constructor(seed: number) {
    this.random = new Random(seed)
    this.#commitChance = this.random.pick([0.08, 0.07, 0.03])
    this.#crashChance = this.random.pick([0, 0.003, 0.01])
    this.#areBudgetsChanging = this.random.chance(0.3)
    this.#budgetNanosMax = this.random.pick([5_000, 20_000, 200_000])
    this.auditor = new Auditor((what) => {
      throw new Error(`seed ${seed}, step ${this.#step}: ${what}`)
    })
    this.world = new World({
      random: this.random,
      startMs,
      delayMsMax: this.random.pick([0, 5, 100, 1_500]),
      onWritten: (batch) => this.auditor.written(batch),
    })
    this.auditor.bidsByToken = this.world.bids
  }

  async start(): Promise<void> {
    for (const timeZone of ['Europe/Warsaw', 'Europe/Warsaw', 'Asia/Tokyo', 'America/New_York']) {
      const account = this.world.addAccount(this.#budget(timeZone))
      this.auditor.budgetSet(this.world, account)
    }
    for (let i = 0; i < 3; i++) await this.world.join()
  }

  async step(): Promise<void> {
    this.#step++
    const { world, random } = this
    const chance = random.next()
    if (chance < 0.45) this.#bid()
    else if (chance < 0.7) await world.advance(random.below(random.pick([10, 200, 3_000])))
    else if (chance < 0.8) world.authority.tick()
    else if (chance < 0.9 && world.workers.length > 0) random.pick(world.workers).link.tick()
    else if (chance < 0.9 + this.#commitChance) await this.#endCommit()
    else if (chance < 0.985) await this.#changeWorkers()
    else if (chance < 0.985 + this.#crashChance) await this.#crash()
    else if (chance < 0.997 && this.#areBudgetsChanging) this.#changeBudget()
    else if (chance > 0.999) await world.advance(3_600_000 * (1 + random.below(9)))
    this.#sendDue()
    await world.turn()
    this.#check()
  }

  #check(): void {
    this.auditor.check(this.world)
    if (this.#fault !== null) throw this.#fault
  }

  /** Everything arrives, everything expires; then everything is given back, and can be spent. */
  async end(): Promise<void> {
    const { world } = this
    if (world.workers.length === 0) await world.join()
    while (this.#due.length > 0 || this.#waitingCount > 0) {
      await world.settle(3)
      await world.advance(2_000)
      this.#sendDue()
      this.#check()
    }
    // Past the last reservation, and past what a dead worker held.
    await world.advance(2 * smallConfig.reservationTtlMs)
    await world.settle(20)
    this.auditor.checkAtRest(world)

    for (const worker of world.workers) worker.link.giveAll()
    await world.settle()
    const worker = await world.join()
    for (const report of world.authority.accounts()) {
      expect(report.heldNanos).toBe(0n)
      if (!report.isOpen || report.leftNanos === null) continue
      await this.#spend(report.account, worker)
    }
  }

  /** One worker alone can spend the rest of a budget, to the last nano. */
  async #spend(account: number, worker: World['workers'][number]): Promise<void> {
    const { world } = this
    const left = (): bigint =>
      world.authority.accounts().find((one) => one.account === account)!.leftNanos!
    for (let round = 0; round < 100 && left() > 0n; round++) {
      const bid = world.bid(worker, account, Math.max(1, worker.wallet.available(account)))
      if (bid !== null) this.#send(bid, world.noticeOf(bid, 'bill'), worker)
      await world.settle(2)
    }
    expect(left(), `account ${account}`).toBe(0n)
  }

  #bid(): void {
    const { world, random } = this
    if (world.workers.length === 0) return
    const worker = random.pick(world.workers)
    const account = random.pick([...world.budgets.keys()])
    const bidNanos = 1 + random.below(random.pick([30, 300, 3_000]))
    const bid = world.bid(worker, account, bidNanos, random.below(bidNanos + 1))
    if (bid === null) return
    if (random.chance(0.05)) {
      worker.wallet.cancel(bid.sequence)
      return
    }
    let atMs = world.clock.nowMs()
    for (const kind of random.pick(fates)) {
      // Mostly soon; some about when the reservation ends, some long after it.
      atMs += random.below(random.pick([50, 500, 2_000, 25_000, 200_000]))
      if (random.chance(0.1)) atMs = Math.max(atMs, bid.expiresAtMs - 1_500 + random.below(3_000))
      this.#due.push({ atMs, bid, kind })
      if (random.chance(0.2)) this.#due.push({ atMs: atMs + random.below(50), bid, kind })
    }
  }

  #sendDue(): void {
    const { world, random } = this
    const nowMs = world.clock.nowMs()
    for (let i = this.#due.length - 1; i >= 0 && world.workers.length > 0; i--) {
      const { atMs, bid, kind } = this.#due[i]!
      if (atMs > nowMs) continue
      this.#due.splice(i, 1)
      this.#send(bid, world.noticeOf(bid, kind, charges(bid, kind)), random.pick(world.workers))
    }
  }

  /** An exchange that gets no answer sends its notice again. */
  #send(bid: SimulatedBid, notice: Notice, worker: World['workers'][number]): void {
    if (notice.kind === 'loss') this.auditor.lossSent(bid)
    this.#waitingCount++
    worker.link
      .notice(notice)
      .then(
        (outcome) => {
          if (outcome === 'charged') this.chargedCount++
          this.auditor.said(this.world, bid, notice.kind, outcome)
        },
        () => {
          const atMs = this.world.clock.nowMs() + this.random.below(2_000)
          this.#due.push({ atMs, bid, kind: notice.kind })
        },
      )
      .catch((error: unknown) => {
        this.#fault ??= error
      })
      .finally(() => this.#waitingCount--)
  }

  async #endCommit(): Promise<void> {
    if (this.random.chance(0.1)) await this.world.store.fail(this.random.chance(0.5))
    else await this.world.store.succeed()
  }

  async #changeWorkers(): Promise<void> {
    const { world, random } = this
    if (world.workers.length < 4 && random.chance(0.5)) await world.join()
    else if (world.workers.length > 1) world.kill(random.pick(world.workers), random.below(5))
  }

  async #crash(): Promise<void> {
    const { world, random } = this
    await world.crash(random.chance(0.5))
    this.auditor.reopened(world, this.#areBudgetsChanging)
    await world.join()
    await world.join()
  }

  #changeBudget(): void {
    const { world, random } = this
    const account = random.pick([...world.budgets.keys()])
    if (random.chance(0.2)) {
      world.authority.retire(account)
      return
    }
    world.setBudget(account, this.#budget(world.budgets.get(account)!.timeZone))
    this.auditor.budgetSet(world, account)
  }

  #budget(timeZone: string): Budget {
    const { random } = this
    return {
      currency: 'PLN',
      timeZone,
      totalNanos: random.chance(0.2) ? null : BigInt(random.below(this.#budgetNanosMax)),
      dailyNanos: random.chance(0.3) ? null : BigInt(random.below(this.#budgetNanosMax / 2)),
    }
  }
}

test('ledger: any interleaving keeps the budgets, charges once, and loses nothing', async () => {
  let chargedCount = 0
  for (const seed of seeds) {
    const run = new Run(seed)
    await run.start()
    for (let i = 0; i < stepCount; i++) await run.step()
    await run.end()
    chargedCount += run.chargedCount
  }
  // Or the runs have stopped trying what they are for.
  expect(chargedCount / seeds.length).toBeGreaterThan(50)
})
