/** What is too old is removed, a little at a time. */
import { clickSeconds, secondsOfClick } from './clicks.js'
import { type CountedOrder, removeOrder } from './counted-order.js'
import { type Exposure, removeExposure } from './exposures.js'
import { uncountKept } from './kept.js'
import { removeWaiting, type WaitingRefunds } from './refunds.js'
import { keysUnder, type ReportTableName, type ReportTables, reportTableNames } from './tables.js'

const daySeconds = 86_400
export const countsDays = 400
/** Ids of answers are worth nothing by then. */
const answerSeconds = 31 * daySeconds
/** As long as they are worth something, and shorter than what has come of them. */
const exploredSeconds = answerSeconds - daySeconds
/** What comes back later isn't taken off. */
const orderSeconds = 90 * daySeconds
/** Orders that come so late are none that a shop's system held up. */
const refundSeconds = 30 * daySeconds
const exposureSeconds = 90 * daySeconds

/** Entries that are looked at in one go: a millisecond or two. */
const looksPerSweep = 1_000

interface Old {
  readonly table: ReportTableName
  /** Entries of one shop are in order of time: after one that stays, all of the shop's do. */
  readonly isByTime: boolean
  isOld(key: string, value: Buffer, nowSeconds: number): boolean
}

/** Of keys whose second part is when it was. */
const secondsOf = (key: string): number => Number.parseInt(key.split('\0', 2)[1] ?? '', 36)
const json = <T>(value: Buffer): T => JSON.parse(value.toString()) as T

const olds: readonly Old[] = [
  {
    table: 'counts',
    isByTime: true,
    isOld: (key, _, nowSeconds) => (key.split('\0', 2)[1] ?? '') < dayBefore(nowSeconds),
  },
  {
    table: 'answers',
    isByTime: true,
    isOld: (key, _, nowSeconds) => secondsOf(key) < nowSeconds - answerSeconds,
  },
  {
    table: 'explored',
    isByTime: true,
    isOld: (key, _, nowSeconds) => secondsOf(key) < nowSeconds - exploredSeconds,
  },
  {
    table: 'clicks',
    isByTime: false,
    isOld: (key, _, nowSeconds) => secondsOfClick(key) < nowSeconds - clickSeconds,
  },
  {
    table: 'orders',
    isByTime: false,
    isOld: (_, value, nowSeconds) =>
      json<CountedOrder>(value).atSeconds < nowSeconds - orderSeconds,
  },
  {
    table: 'refunds',
    isByTime: false,
    isOld: (_, value, nowSeconds) =>
      json<WaitingRefunds>(value).atSeconds < nowSeconds - refundSeconds,
  },
  {
    table: 'exposures',
    isByTime: false,
    isOld: (_, value, nowSeconds) =>
      json<Exposure>(value).firstAtSeconds < nowSeconds - exposureSeconds,
  },
]

const dayBefore = (nowSeconds: number): string =>
  new Date((nowSeconds - countsDays * daySeconds) * 1_000).toISOString().slice(0, 10)

export class Retention {
  readonly #tables: ReportTables
  #place = 0
  #from = ''

  constructor(tables: ReportTables) {
    this.#tables = tables
  }

  /** Within a transaction: goes on where it last stopped, through all tables in turn. @returns entries removed. */
  sweep(nowMs: number): number {
    const nowSeconds = Math.floor(nowMs / 1_000)
    const old = olds[this.#place]!
    const removed: string[] = []
    let left = looksPerSweep
    let next = ''
    for (const { key, value } of this.#tables.range(old.table, this.#from, '\uffff', left)) {
      next = `${key}\0`
      left--
      if (old.isOld(key, value, nowSeconds)) removed.push(key)
      else if (old.isByTime) {
        next = keysUnder(key.split('\0', 1)[0]!).end
        break
      }
    }
    // Nothing more came: the table is through.
    const isThrough = next === '' || (left > 0 && !old.isByTime)
    this.#from = isThrough ? '' : next
    if (isThrough) this.#place = (this.#place + 1) % olds.length
    for (const key of removed) this.#remove(old.table, key)
    return removed.length
  }

  /** Within a transaction: some of what is kept of a shop. @returns how much; 0 once nothing is left. */
  removeShop(shopId: string): number {
    const { from, end } = keysUnder(shopId)
    let count = 0
    for (const table of reportTableNames) {
      const keys = Array.from(
        this.#tables.range(table, from, end, looksPerSweep - count),
        ({ key }) => key,
      )
      for (const key of keys) this.#tables.remove(table, key)
      count += keys.length
      if (count === looksPerSweep) break
    }
    return count
  }

  #remove(table: ReportTableName, key: string): void {
    // With its part of the sums.
    if (table === 'exposures') removeExposure(this.#tables, key)
    else if (table === 'orders') removeOrder(this.#tables, key)
    else if (table === 'refunds') removeWaiting(this.#tables, key)
    else this.#tables.remove(table, key)
    if (table === 'answers' || table === 'explored')
      uncountKept(this.#tables, table, key.split('\0', 1)[0]!, 1)
  }
}
