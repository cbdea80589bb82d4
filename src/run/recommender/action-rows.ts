import type { ActionKind, Actions } from '../../recommend/actions.js'
import { radixOrder } from '../../recommend/sessions/radix-order.js'

const countMin = 1_024
/** Of one person: more are sorted in a way that takes no longer than they are many. */
const fewRows = 256

/** Columns that grow; people in turn, each one's rows brought into order once they are all there. */
export class ActionRows {
  #item = new Int32Array(countMin)
  #kind = new Uint8Array(countMin)
  #atSeconds = new Uint32Array(countMin)
  #order = new Int32Array(countMin)
  #personStarts = new Int32Array(countMin)
  #personKeys = new Float64Array(countMin)
  #count = 0
  #personCount = 0
  #orderCount = 0

  /** @param personKey `keyOf` the id of whose rows come now. */
  nextPerson(personKey: number): void {
    this.#sortPerson()
    const isEmpty =
      this.#personCount > 0 && this.#personStarts[this.#personCount - 1] === this.#count
    if (isEmpty) this.#personCount--
    if (this.#personCount + 1 >= this.#personStarts.length) {
      this.#personStarts = grown(this.#personStarts)
      this.#personKeys = grown(this.#personKeys)
    }
    this.#personStarts[this.#personCount] = this.#count
    this.#personKeys[this.#personCount++] = personKey
  }

  nextOrder(): number {
    return this.#orderCount++
  }

  add(item: number, kind: ActionKind, atSeconds: number, order: number): void {
    if (this.#count === this.#item.length) {
      this.#item = grown(this.#item)
      this.#kind = grown(this.#kind)
      this.#atSeconds = grown(this.#atSeconds)
      this.#order = grown(this.#order)
    }
    this.#item[this.#count] = item
    this.#kind[this.#count] = kind
    this.#atSeconds[this.#count] = atSeconds
    this.#order[this.#count] = order
    this.#count++
  }

  finish(countMax: number): Actions {
    this.#sortPerson()
    if (this.#personCount > 0 && this.#personStarts[this.#personCount - 1] === this.#count)
      this.#personCount--
    if (this.#count > countMax) this.#keepNewest(countMax)
    this.#personStarts = grown(this.#personStarts)
    this.#personStarts[this.#personCount] = this.#count
    return {
      count: this.#count,
      personCount: this.#personCount,
      personStarts: this.#personStarts.subarray(0, this.#personCount + 1),
      personKeys: this.#personKeys.subarray(0, this.#personCount),
      item: this.#item.subarray(0, this.#count),
      kind: this.#kind.subarray(0, this.#count),
      atSeconds: this.#atSeconds.subarray(0, this.#count),
      order: this.#order.subarray(0, this.#count),
    }
  }

  /** Events came in the order in which they were taken, which is nearly that in which they happened. */
  #sortPerson(): void {
    if (this.#personCount === 0) return
    const start = this.#personStarts[this.#personCount - 1]!
    if (this.#count - start > fewRows) {
      this.#sortMany(start)
      return
    }
    for (let row = start + 1; row < this.#count; row++) {
      const atSeconds = this.#atSeconds[row]!
      if (this.#atSeconds[row - 1]! <= atSeconds) continue
      const [item, kind, order] = [this.#item[row]!, this.#kind[row]!, this.#order[row]!]
      let at = row
      for (; at > start && this.#atSeconds[at - 1]! > atSeconds; at--) this.#move(at - 1, at)
      this.#item[at] = item
      this.#kind[at] = kind
      this.#atSeconds[at] = atSeconds
      this.#order[at] = order
    }
  }

  #sortMany(start: number): void {
    const order = radixOrder(this.#atSeconds.subarray(start), this.#count - start)
    for (const column of [this.#item, this.#kind, this.#atSeconds, this.#order]) {
      const before = column.slice(start, this.#count)
      for (let i = 0; i < order.length; i++) column[start + i] = before[order[i]!]!
    }
  }

  #move(from: number, to: number): void {
    this.#item[to] = this.#item[from]!
    this.#kind[to] = this.#kind[from]!
    this.#atSeconds[to] = this.#atSeconds[from]!
    this.#order[to] = this.#order[from]!
  }

  #keepNewest(countMax: number): void {
    const times = this.#atSeconds.slice(0, this.#count).sort()
    const oldest = times[this.#count - countMax]!
    let tiesLeft = countMax
    for (let at = this.#count - 1; times[at]! > oldest; at--) tiesLeft--
    let kept = 0
    let people = 0
    for (let person = 0; person < this.#personCount; person++) {
      const start = this.#personStarts[person]!
      const end = this.#personStarts[person + 1] ?? this.#count
      const last = person + 1 < this.#personCount ? end : this.#count
      const keptBefore = kept
      for (let row = start; row < last; row++) {
        const atSeconds = this.#atSeconds[row]!
        if (atSeconds > oldest || (atSeconds === oldest && tiesLeft-- > 0)) this.#move(row, kept++)
      }
      if (kept === keptBefore) continue
      this.#personKeys[people] = this.#personKeys[person]!
      this.#personStarts[people++] = keptBefore
    }
    this.#count = kept
    this.#personCount = people
  }
}

function grown<T extends Int32Array | Uint8Array | Uint32Array | Float64Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(column.length * 2)
  larger.set(column)
  return larger
}
