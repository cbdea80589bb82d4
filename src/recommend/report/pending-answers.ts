import { keyOf } from '../../base/key.js'
import type { EachBatch } from './batches.js'
import { addCounts, type Counts, count, noCounts, placementOf, putPlacement } from './counts.js'
import { type ExploredAnswer, type ExploredRow, putExplored } from './explored.js'
import { expose } from './exposures.js'
import { type Placement, placementKeyOf } from './placement.js'
import { keyFrom, partOf, type ReportTables } from './tables.js'

/** One slot that was answered. */
export interface AnswerSeen {
  readonly shopId: string
  readonly placement: Placement
  /** Our own id; '' for nobody whom the shop knows. */
  readonly personId: string
  /** It was made for the person. */
  readonly isPersonal: boolean
  readonly itemCount: number
  readonly atMs: number
  /** What it showed, to be kept; null where its slot explores nothing. */
  readonly explored: ExploredAnswer | null
}

interface PendingCounts {
  readonly placementKey: number
  readonly placement: Placement
  readonly counts: Counts
}

interface PendingExposure {
  readonly shopId: string
  readonly personKey: number
  readonly placement: Placement
  readonly atSeconds: number
}

/** Placements and exposures that are known to be on disk; all are looked up again where there are too many. */
const knownMax = 100_000
/** Exposures that wait to be written; the person is noted with their next answer where there are more. */
const exposuresWaitingMax = 5_000
const exposuresPerWrite = 200
/** Answers of slots that explore that wait to be written; what is on top is left out, whatever it shows. */
const exploredWaitingMax = 10_000
/** A millisecond or two. */
const exploredPerWrite = 200

/** Answers that aren't in the tables yet: one row per placement and day, however many there were. */
export class PendingAnswers implements EachBatch {
  readonly #tables: ReportTables
  readonly #dayOf: (shopId: string, ms: number) => string
  /** By shop, day and placement. */
  readonly #counts = new Map<string, PendingCounts>()
  readonly #exposures = new Map<string, PendingExposure>()
  /** What the transaction that is under way has written. */
  #writing: (readonly [string, PendingCounts])[] = []
  readonly #known = new Set<string>()
  readonly #exploredMax: number
  #explored: ExploredRow[] = []
  #exploredWriting: ExploredRow[] = []
  #hasMore = false
  #leftOut = 0

  /** @param exploredMax answers of slots that explore that are kept of one shop. */
  constructor(
    tables: ReportTables,
    dayOf: (shopId: string, ms: number) => string,
    exploredMax: number,
  ) {
    this.#tables = tables
    this.#dayOf = dayOf
    this.#exploredMax = exploredMax
  }

  get isAny(): boolean {
    return this.#counts.size > 0 || this.#exposures.size > 0 || this.#explored.length > 0
  }

  get hasMore(): boolean {
    return this.#hasMore
  }

  /** @returns whether it is the first of its placement: then it should be written at once. */
  add({ shopId, placement, personId, isPersonal, itemCount, atMs, explored }: AnswerSeen): boolean {
    const placementKey = placementKeyOf(placement)
    const key = keyFrom(shopId, this.#dayOf(shopId, atMs), partOf(placementKey))
    let row = this.#counts.get(key)
    if (row === undefined) {
      row = { placementKey, placement, counts: noCounts() }
      this.#counts.set(key, row)
    }
    row.counts.answers++
    if (itemCount === 0) row.counts.empty++
    if (isPersonal) row.counts.personal++
    if (placement.experiment !== '' && personId !== '')
      this.expose(shopId, keyOf(personId), placement, Math.floor(atMs / 1_000))
    if (explored !== null)
      this.#addExplored({
        ...explored,
        ...{ shopId, placement, atSeconds: Math.floor(atMs / 1_000) },
      })
    return !this.#known.has(keyFrom(shopId, partOf(placementKey)))
  }

  write(): void {
    this.#writing = [...this.#counts]
    for (const [key, { placementKey, placement, counts }] of this.#counts) {
      const [shopId = '', day = ''] = key.split('\0', 2)
      const name = keyFrom(shopId, partOf(placementKey))
      if (!this.#known.has(name)) {
        if (placementOf(this.#tables, shopId, placementKey) === null)
          putPlacement(this.#tables, shopId, placementKey, placement)
        this.#learn(name)
      }
      count(this.#tables, shopId, day, placementKey, counts)
    }
    this.#counts.clear()
    let left = exposuresPerWrite
    for (const [key, { shopId, personKey, placement, atSeconds }] of this.#exposures) {
      if (left-- === 0) break
      expose(this.#tables, shopId, personKey, placement, atSeconds)
      this.#exposures.delete(key)
      this.#learn(key)
    }
    this.#exploredWriting = this.#explored.splice(0, exploredPerWrite)
    this.#hasMore = this.#explored.length > 0
    putExplored(this.#tables, this.#exploredWriting, this.#exploredMax)
  }

  written(): void {
    this.#writing = []
    this.#exploredWriting = []
  }

  /** Counts, and what was explored, go along with the next one; people are noted with their next answer. */
  failed(): void {
    this.#known.clear()
    for (const [key, row] of this.#writing) {
      const since = this.#counts.get(key)
      if (since !== undefined) addCounts(row.counts, since.counts)
      this.#counts.set(key, row)
    }
    this.#writing = []
    this.#explored = [...this.#exploredWriting, ...this.#explored]
    this.#exploredWriting = []
  }

  /** Answers of slots that explore that were left out since this was last asked. */
  takeLeftOut(): number {
    const count = this.#leftOut
    this.#leftOut = 0
    return count
  }

  forget(shopId: string, personKey: number): void {
    this.#forgetUnder(`${keyFrom(shopId, 'person', partOf(personKey))}\0`)
  }

  forgetShop(shopId: string): void {
    const prefix = `${shopId}\0`
    for (const key of this.#counts.keys()) if (key.startsWith(prefix)) this.#counts.delete(key)
    const isOther = (row: ExploredRow): boolean => row.shopId !== shopId
    this.#explored = this.#explored.filter(isOther)
    this.#exploredWriting = this.#exploredWriting.filter(isOther)
    this.#forgetUnder(prefix)
  }

  #addExplored(row: ExploredRow): void {
    if (this.#explored.length < exploredWaitingMax) this.#explored.push(row)
    else this.#leftOut++
  }

  /** They were shown it. Of one who waits already, or was written, nothing is new. */
  expose(shopId: string, personKey: number, placement: Placement, atSeconds: number): void {
    const { slot, experiment } = placement
    const key = keyFrom(shopId, 'person', partOf(personKey), slot, experiment)
    if (this.#known.has(key) || this.#exposures.has(key)) return
    if (this.#exposures.size >= exposuresWaitingMax) return
    this.#exposures.set(key, { shopId, personKey, placement, atSeconds })
  }

  #learn(key: string): void {
    if (this.#known.size >= knownMax) this.#known.clear()
    this.#known.add(key)
  }

  #forgetUnder(prefix: string): void {
    for (const key of this.#exposures.keys())
      if (key.startsWith(prefix)) this.#exposures.delete(key)
    for (const key of this.#known) if (key.startsWith(prefix)) this.#known.delete(key)
  }
}
