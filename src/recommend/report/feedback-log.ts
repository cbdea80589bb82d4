import type { Clock } from '../../base/clock.js'
import { keyOf } from '../../base/key.js'
import { AnswerFlag, readAnswered, writeAnswered } from './answered.js'
import { Batches } from './batches.js'
import { forgetClicks, joinClicks, putClick } from './clicks.js'
import { forgetOrders, joinOrders } from './counted-order.js'
import { type Counts, count, placementOf } from './counts.js'
import { Days } from './days.js'
import { exploredKeptMax } from './explored.js'
import { addToExposure, forgetExposures, joinExposures } from './exposures.js'
import { countNamedOrder, countOrder, countValue, type ShopOrder } from './orders.js'
import { type AnswerSeen, PendingAnswers } from './pending-answers.js'
import type { Placement } from './placement.js'
import { type ShopRefund, takeRefund } from './refunds.js'
import { Retention } from './retention.js'
import type { ReportTables } from './tables.js'

export const feedbackTypes = ['view', 'click', 'order'] as const
export type FeedbackType = (typeof feedbackTypes)[number]

/** What became of one answer, its id checked. */
export interface Feedback {
  readonly type: FeedbackType
  readonly atSeconds: number
  readonly placementKey: number
  readonly nonce: string
  /** '' where it wasn't said. */
  readonly product: string
  /** Our own id of whoever did it; '' for nobody whom the shop knows, or who said no. */
  readonly personId: string
  /** '' where it wasn't said; of an order. */
  readonly orderId: string
  /** Of an order: what was paid for what the answer led to; 0 where it wasn't said. */
  readonly valueMicros: number
}

/** `expired`: whether it was told before can't be told any more, or nobody knows where the answer was shown. */
export type FeedbackVerdict = 'counted' | 'duplicate' | 'expired'

export interface FeedbackLogOptions {
  readonly tables: ReportTables
  readonly clock: Clock
  /** The shop's time zone; `UTC` where there is no such shop. */
  timeZoneOf(shopId: string): string
  /** How long answers that were given may wait to be counted. */
  readonly flushMs: number
  /** Changes that wait; what comes on top is refused (`TooBusy`). */
  readonly waitingMax: number
  /** Answers of one shop whose views and clicks are remembered, so that each counts once. */
  readonly answersPerShopMax: number
  /** Answers of one shop's slots that explore, of which is kept what they showed; 200,000 unless said. */
  readonly exploredPerShopMax?: number
  /** Orders of one shop that refunds wait for; 100,000 unless said. */
  readonly waitingRefundsPerShopMax?: number
  /** Something that nobody waits for couldn't be written. */
  onFault(error: unknown): void
}

/** Longer lists are written in parts, so that requests don't wait for all of one. */
const feedbackAtOnceMax = 20
/** Orders of one shop that refunds wait for: most never come, as nothing led to them. */
const waitingRefundsMax = 100_000
/** How often a little of what is too old is removed. */
const sweepMs = 5_000

/** Writes down what came of recommendations. One process writes; others read (report.ts). */
export class FeedbackLog {
  readonly #options: FeedbackLogOptions
  readonly #pending: PendingAnswers
  readonly #batches: Batches
  readonly #retention: Retention
  readonly #days = new Days()
  #refundsLeftOut = 0
  readonly #timer: NodeJS.Timeout
  readonly #sweepTimer: NodeJS.Timeout

