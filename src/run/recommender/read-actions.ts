import type { EventType } from '../../people/event.js'
import { type Deed, decodeDeed } from '../../people/event-codec.js'
import { isRefusing } from '../../people/fold.js'
import { decodePerson } from '../../people/person.js'
import { keysUnder, type Tables } from '../../people/tables.js'
import { ActionKind, type Actions } from '../../recommend/actions.js'
import type { ItemTable } from '../../recommend/item-table.js'

/** What an event says of the products in it; all other kinds say nothing to the models. */
export const kindOfEvent: Partial<Record<EventType, ActionKind>> = {
  view_item: ActionKind.view,
  add_to_cart: ActionKind.cart,
  add_to_wishlist: ActionKind.wish,
  back_in_stock: ActionKind.wish,
  purchase: ActionKind.purchase,
}

export interface ReadOptions {
  /** Older ones don't count. Milliseconds since 1970. */
  readonly fromMs: number
  /** Rows beyond so many are left out, the oldest first. */
  readonly countMax: number
}

/**
 * One shop's events as the models are made of them: 18 bytes a row, from a walk through its log. Those of people who
 * don't want it are left out.
 *
 * @param items gets the products that it hasn't.
 */
export function readActions(
  tables: Tables,
  shopId: string,
  items: ItemTable,
  { fromMs, countMax }: ReadOptions,
): Actions {
  const rows = new Rows()
  const { from, end } = keysUnder(shopId)
  const refusing = refusingPeople(tables, shopId)
  let person = ''
  let isLeftOut = false
  for (const { key, value } of tables.range('events', from, end)) {
    const id = key.slice(from.length, key.indexOf('\0', from.length))
    if (id !== person) {
      rows.nextPerson()
      person = id
      isLeftOut = refusing.has(id)
    }
    if (isLeftOut) continue
    const deed = decodeDeed(value)
    if (deed.atMs >= fromMs) addDeed(rows, deed, items)
  }
  return rows.finish(countMax)
}

/** Ids, those that they had before they were joined too: what was logged under them stays there. */
function refusingPeople(tables: Tables, shopId: string): ReadonlySet<string> {
  const ids = new Set<string>()
  const { from, end } = keysUnder(shopId)
  for (const { key, value } of tables.range('people', from, end)) {
    const person = decodePerson(key.slice(from.length), value)
    if (!isRefusing(person.slice)) continue
    ids.add(person.id)
    for (const { id } of person.former) ids.add(id)
  }
  return ids
}

function addDeed(rows: Rows, deed: Deed, items: ItemTable): void {
  const kind = kindOfEvent[deed.type]
  if (kind === undefined) return
  const order = kind === ActionKind.purchase ? rows.nextOrder() : -1
  const atSeconds = Math.floor(deed.atMs / 1_000)
  for (const { product } of deed.items) rows.add(items.add(product), kind, atSeconds, order)
}

const countMin = 1_024

/** Columns that grow; people in turn, each one's rows brought into order once they are all there. */
class Rows {
  #item = new Int32Array(countMin)
  #kind = new Uint8Array(countMin)
  #atSeconds = new Uint32Array(countMin)
  #order = new Int32Array(countMin)
  #personStarts = new Int32Array(countMin)
  #count = 0
  #personCount = 0
  #orderCount = 0

  nextPerson(): void {
    this.#sortPerson()
    if (this.#personCount > 0 && this.#personStarts[this.#personCount - 1] === this.#count) return
    if (this.#personCount + 1 >= this.#personStarts.length)
      this.#personStarts = grown(this.#personStarts)
    this.#personStarts[this.#personCount++] = this.#count
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
      if (kept > keptBefore) this.#personStarts[people++] = keptBefore
    }
    this.#count = kept
    this.#personCount = people
  }
}

function grown<T extends Int32Array | Uint8Array | Uint32Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(column.length * 2)
  larger.set(column)
  return larger
}
