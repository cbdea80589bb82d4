import { ActionKind, type Actions } from '../actions.js'
import { GrowingInts } from './growing.js'

/** Sets of products: each group has a product once. */
export interface Groups {
  readonly count: number
  /** Where each group's products begin, and where the last one's end. */
  readonly starts: Int32Array
  readonly items: Int32Array
}

/** Of a larger group a part is taken that is spread evenly over it: pairs grow with the square of its size. */
export const groupItemsMax = 60
/** Orders that one person places within this count as one basket: what was forgotten is ordered afterwards. */
export const basketSeconds = 12 * 3600
/** How long before an order a product was looked at at the earliest to have led to it. */
export const seenSeconds = 7 * 86_400
/** Rows that are looked back over, from an order on. */
const seenRowsMax = 200

export class GroupsBuilder {
  #starts = new GrowingInts()
  #items = new GrowingInts()
  /** By item: the last group that it was put into, + 1. */
  readonly #stamps: Int32Array

  constructor(itemCount: number) {
    this.#stamps = new Int32Array(itemCount)
    this.#starts.push(0)
  }

  add(item: number): void {
    if (this.#stamps[item] === this.#starts.count) return
    this.#stamps[item] = this.#starts.count
    this.#items.push(item)
  }

  endGroup(): void {
    const items = this.#items
    const start = this.#starts.values[this.#starts.count - 1]!
    const size = items.count - start
    if (size > groupItemsMax) {
      for (let i = 0; i < groupItemsMax; i++)
        items.values[start + i] = items.values[start + Math.floor((i * size) / groupItemsMax)]!
      items.count = start + groupItemsMax
    }
    this.#starts.push(items.count)
  }

  built(): Groups {
    return {
      count: this.#starts.count - 1,
      starts: this.#starts.trimmed(),
      items: this.#items.trimmed(),
    }
  }
}

/** What was bought together: one order, and what the same person ordered within 12 hours of its beginning. */
export function basketsOf(actions: Actions, itemCount: number): Groups {
  const builder = new GroupsBuilder(itemCount)
  for (let person = 0; person < actions.personCount; person++) {
    let order = -1
    let beganSeconds = -1
    const end = actions.personStarts[person + 1]!
    for (let row = actions.personStarts[person]!; row < end; row++) {
      if (actions.kind[row] !== ActionKind.purchase) continue
      const atSeconds = actions.atSeconds[row]!
      const isSame =
        beganSeconds >= 0 &&
        ((order >= 0 && actions.order[row] === order) || atSeconds < beganSeconds + basketSeconds)
      if (!isSame) {
        if (beganSeconds >= 0) builder.endGroup()
        beganSeconds = atSeconds
      }
      order = actions.order[row]!
      builder.add(actions.item[row]!)
    }
    if (beganSeconds >= 0) builder.endGroup()
  }
  return builder.built()
}

/**
 * Each order, and what the person had looked at in the week before it.
 *
 * @returns two lists of groups, of one length: the n-th of both belong to the n-th order.
 */
export function ordersOf(actions: Actions, itemCount: number): { seen: Groups; bought: Groups } {
  const seen = new GroupsBuilder(itemCount)
  const bought = new GroupsBuilder(itemCount)
  for (let person = 0; person < actions.personCount; person++) {
    const start = actions.personStarts[person]!
    const end = actions.personStarts[person + 1]!
    let row = start
    while (row < end) {
      if (actions.kind[row] !== ActionKind.purchase) {
        row++
        continue
      }
      const first = row
      while (row < end && isOfOrder(actions, row, first)) bought.add(actions.item[row++]!)
      bought.endGroup()
      const rowMin = Math.max(start, first - seenRowsMax)
      const sinceSeconds = actions.atSeconds[first]! - seenSeconds
      for (let back = first - 1; back >= rowMin; back--) {
        if (actions.atSeconds[back]! < sinceSeconds) break
        if (actions.kind[back] === ActionKind.view) seen.add(actions.item[back]!)
      }
      seen.endGroup()
    }
  }
  return { seen: seen.built(), bought: bought.built() }
}

function isOfOrder(actions: Actions, row: number, first: number): boolean {
  if (actions.kind[row] !== ActionKind.purchase) return false
  const order = actions.order[first]!
  return order >= 0
    ? actions.order[row] === order
    : actions.order[row] === -1 && actions.atSeconds[row] === actions.atSeconds[first]
}
