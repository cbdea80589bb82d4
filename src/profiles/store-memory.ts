import type { Profile } from './profile.js'
import { decodeProfile, withSlice } from './record.js'
import { ShopHandle } from './shop-handle.js'
import { hotSection } from './slice-codec.js'
import { ProfileStats } from './stats.js'
import type { ProfileStore, ShopSlices } from './store.js'
import type { SliceWrite } from './write.js'

/** Keeps the bytes that the LMDB store keeps, in this process and until it ends: for tests. */
export class MemoryProfileStore implements ProfileStore {
  readonly stats = new ProfileStats()
  readonly #records = new Map<string, Buffer>()
  readonly #slices = new Map<string, Buffer>()
  #writeCount = 0
  #isClosed = false

  read(uid: string): Profile | null {
    this.stats.reads++
    if (this.#isClosed) {
      this.stats.readErrors++
      return null
    }
    const record = this.#records.get(uid)
    if (record === undefined) {
      this.stats.strangers++
      return null
    }
    const view = new DataView(record.buffer, record.byteOffset, record.length)
    return decodeProfile(view, record.length, this.stats)
  }

  forShop(shopId: string): ShopSlices {
    const find = (uid: string, shop: string): Buffer | null => {
      this.#assertOpen()
      return this.#slices.get(`${uid}\0${shop}`) ?? null
    }
    return new ShopHandle(shopId, { find, write: async (write) => this.#write(write) }, this.stats)
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  #write({ uid, shopId, shopKey, encoded }: SliceWrite): void {
    this.#assertOpen()
    const hot = encoded === null ? null : hotSection(encoded)
    const record = withSlice(this.#records.get(uid) ?? null, shopKey, hot, ++this.#writeCount)
    if (record === null) this.#records.delete(uid)
    else this.#records.set(uid, record)
    if (encoded === null) this.#slices.delete(`${uid}\0${shopId}`)
    else this.#slices.set(`${uid}\0${shopId}`, encoded)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('profiles: the store is closed')
  }
}
