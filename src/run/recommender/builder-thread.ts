/**
 * Thread of the recommender that builds shops' models. Message in: `BuildJob`, or null to end; message out:
 * `BuildResult`.
 */
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { Product } from '../../catalogue/products.js'
import { LmdbProductStore } from '../../catalogue/store-lmdb.js'
import { journalEnd } from '../../people/journal.js'
import { LmdbTables } from '../../people/store-lmdb.js'
import { buildShop } from '../../recommend/build-shop.js'
import { transferablesOf } from '../../recommend/models/model-parts.js'
import type { ShopParts } from '../../recommend/shop-parts.js'
import { readActions } from './read-actions.js'
import { readTunedSettings } from './tuned-settings.js'

export interface BuilderOptions {
  readonly booksDir: string
  readonly productsDir: string
  /** Where settings are that were tuned for a shop. */
  readonly settingsDir: string
  readonly mapBytes: number
  readonly actionCountMax: number
}

export interface BuildJob {
  readonly shopId: string
  /** Products of a shop without a feed; null: they are in the store. */
  readonly own: readonly Product[] | null
  /** Older events don't count. */
  readonly fromMs: number
}

/** Values of the shop's books that were left out. */
export interface Unreadable {
  readonly count: number
  /** What is wrong with the first of them; '' where there are none. */
  readonly fault: string
}

export interface BuildResult {
  /** null where it could not be built. */
  readonly parts: ShopParts | null
  /** Why not; or what was wrong with the shop's settings, which it was built without. */
  readonly fault: string
  readonly journalNumber: number
  readonly unreadable: Unreadable
}

/** Requests go first: nobody waits for a model. */
const niceness = 10

if (parentPort !== null) {
  const port = parentPort
  letOthersGoFirst()
  const options = workerData as BuilderOptions
  const books = new LmdbTables(options.booksDir, { mapBytes: options.mapBytes })
  const products = await LmdbProductStore.open(options.productsDir, { isWriter: false })

  const build = ({ shopId, own, fromMs }: BuildJob): BuildResult => {
    books.refresh()
    const journalNumber = journalEnd(books)
    const { settings, fault } = readTunedSettings(options.settingsDir, shopId)
    const unreadable = { count: 0, fault: '' }
    const onUnreadable = (its: string): void => {
      if (unreadable.count++ === 0) unreadable.fault = its
    }
    const parts = buildShop({
      products: own ?? products.forShop(shopId).all(),
      actions: (items) =>
        readActions(books, shopId, items, {
          ...{ fromMs, countMax: options.actionCountMax },
          onUnreadable,
        }),
      settings,
      nowSeconds: Math.ceil(Date.now() / 1_000),
    })
    return { parts, fault, journalNumber, unreadable }
  }

  port.on('message', (job: BuildJob | null) => {
    if (job === null) {
      void Promise.all([books.close(), products.close()]).then(() => process.exit(0))
      return
    }
    let result: BuildResult
    try {
      result = build(job)
    } catch (error) {
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
      const unreadable = { count: 0, fault: '' }
      result = { parts: null, fault, journalNumber: 0, unreadable }
    }
    port.postMessage(result, result.parts === null ? [] : transferablesOf(result.parts))
  })
}

/** Only this thread, which systems other than Linux can't be asked for. */
function letOthersGoFirst(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    if (thread > 0 && thread !== process.pid) setPriority(thread, niceness)
  } catch {
    // It competes with the others then.
  }
}
