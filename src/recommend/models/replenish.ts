import { ActionKind, type Actions } from '../actions.js'
import type { Query, Source } from '../query.js'
import type { Scores } from '../scores.js'
import { GrowingInts } from './growing.js'

/** Products that people buy again and again, and after how long. */
export interface ReplenishParts {
  /** By number, lowest first. */
  readonly items: Int32Array<ArrayBuffer>
  /** The median of the time between two purchases of one person. */
  readonly gapSeconds: Int32Array<ArrayBuffer>
}

const daySeconds = 86_400
const gapSecondsMin = 3 * daySeconds
const gapSecondsMax = 400 * daySeconds
const gapCountMin = 3
const personCountMin = 2
/** Two purchases within this are one: half was forgotten, or an order was split. */
const onceSeconds = daySeconds
/** It is time from this share of the gap on … */
const dueMin = 0.8
/** … until they have left it so often that they don't buy it any more. */
const dueMax = 8
const boughtItemsMax = 200

/** Finds what is bought again: at least 3 times by at least 2 people, 3 to 400 days apart in the median. */
export function buildReplenish(actions: Actions, itemCount: number): ReplenishParts {
  const lastSeconds = new Float64Array(itemCount)
  const lastPerson = new Int32Array(itemCount).fill(-1)
  const gapItems = new GrowingInts()
  const gaps = new GrowingInts()
  const gapPersons = new GrowingInts()
  for (let person = 0; person < actions.personCount; person++)
    for (let row = actions.personStarts[person]!; row < actions.personStarts[person + 1]!; row++) {
      if (actions.kind[row] !== ActionKind.purchase) continue
      const item = actions.item[row]!
      const gap = actions.atSeconds[row]! - lastSeconds[item]!
      if (lastPerson[item] === person && gap < onceSeconds) continue
      if (lastPerson[item] === person) {
        gapItems.push(item)
        gaps.push(gap)
        gapPersons.push(person)
      }
      lastPerson[item] = person
      lastSeconds[item] = actions.atSeconds[row]!
    }
  return chosen(itemCount, gapItems, gaps, gapPersons)
}

function chosen(
  itemCount: number,
  gapItems: GrowingInts,
  gaps: GrowingInts,
  gapPersons: GrowingInts,
): ReplenishParts {
  const starts = new Int32Array(itemCount + 1)
  for (let i = 0; i < gapItems.count; i++) starts[gapItems.values[i]! + 1]!++
  for (let item = 0; item < itemCount; item++) starts[item + 1]! += starts[item]!
  const next = starts.slice()
  const sorted = new Int32Array(gapItems.count)
  const persons = new Int32Array(gapItems.count)
  for (let i = 0; i < gapItems.count; i++) {
    const place = next[gapItems.values[i]!]!++
    sorted[place] = gaps.values[i]!
    persons[place] = gapPersons.values[i]!
  }
  const items = new GrowingInts(16)
  const gapSeconds = new GrowingInts(16)
  for (let item = 0; item < itemCount; item++) {
    const start = starts[item]!
    const count = starts[item + 1]! - start
    if (count < gapCountMin || differentCount(persons, start, start + count) < personCountMin)
      continue
    const own = sorted.subarray(start, start + count).sort()
    const gap = (own[(count - 1) >> 1]! + own[count >> 1]!) / 2
    if (gap < gapSecondsMin || gap > gapSecondsMax) continue
    items.push(item)
    gapSeconds.push(Math.round(gap))
  }
  return { items: items.trimmed(), gapSeconds: gapSeconds.trimmed() }
}

/** Those who are the same follow each other. */
function differentCount(persons: Int32Array, start: number, end: number): number {
  let count = 1
  for (let i = start + 1; i < end; i++) if (persons[i] !== persons[i - 1]) count++
  return count
}

/** What the person bought and by now needs again, as others did; the longer due, the better. */
export class Replenish implements Source {
  readonly #parts: ReplenishParts

  constructor(parts: ReplenishParts) {
    this.#parts = parts
  }

  gather(query: Query, scores: Scores): void {
    const count = Math.min(query.bought.length, boughtItemsMax)
    for (let i = 0; i < count; i++) {
      const item = query.bought[i]!
      // Only the last purchase tells: they are newest first.
      if (query.bought.indexOf(item) !== i) continue
      const due = this.dueOf(item, query.boughtAtSeconds[i] ?? 0, query.nowSeconds)
      if (due > 0) scores.add(item, due / (1 + due))
    }
  }

  /** How often by now a person who last bought it then has used it up; 0 for whoever doesn't need it again. */
  dueOf(item: number, boughtAtSeconds: number, nowSeconds: number): number {
    const gapSeconds = this.gapSecondsOf(item)
    if (gapSeconds === 0) return 0
    const due = (nowSeconds - boughtAtSeconds) / gapSeconds
    return due >= dueMin && due <= dueMax ? due : 0
  }

  /** 0 for what people don't buy again. */
  gapSecondsOf(item: number): number {
    const { items, gapSeconds } = this.#parts
    let low = 0
    let high = items.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (items[middle]! < item) low = middle + 1
      else high = middle
    }
    return items[low] === item ? gapSeconds[low]! : 0
  }
}