  constructor(options: FeedbackLogOptions) {
    const { tables, clock, waitingMax, flushMs, exploredPerShopMax = exploredKeptMax } = options
    this.#options = options
    this.#pending = new PendingAnswers(
      tables,
      (shopId, ms) => this.#dayOf(shopId, ms),
      exploredPerShopMax,
    )
    this.#batches = new Batches(tables, clock, waitingMax, this.#pending)
    this.#retention = new Retention(tables)
    this.#timer = setInterval(() => this.#flush(), flushMs).unref()
    this.#sweepTimer = setInterval(() => this.#sweep(), sweepMs).unref()
  }

  /**
   * An answer was given. Counted within `flushMs`; what wasn't by then is lost with the process. Where it is shown
   * is known for sure once something came of it.
   */
  answered(answer: AnswerSeen): void {
    if (!this.#pending.add(answer)) return
    // Nothing that comes of it can be counted without.
    this.#inBackground(() => {})
  }

  /** Somebody is known by now who was shown a variant before. Noted within `flushMs`, or lost, as answers are. */
  shown(shopId: string, personId: string, placement: Placement, atMs: number): void {
    this.#pending.expose(shopId, keyOf(personId), placement, Math.floor(atMs / 1_000))
  }

  /**
   * @returns the verdicts, once they are on disk. A view or click counts once per answer, each product once.
   *   Rejects where not all of it was kept, and can be told again; `TooBusy` at once where too many wait.
   */
  async feedback(shopId: string, list: readonly Feedback[]): Promise<FeedbackVerdict[]> {
    const parts: Promise<FeedbackVerdict[]>[] = []
    for (let at = 0; at < list.length; at += feedbackAtOnceMax) {
      const part = list.slice(at, at + feedbackAtOnceMax)
      parts.push(this.#batches.run(() => part.map((it) => this.#count(shopId, it))))
    }
    return (await Promise.all(parts)).flat()
  }

  /**
   * Somebody ordered, as an event says: counts once for each slot that they clicked in during the seven days
   * before, and for each experiment that they are in.
   *
   * @param personIds all that they are or were called by us.
   */
  order(shopId: string, personIds: readonly string[], order: ShopOrder): Promise<void> {
    const personKeys = [...new Set(personIds)].map(keyOf)
    return this.#batches.run(() =>
      countOrder(
        this.#options.tables,
        shopId,
        personKeys,
        order,
        (placementKey) => this.#placementOf(shopId, placementKey)?.slot ?? '',
      ),
    )
  }

  /**
   * Something of an order came back: taken off once wherever the order counts, also where it comes after this.
   *
   * @param mayWait for an order that counts nowhere yet.
   */
  async refund(shopId: string, refund: ShopRefund, mayWait: boolean): Promise<void> {
    const { tables, clock, waitingRefundsPerShopMax = waitingRefundsMax } = this.#options
    const waitingMax = mayWait ? waitingRefundsPerShopMax : 0
    const isKept = await this.#batches.run(() =>
      takeRefund(tables, shopId, refund, clock.nowMs(), waitingMax),
    )
    if (!isKept && mayWait) this.#refundsLeftOut++
  }

  /** Two turned out to be one: what is kept of the one who is gone is the other's. */
  join(shopId: string, goneKey: number, personKey: number): Promise<void> {
    return this.#batches.run(() => {
      joinClicks(this.#options.tables, shopId, goneKey, personKey)
      joinExposures(this.#options.tables, shopId, goneKey, personKey)
      joinOrders(this.#options.tables, shopId, goneKey, personKey)
    })
  }

  /** Nothing is left of them but sums. @param personKey `keyOf` their id. */
  forget(shopId: string, personKey: number): Promise<void> {
    return this.#batches.run(() => {
      this.#pending.forget(shopId, personKey)
      forgetClicks(this.#options.tables, shopId, personKey)
      forgetExposures(this.#options.tables, shopId, personKey)
      forgetOrders(this.#options.tables, shopId, personKey)
    })
  }

  /** All that was ever counted of a shop. */
  async forgetShop(shopId: string): Promise<void> {
    this.#pending.forgetShop(shopId)
    while ((await this.#batches.run(() => this.#retention.removeShop(shopId))) > 0);
  }

  /** Removes some of what is too old. @returns how much that was. */
  tidy(): Promise<number> {
    return this.#batches.run(() => this.#retention.sweep(this.#options.clock.nowMs()))
  }

  /** What waits is written first. The tables stay open. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    clearInterval(this.#sweepTimer)
    this.#flush()
    this.#tellLeftOut()
    await this.#batches.idle()
  }

  #flush(): void {
    if (this.#pending.isAny) this.#inBackground(() => {})
  }

  #sweep(): void {
    this.#tellLeftOut()
    if (!this.#batches.isFull) this.tidy().catch((error) => this.#options.onFault(error))
  }

  #tellLeftOut(): void {
    const count = this.#pending.takeLeftOut()
    if (count > 0)
      this.#options.onFault(new Error(`report: ${count} answers that explored are not kept`))
    if (this.#refundsLeftOut > 0)
      this.#options.onFault(
        new Error(
          `report: ${this.#refundsLeftOut} refunds came before their orders and are not kept`,
        ),
      )
    this.#refundsLeftOut = 0
  }

  #inBackground(change: () => unknown): void {
    if (this.#batches.isFull) return
    this.#batches.run(change).catch((error: unknown) => this.#options.onFault(error))
  }

  #dayOf(shopId: string, ms: number): string {
    return this.#days.of(this.#options.timeZoneOf(shopId), ms)
  }

  #placementOf(shopId: string, placementKey: number): Placement | null {
    return placementOf(this.#options.tables, shopId, placementKey)
  }

  #count(shopId: string, feedback: Feedback): FeedbackVerdict {
    const { tables, answersPerShopMax } = this.#options
    const { atSeconds, nonce, placementKey, type } = feedback
    const placement = this.#placementOf(shopId, placementKey)
    const answered = readAnswered(tables, shopId, atSeconds, nonce)
    if (placement === null || answered === null) return 'expired'
    const day = this.#dayOf(shopId, atSeconds * 1_000)
    const before = answered.flags
    if (type === 'order') {
      if (!this.#countNamed(shopId, feedback, placement, day, answered.has(AnswerFlag.ordered)))
        return 'duplicate'
      answered.flags |= AnswerFlag.ordered
    } else {
      const isClick = type === 'click'
      if (!(isClick ? answered.click(feedback.product) : answered.see(feedback.product)))
        return 'duplicate'
      // Whoever clicked has seen it, whether or not we were told.
      answered.flags |= isClick ? AnswerFlag.viewed | AnswerFlag.clicked : AnswerFlag.viewed
      const added = answered.flags & ~before
      const views = added & AnswerFlag.viewed ? 1 : 0
      const clicks = added & AnswerFlag.clicked ? 1 : 0
      const ofProduct: Partial<Counts> = isClick ? { productClicks: 1 } : { productViews: 1 }
      count(tables, shopId, day, placementKey, { views, clicks, ...ofProduct })
      if (feedback.personId !== '')
        this.#countPerson(shopId, feedback, placement, day, { views, clicks })
    }
    writeAnswered(tables, shopId, atSeconds, nonce, answered, answersPerShopMax)
    return 'counted'
  }

  #countPerson(
    shopId: string,
    { type, personId, placementKey, product, nonce }: Feedback,
    placement: Placement,
    day: string,
    more: { readonly views: number; readonly clicks: number },
  ): void {
    const { tables, clock } = this.#options
    const personKey = keyOf(personId)
    if (placement.experiment !== '') addToExposure(tables, shopId, personKey, placement, more)
    if (type !== 'click') return
    const atSeconds = Math.floor(clock.nowMs() / 1_000)
    putClick(tables, shopId, personKey, nonce, { atSeconds, placementKey, day, product })
  }

  /** @param isOrdered an order without a number counts once per answer. */
  #countNamed(
    shopId: string,
    { placementKey, orderId, valueMicros }: Feedback,
    { slot }: Placement,
    day: string,
    isOrdered: boolean,
  ): boolean {
    const { tables, clock } = this.#options
    if (orderId !== '') {
      const order = { orderId, valueMicros, lines: [], atMs: clock.nowMs() }
      return countNamedOrder(tables, shopId, placementKey, slot, day, order)
    }
    if (isOrdered) return false
    countValue(tables, shopId, placementKey, day, valueMicros)
    return true
  }
}
