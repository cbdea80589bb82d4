/**
 * Products by small whole numbers, in the order in which they were added, and back. Typed arrays only, so that
 * a table that was built in a thread is handed over as it is: 30 to 40 bytes a product.
 */

export interface ItemTableParts {
  readonly count: number
  /** Open addressing by hash: index + 1, 0 where free. A power of two, at least twice the products. */
  readonly slots: Int32Array<ArrayBuffer>
  /** Where each id begins in `units`, and where the last one ends. */
  readonly starts: Uint32Array<ArrayBuffer>
  /** The ids' UTF-16 code units, one after the other. */
  readonly units: Uint16Array<ArrayBuffer>
}

const countMin = 16

export class ItemTable {
  #count: number
  #slots: Int32Array<ArrayBuffer>
  #starts: Uint32Array<ArrayBuffer>
  #units: Uint16Array<ArrayBuffer>

  /** @param parts of another table, which is not to be used after that. */
  constructor(parts: ItemTableParts | null = null) {
    this.#count = parts?.count ?? 0
    this.#slots = parts?.slots ?? new Int32Array(countMin * 2)
    this.#starts = parts?.starts ?? new Uint32Array(countMin + 1)
    this.#units = parts?.units ?? new Uint16Array(countMin * 8)
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#slots.byteLength + this.#starts.byteLength + this.#units.byteLength
  }

  /** @returns -1 for an id that was never added. */
  indexOf(id: string): number {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(id) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1
      if (index < 0 || this.#is(index, id)) return index
    }
  }

  /** @returns the id's index, the one it has where it is there already. */
  add(id: string): number {
    const known = this.indexOf(id)
    if (known >= 0) return known
    const index = this.#count
    const start = this.#starts[index]!
    if (index + 2 > this.#starts.length) this.#growItems()
    if (start + id.length > this.#units.length) this.#growUnits(start + id.length)
    for (let i = 0; i < id.length; i++) this.#units[start + i] = id.charCodeAt(i)
    this.#starts[index + 1] = start + id.length
    this.#count++
    this.#put(index, hashOf(id))
    return index
  }

  /** @param index below `count`. */
  idOf(index: number): string {
    const end = this.#starts[index + 1]!
    let id = ''
    for (let at = this.#starts[index]!; at < end; at++) id += String.fromCharCode(this.#units[at]!)
    return id
  }

  /** To be handed over, with little more room than it takes; this table is not to be used after that. */
  parts(): ItemTableParts {
    const count = this.#count
    const starts = this.#starts.slice(0, roomFor(count + 1))
    const units = this.#units.slice(0, roomFor(this.#starts[count]!))
    return { count, slots: this.#slots, starts, units }
  }

  #is(index: number, id: string): boolean {
    const start = this.#starts[index]!
    if (this.#starts[index + 1]! - start !== id.length) return false
    for (let i = 0; i < id.length; i++)
      if (this.#units[start + i] !== id.charCodeAt(i)) return false
    return true
  }

  #put(index: number, hash: number): void {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = index + 1
  }

  #growItems(): void {
    const countMax = Math.ceil((this.#starts.length - 1) * 1.5)
    const starts = new Uint32Array(countMax + 1)
    starts.set(this.#starts)
    this.#starts = starts
    if (countMax * 2 <= this.#slots.length) return
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let index = 0; index < this.#count; index++) this.#put(index, hashOf(this.idOf(index)))
  }

  #growUnits(lengthMin: number): void {
    const units = new Uint16Array(Math.max(lengthMin, Math.ceil(this.#units.length * 1.5)))
    units.set(this.#units)
    this.#units = units
  }
}

/** Some products come before the next build: not each of them is to copy all that there is. */
const roomFor = (length: number): number => Math.ceil(length * 1.03) + 1_024

/** FNV-1a over the code units, its bits mixed at the end. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
