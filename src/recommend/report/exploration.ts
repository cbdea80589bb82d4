/** What slots that explore have shown, with what came of it, as anybody who may read the tables can tell. */
import { readAnswered } from './answered.js'
import { Days } from './days.js'
import type { ExploredValue } from './explored.js'
import { keyFrom, type ReportTables, sortable } from './tables.js'

export interface ExplorationAsked {
  readonly slot: string
  /** Days of answers in the shop's time zone, as 2026-03-04, both included. */
  readonly from: string
  readonly to: string
  /** An IANA name. */
  readonly timeZone: string
}

/** One product that was shown. */
export interface ShownItem {
  /** Tells the answer from all others of its second: characters 17 to 24 of its id. */
  readonly answer: string
  /** The second of the answer, as 2026-03-04T12:00:00Z. */
  readonly at: string
  readonly slot: string
  /** '' for whoever isn't known, and where the slot has no experiment. */
  readonly experiment: string
  readonly variant: string
  readonly page: string
  /** From 1. */
  readonly place: number
  readonly product: string
  readonly source: string
  readonly propensity: number
  /** null: nobody knows any more. */
  readonly viewed: boolean | null
  readonly clicked: boolean | null
}

export interface ShownPart {
  /** By time. Whole answers; there may be none though more follow. */
  readonly items: readonly ShownItem[]
  /** Where the next part begins; null at the end. */
  readonly next: string | null
}

/** Of one part: some milliseconds. */
const answersMax = 100
const looksMax = 2_000
/** No zone is further from UTC than a day. */
const daySeconds = 86_400

const days = new Days()

/** @param after `next` of the part before; '' for the first. */
export function shownPart(
  tables: ReportTables,
  shopId: string,
  asked: ExplorationAsked,
  after: string,
): ShownPart {
  const { slot, from, to, timeZone } = asked
  const first = keyFrom(shopId, sortable(Math.max(secondsOf(from) - daySeconds, 0)))
  const end = keyFrom(shopId, sortable(Math.max(secondsOf(to) + 2 * daySeconds, 0)))
  const start = after === '' ? first : `${after}\0`
  if (start >= end) return { items: [], next: null }
  const found: { key: string; value: Buffer }[] = []
  let last: string | null = null
  let looks = 0
  for (const { key, value } of tables.range('explored', start, end, looksMax)) {
    looks++
    last = key
    const [, second = '', , ofSlot] = key.split('\0')
    if (ofSlot !== slot) continue
    const day = days.of(timeZone, Number.parseInt(second, 36) * 1_000)
    if (day < from || day > to) continue
    // What is read is valid until the next call.
    found.push({ key, value: Buffer.from(value) })
    if (found.length === answersMax) break
  }
  const items: ShownItem[] = []
  for (const { key, value } of found) addItems(items, tables, key, value)
  return { items, next: looks === looksMax || found.length === answersMax ? last : null }
}

function addItems(items: ShownItem[], tables: ReportTables, key: string, value: Buffer): void {
  const [shopId = '', second = '', answer = '', slot = ''] = key.split('\0')
  // Our own writing, whole or not there at all.
  const [experiment, variant, page, shown] = JSON.parse(value.toString()) as ExploredValue
  const atSeconds = Number.parseInt(second, 36)
  const at = new Date(atSeconds * 1_000).toISOString().replace('.000Z', 'Z')
  const answered = readAnswered(tables, shopId, atSeconds, answer)
  shown.forEach(([product, source, propensity], index) => {
    items.push({
      ...{ answer, at, slot, experiment, variant, page, place: index + 1 },
      ...{ product, source, propensity },
      viewed: answered?.hasSeen(product) ?? null,
      clicked: answered?.hasClicked(product) ?? null,
    })
  })
}

const secondsOf = (day: string): number => Math.floor(Date.parse(`${day}T00:00:00Z`) / 1_000)
