import type { ProfileTables } from '../../src/profiles/tables.js'

/** Tables whose every answer a test sets, and that can be told to fail. */
export class StubTables implements ProfileTables {
  readonly records = new Map<string, Buffer>()
  readonly newcomers: number[] = []
  /** Newcomers before this one aren't kept any more. */
  oldestNewcomer = 0
  isBroken = false
  failsCommits = false
  scanCount = 0

  record(uid: string): Buffer | undefined {
    this.#fail()
    return this.records.get(uid)
  }

  slice(): Buffer | undefined {
    this.#fail()
    return undefined
  }

  slices(): Iterable<never> {
    return []
  }

  newcomerCount(): number {
    this.#fail()
    return this.newcomers.length
  }

  newcomer(index: number): number {
    return index < this.oldestNewcomer ? Number.NaN : this.newcomers[index]!
  }

  uidCount(): number {
    return this.records.size
  }

  uids(): Iterator<string> {
    this.scanCount++
    return [...this.records.keys()][Symbol.iterator]()
  }

  async transaction(action: () => void): Promise<void> {
    action()
    if (this.failsCommits) throw new Error('disk full')
  }

  stamp(): number {
    return 1
  }

  putRecord(uid: string, record: Buffer | null): void {
    if (record !== null) this.records.set(uid, record)
  }

  putSlice(): void {}

  addNewcomer(key: number): void {
    this.newcomers.push(key)
  }

  async close(): Promise<void> {}

  #fail(): void {
    if (this.isBroken) throw new Error('broken')
  }
}
