/**
 * What has come of one answer, so that each thing counts once. Kept from the first view until the answer's id is
 * worth nothing any more.
 *
 *     0  u8   1 it was seen, 2 something was clicked, 4 it was ordered from
 *     1  u8   products that were seen
 *     2  u32  of each of these, then of each that was clicked, 32 bits of its `keyOf`
 */
import { keyOf } from '../../base/key.js'
import { countKept, keptOf } from './kept.js'
import { keyFrom, type ReportTables, sortable } from './tables.js'

export const AnswerFlag = { viewed: 1, clicked: 2, ordered: 4 } as const
/** Of one answer. */
const productCountMax = 25
const fixedBytes = 2
/** Of views that name no product. */
const wholeKey = keyOf('') >>> 0

/** One answer's record while a transaction changes it. */
export class Answered {
  flags: number
  readonly #seen: number[] = []
  readonly #clicked: number[] = []

  constructor(bytes: Buffer | undefined) {
    this.flags = bytes?.[0] ?? 0
    if (bytes === undefined) return
    const seenEnd = fixedBytes + bytes[1]! * 4
    for (let at = fixedBytes; at + 4 <= bytes.length; at += 4)
      (at < seenEnd ? this.#seen : this.#clicked).push(bytes.readUInt32LE(at))
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0
  }

  /** Whether this product was seen: it was told of, or the answer as a whole was. */
  hasSeen(product: string): boolean {
    const key = keyOf(product) >>> 0
    return this.#seen.includes(key) || this.#seen.includes(wholeKey) || this.#clicked.includes(key)
  }

  hasClicked(product: string): boolean {
    return this.#clicked.includes(keyOf(product) >>> 0)
  }

  /** @returns whether it wasn't seen before; false too where too many were. */
  see(product: string): boolean {
    return addTo(this.#seen, product)
  }

  /** @returns whether it wasn't clicked before; false too where too many were. */
  click(product: string): boolean {
    return addTo(this.#clicked, product)
  }

  encode(): Buffer {
    const keys = [...this.#seen, ...this.#clicked]
    const bytes = Buffer.alloc(fixedBytes + keys.length * 4)
    bytes[0] = this.flags
    bytes[1] = this.#seen.length
    for (const [index, key] of keys.entries()) bytes.writeUInt32LE(key, fixedBytes + index * 4)
    return bytes
  }
}

function addTo(list: number[], product: string): boolean {
  const key = keyOf(product) >>> 0
  if (list.length === productCountMax || list.includes(key)) return false
  list.push(key)
  return true
}

const keyIn = (shopId: string, atSeconds: number, nonce: string): string =>
  keyFrom(shopId, sortable(atSeconds), nonce)

/** @returns null where what has come of it may have been forgotten: it can't be told from something new. */
export function readAnswered(
  tables: ReportTables,
  shopId: string,
  atSeconds: number,
  nonce: string,
): Answered | null {
  const bytes = tables.get('answers', keyIn(shopId, atSeconds, nonce))
  if (bytes === undefined && atSeconds < keptOf(tables, 'answers', shopId).fromSeconds) return null
  return new Answered(bytes)
}

/** @param keptMax entries of one shop: where there are more, the oldest go. */
export function writeAnswered(
  tables: ReportTables,
  shopId: string,
  atSeconds: number,
  nonce: string,
  answered: Answered,
  keptMax: number,
): void {
  const key = keyIn(shopId, atSeconds, nonce)
  const isNew = tables.get('answers', key) === undefined
  tables.put('answers', key, answered.encode())
  if (isNew) countKept(tables, 'answers', shopId, 1, keptMax)
}
