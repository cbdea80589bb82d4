import type { Log } from '../base/log.js'
import type { ProfileStore, ShopSlices } from '../profiles/store.js'
import { type Outgoing, readOutbox } from './book.js'
import type { Books } from './books.js'
import { isForAds } from './fold.js'
import type { Person } from './person.js'
import { keyFrom } from './tables.js'

export interface PublisherOptions {
  readonly books: Books
  readonly store: ProfileStore
  readonly log: Log
}

export interface PublisherCounts {
  /** People of whom bidders were told. */
  published: number
  /** Rounds that the store failed. */
  failures: number
}

/** People told of in one round; and those of them at least who wait for their turn, whoever goes first. */
const roundMax = 500
const othersMin = 100
/** Beyond it nobody more goes first. */
const firstMax = 100_000
const retryMinMs = 100
const retryMaxMs = 5_000

/**
 * Tells bidders what changed: carries people from the books' outbox into the profile store, under
 * every uid of theirs. What a crash or a store that is away keeps from being told stays in the outbox
 * and is told later; telling it twice does no harm.
 */
export class Publisher {
  readonly counts: PublisherCounts = { published: 0, failures: 0 }
  readonly #options: PublisherOptions
  /** Of people to be told of before all others, the keys in the outbox. */
  readonly #first = new Set<string>()
  #isWanted = false
  #isStopping = false
  #running: Promise<void> | null = null
  #wake: () => void = () => {}

  constructor(options: PublisherOptions) {
    this.#options = options
    // What was left from before is told first.
    this.wake()
  }

  /** How many people wait to be told of. */
  get waitingCount(): number {
    return this.#options.books.tables.count('outbox')
  }

  /** These go before others in the outbox, of whom there may be as many as a list has members. */
  tellFirst(shopId: string, personIds: Iterable<string>): void {
    for (const id of personIds)
      if (this.#first.size < firstMax) this.#first.add(keyFrom(shopId, id))
  }

  /** There is something in the outbox. */
  wake(): void {
    this.#isWanted = true
    if (!this.#isStopping) this.#running ??= this.#run()
  }

  /** Tells what is left if the store takes it, then stops. */
  async close(): Promise<void> {
    this.#isStopping = true
    this.#wake()
    await this.#running
  }

  async #run(): Promise<void> {
    let retryMs = retryMinMs
    while (this.#isWanted) {
      this.#isWanted = false
      try {
        const toldCount = await this.#round()
        if (toldCount > 0) this.#isWanted = true
        retryMs = retryMinMs
      } catch (error) {
        this.counts.failures++
        if (retryMs === retryMinMs)
          this.#options.log.error({ err: error }, 'people: bidders can’t be told; trying again')
        if (this.#isStopping) break
        await this.#pause(retryMs)
        retryMs = Math.min(retryMs * 2, retryMaxMs)
        this.#isWanted = true
      }
    }
    this.#running = null
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Those of one round, by their keys. */
  #next(): ReadonlyMap<string, Outgoing> {
    const { tables } = this.#options.books
    const next = new Map<string, Outgoing>()
    for (const key of this.#first) {
      if (next.size === roundMax) break
      const value = tables.get('outbox', key)
      if (value === undefined) this.#first.delete(key)
      else next.set(key, readOutbox(value))
    }
    const othersMax = Math.max(roundMax - next.size, othersMin)
    for (const { key, value } of tables.range('outbox', ' ', '\uffff', othersMax))
      next.set(key, readOutbox(value))
    return next
  }

  /** @returns how many people it told of. @throws Error where the store took not all of it. */
  async #round(): Promise<number> {
    const { books, store } = this.#options
    const told: { key: string; stamp: number }[] = []
    const writes: Promise<void>[] = []
    for (const [key, { stamp, goneUids }] of this.#next()) {
      told.push({ key, stamp })
      const [shopId = '', personId = ''] = key.split('\0')
      const slices = store.forShop(shopId)
      const book = books.forShop(shopId)
      // It may lead to somebody else by now, who is in the outbox too.
      for (const uid of goneUids)
        if (book.link(`uid:${uid}`) === '') writes.push(slices.remove(uid))
      const person = book.person(personId)
      if (person !== null) writes.push(...tell(slices, person))
    }
    if (told.length === 0) return 0
    const failed = (await Promise.allSettled(writes)).find((it) => it.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    await books.transaction(() => {
      for (const { key, stamp } of told) {
        const now = books.tables.get('outbox', key)
        if (now === undefined || readOutbox(now).stamp !== stamp) continue
        books.tables.remove('outbox', key)
        this.#first.delete(key)
      }
    })
    this.counts.published += told.length
    return told.length
  }
}

/** Whoever doesn't want it for adverts is nobody whom bidders know. */
function tell(slices: ShopSlices, { identifiers, slice }: Person): Promise<void>[] {
  const uids = identifiers.flatMap((it) => (it.startsWith('uid:') ? [it.slice(4)] : []))
  return uids.map((uid) => (isForAds(slice) ? slices.put(uid, slice) : slices.remove(uid)))
}
