import { keyOf } from '../../base/key.js'
import type { EventType } from '../../people/event.js'
import { type Deed, decodeDeed } from '../../people/event-codec.js'
import { isRefusing } from '../../people/fold.js'
import { decodePerson } from '../../people/person.js'
import { keysUnder, type Tables } from '../../people/tables.js'
import { ActionKind, type Actions } from '../../recommend/actions.js'
import type { ItemTable } from '../../recommend/item-table.js'
import { ActionRows } from './action-rows.js'

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
  /** A value of the books was left out, as it can't be read. @param fault names the table, and why. */
  onUnreadable(fault: string): void
}

/** Somebody who is several by the log: what was logged before they were joined stays under the ids of then. */
interface Joined {
  readonly personKey: number
  /** Those of long ago first. */
  readonly ids: readonly string[]
  isRead: boolean
}

/** What the books of a shop's people say of how its log is to be read. */
interface People {
  /** Ids whose log isn't used. */
  readonly leftOut: ReadonlySet<string>
  /** By each of their ids. */
  readonly joined: ReadonlyMap<string, Joined>
}

/**
 * One shop's events as the models are made of them: 18 bytes a row, from a walk through its log. Those of people who
 * don't want it are left out, and what somebody did while they didn't; whoever was joined is one person.
 *
 * @param items gets the products that it hasn't.
 */
export function readActions(
  tables: Tables,
  shopId: string,
  items: ItemTable,
  options: ReadOptions,
): Actions {
  const rows = new ActionRows()
  const permission = new Permission()
  const add = (value: Buffer): void => {
    readOrNull(
      () => addDeed(rows, decodeDeed(value), items, permission, options),
      'events',
      options,
    )
  }
  const begin = (personKey: number): void => {
    rows.nextPerson(personKey)
    permission.begin()
  }
  const { leftOut, joined } = readPeople(tables, shopId, options)
  const { from, end } = keysUnder(shopId)
  let personId = ''
  let isLeftOut = false
  for (const { key, value } of tables.range('events', from, end)) {
    const id = key.slice(from.length, key.indexOf('\0', from.length))
    if (id !== personId) {
      personId = id
      const all = joined.get(id)
      isLeftOut = all !== undefined || leftOut.has(id)
      if (!isLeftOut) begin(keyOf(id))
      if (all?.isRead === false) {
        begin(all.personKey)
        readJoined(tables, shopId, all, add)
      }
    }
    if (!isLeftOut) add(value)
  }
  return rows.finish(options.countMax)
}

function readJoined(
  tables: Tables,
  shopId: string,
  joined: Joined,
  add: (value: Buffer) => void,
): void {
  joined.isRead = true
  for (const id of joined.ids) {
    const { from, end } = keysUnder(shopId, id)
    for (const { value } of tables.range('events', from, end)) add(value)
  }
}

function readPeople(tables: Tables, shopId: string, options: ReadOptions): People {
  const leftOut = new Set<string>()
  const joined = new Map<string, Joined>()
  const { from, end } = keysUnder(shopId)
  for (const { key, value } of tables.range('people', from, end)) {
    const id = key.slice(from.length)
    const person = readOrNull(() => decodePerson(id, value), 'people', options)
    // What they agreed to isn't known where they can't be read.
    const isLeftOut = person === null || isRefusing(person.slice)
    const ids = [...(person?.former ?? []).map((it) => it.id).reverse(), id]
    if (isLeftOut) for (const it of ids) leftOut.add(it)
    else if (ids.length > 1) {
      const all = { personKey: keyOf(id), ids, isRead: false }
      for (const it of ids) joined.set(it, all)
    }
  }
  return { leftOut, joined }
}

/**
 * Whether one person let what they did be used when they did it, as far as their log says so. What was logged for
 * adverts alone is used by no model, also where they agree to it later.
 */
class Permission {
  #isGiven = true
  #saidAtMs = 0

  begin(): void {
    this.#isGiven = true
    this.#saidAtMs = 0
  }

  /** In the order of the log; what is said of consent counts from that event on. */
  has({ consent, atMs }: Deed): boolean {
    const said = consent?.personalization ?? null
    if (said === null || atMs < this.#saidAtMs) return this.#isGiven
    this.#saidAtMs = atMs
    this.#isGiven = said
    return said
  }
}

/** null, and told of, where it can't be read. */
function readOrNull<T>(read: () => T, table: string, { onUnreadable }: ReadOptions): T | null {
  try {
    return read()
  } catch (error) {
    onUnreadable(`${table}: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

function addDeed(
  rows: ActionRows,
  deed: Deed,
  items: ItemTable,
  permission: Permission,
  { fromMs }: ReadOptions,
): void {
  const { type, atMs, items: those } = deed
  const kind = kindOfEvent[type]
  if (!permission.has(deed) || kind === undefined || atMs < fromMs) return
  const order = kind === ActionKind.purchase ? rows.nextOrder() : -1
  const atSeconds = Math.floor(atMs / 1_000)
  for (const { product } of those) rows.add(items.add(product), kind, atSeconds, order)
}
