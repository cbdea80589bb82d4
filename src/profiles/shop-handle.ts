import { assert } from '../base/assert.js'
import type { Slice } from './slice.js'
import { decodeSlice } from './slice-codec.js'
import type { ProfileStats } from './stats.js'
import type { ShopSlices } from './store.js'
import { isShopId, isUid } from './uid.js'
import { type SliceWrite, sliceRemoval, sliceWrite } from './write.js'

/** What a kind of store does itself. */
export interface SliceTable {
  /** @returns as given to `write`; a view may be valid until the next call only. */
  find(uid: string, shopId: string): Buffer | null | Promise<Buffer | null>
  /** Resolves when it is kept. */
  write(write: SliceWrite): Promise<void>
}

/** One shop's slices in any kind of store. The shop's id is its own and can't be given from outside. */
export class ShopHandle implements ShopSlices {
  readonly #shopId: string
  readonly #table: SliceTable
  readonly #stats: ProfileStats

  constructor(shopId: string, table: SliceTable, stats: ProfileStats) {
    assert(isShopId(shopId), `a shop can't be called ${JSON.stringify(shopId)}`)
    this.#shopId = shopId
    this.#table = table
    this.#stats = stats
  }

  async get(uid: string): Promise<Slice | null> {
    const found = isUid(uid) ? this.#table.find(uid, this.#shopId) : null
    // Awaited only where it isn't there: a view wouldn't outlive the turn.
    const encoded = found instanceof Promise ? await found : found
    if (encoded === null) return null
    const slice = decodeSlice(encoded)
    if (typeof slice !== 'number') return slice
    this.#stats.unreadableSlices++
    return null
  }

  put(uid: string, slice: Slice): Promise<void> {
    return this.#write(() => sliceWrite(uid, this.#shopId, slice))
  }

  remove(uid: string): Promise<void> {
    return this.#write(() => sliceRemoval(uid, this.#shopId))
  }

  /** Checked and encoded before this returns, so that the caller may change what it gave. */
  async #write(make: () => SliceWrite): Promise<void> {
    try {
      await this.#table.write(make())
      this.#stats.writes++
    } catch (error) {
      this.#stats.writeErrors++
      throw error
    }
  }
}
