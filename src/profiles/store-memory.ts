import type { ProfilesConfig } from './config.js'
import { TableProfileStore } from './table-store.js'
import type { ProfileTables } from './tables.js'
import type { StoredSlice } from './write.js'

class MemoryTables implements ProfileTables {
  readonly #records = new Map<string, Buffer>()
  readonly #slices = new Map<string, Buffer>()
  readonly #newcomers: number[] = []
  #transactionCount = 0

  record(uid: string): Buffer | undefined {
    return this.#records.get(uid)
  }

  slice(uid: string, shopId: string): Buffer | undefined {
    return this.#slices.get(`${uid}\0${shopId}`)
  }

  *slices(): Generator<StoredSlice> {
    for (const [key, encoded] of [...this.#slices]) {
      const end = key.indexOf('\0')
      yield { uid: key.slice(0, end), shopId: key.slice(end + 1), encoded }
    }
  }

  newcomerCount(): number {
    return this.#newcomers.length
  }

  newcomer(index: number): number {
    return this.#newcomers[index] ?? Number.NaN
  }

  uidCount(): number {
    return this.#records.size
  }

  uids(): Iterator<string> {
    return [...this.#records.keys()][Symbol.iterator]()
  }

  async transaction(action: () => void): Promise<void> {
    this.#transactionCount++
    action()
  }

  stamp(): number {
    return this.#transactionCount
  }

  putRecord(uid: string, record: Buffer | null): void {
    if (record === null) this.#records.delete(uid)
    else this.#records.set(uid, record)
  }

  putSlice(uid: string, shopId: string, slice: Buffer | null): void {
    if (slice === null) this.#slices.delete(`${uid}\0${shopId}`)
    else this.#slices.set(`${uid}\0${shopId}`, slice)
  }

  addNewcomer(key: number): void {
    this.#newcomers.push(key)
  }

  async close(): Promise<void> {}
}

/** Keeps the bytes that the LMDB store keeps, in this process and until it ends: for tests. */
export class MemoryProfileStore extends TableProfileStore {
  constructor(config: ProfilesConfig) {
    super(new MemoryTables(), config)
  }
}
