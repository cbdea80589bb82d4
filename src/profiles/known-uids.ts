import { keyOf } from '../base/key.js'
import type { ProfileStats } from './stats.js'
import type { ProfileTables } from './tables.js'

/** How late, at most, a process learns that somebody became known through another process. */
export const catchUpMs = 10
/** Uids looked through in one turn of the event loop while the set is built: 1 to 2 ms. */
const uidsPerTurn = 2_000
const wordCountMin = 65_536

/**
 * Who is known, in memory, so that a stranger costs no search in the store. It takes one stranger in
 * a few hundred for somebody known, never the other way round but for other processes' newcomers of
 * the last `catchUpMs`.
 *
 * A Bloom filter of one 32-bit word a uid, all three bits of a uid within one word: a question is one
 * miss of the processor's caches; a million uids take 4 to 8 MB. Built in the background from all
 * uids, then kept up by the store's list of newcomers; until it is built everybody may be known.
 * Nobody is taken out: who is forgotten costs a search again.
 */
export class KnownUids {
  readonly #tables: ProfileTables
  readonly #stats: ProfileStats
  readonly #timer: NodeJS.Timeout
  #words: Uint32Array | null = null
  #count = 0
  #newcomersSeen = 0
  #building: Promise<void> | null = null
  #isClosed = false

  constructor(tables: ProfileTables, stats: ProfileStats) {
    this.#tables = tables
    this.#stats = stats
    this.#timer = setInterval(() => this.catchUp(), catchUpMs).unref()
    this.catchUp()
  }

  /** False only where nothing is known of the uid. */
  mayKnow(uid: string): boolean {
    const words = this.#words
    if (words === null) return true
    const key = keyOf(uid)
    const bits = bitsOf(key)
    return (words[key & (words.length - 1)]! & bits) === bits
  }

  /** Takes in whoever became known since the last time; called after the process's own writes too. */
  catchUp(): void {
    if (this.#isClosed) return
    try {
      if (this.#words !== null) this.#followNewcomers(this.#words)
    } catch {
      this.#stats.readErrors++
      this.#words = null
    }
    const isFull = this.#words === null || this.#count > this.#words.length
    if (isFull && this.#building === null)
      this.#building = this.#build().finally(() => {
        this.#building = null
      })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#isClosed = true
    await this.#building
  }

  #followNewcomers(words: Uint32Array): void {
    const count = this.#tables.newcomerCount()
    for (; this.#newcomersSeen < count; this.#newcomersSeen++) {
      const key = this.#tables.newcomer(this.#newcomersSeen)
      if (Number.isNaN(key)) {
        // Too far behind to know whom it missed.
        this.#words = null
        return
      }
      add(words, key)
      this.#count++
    }
  }

  async #build(): Promise<void> {
    try {
      // Who comes while the uids are looked through is on the list of newcomers from here on.
      const newcomersSeen = this.#tables.newcomerCount()
      const words = new Uint32Array(wordCountFor(this.#tables.uidCount()))
      const uids = this.#tables.uids()
      let count = 0
      for (let next = uids.next(); !next.done; next = uids.next()) {
        add(words, keyOf(next.value))
        if (++count % uidsPerTurn === 0) await new Promise(setImmediate)
        if (this.#isClosed) {
          uids.return?.()
          return
        }
      }
      this.#words = words
      this.#count = count
      this.#newcomersSeen = newcomersSeen
      this.#followNewcomers(words)
    } catch {
      this.#stats.readErrors++
      this.#words = null
    }
  }
}

/** A power of two with room for as many again. */
function wordCountFor(uidCount: number): number {
  return Math.max(wordCountMin, 2 ** Math.ceil(Math.log2(uidCount * 2 + 1)))
}

function add(words: Uint32Array, key: number): void {
  words[key & (words.length - 1)]! |= bitsOf(key)
}

/** Three bits by the key's upper part, which has no say in which word they are in. */
function bitsOf(key: number): number {
  const upper = (key / 2 ** 32) | 0
  return (1 << upper) | (1 << (upper >>> 5)) | (1 << (upper >>> 10))
}
