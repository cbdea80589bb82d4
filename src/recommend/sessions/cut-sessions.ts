import { ActionKind, type Actions } from '../actions.js'
import type { Sessions } from '../sessions.js'
import { radixOrder } from './radix-order.js'

export interface CutSettings {
  /** A person who does nothing for longer begins a new session. */
  readonly idleSeconds: number
  /** Of longer sessions the newest part is kept. */
  readonly lengthMax: number
}

/** Of which it is known whose they are. */
export interface CutSessions extends Sessions {
  /** By session: the person's number. */
  readonly persons: Int32Array
}

export const cutDefaults: CutSettings = { idleSeconds: 1_800, lengthMax: 50 }

/** Longer than all but so many: hardly a person's. */
const lengthShareMax = 0.995
const lengthMaxMin = 10

/**
 * What people did at a shop as sessions. A look is a view; and whatever else is done with a product (put into the
 * cart, wished for, bought), where the session has no look at it yet. Sessions of one product tell nothing about
 * what goes with it, and are left out.
 *
 * O(rows), besides a sort of the sessions by when they ended in two passes.
 */
export function cutSessions(actions: Actions, settings: CutSettings = cutDefaults): CutSessions {
  const raw = cut(actions, settings.idleSeconds)
  const lengthMax = Math.min(settings.lengthMax, usualLengthMax(raw))
  const order = radixOrder(raw.endSeconds, raw.count)
  const starts = new Uint32Array(raw.count + 1)
  let itemCount = 0
  for (let i = 0; i < raw.count; i++) itemCount += Math.min(lengthMax, lengthOf(raw, i))
  const items = new Int32Array(itemCount)
  const endSeconds = new Uint32Array(raw.count)
  const persons = new Int32Array(raw.count)
  for (let i = 0, at = 0; i < raw.count; i++) {
    const session = order[i]!
    const end = raw.starts[session + 1]!
    const kept = raw.items.subarray(Math.max(raw.starts[session]!, end - lengthMax), end)
    items.set(kept, at)
    at += kept.length
    starts[i + 1] = at
    endSeconds[i] = raw.endSeconds[session]!
    persons[i] = raw.persons[session]!
  }
  return { count: raw.count, starts, items, endSeconds, hasTimes: true, persons }
}

const lengthOf = (sessions: Sessions, i: number): number =>
  sessions.starts[i + 1]! - sessions.starts[i]!

/** In the order of the people. */
function cut(actions: Actions, idleSeconds: number): CutSessions {
  const { item, kind, atSeconds, personStarts } = actions
  const items = new Int32Array(actions.count)
  const starts = new Uint32Array(actions.count + 1)
  const endSeconds = new Uint32Array(actions.count)
  const persons = new Int32Array(actions.count)
  let count = 0
  let at = 0
  /** Leaves out what was added last, unless it has two products. */
  const close = (person: number, lastSeconds: number): void => {
    const start = starts[count]!
    let isUseful = false
    for (let i = start + 1; i < at; i++) isUseful ||= items[i] !== items[start]
    if (!isUseful) at = start
    else {
      persons[count] = person
      endSeconds[count++] = lastSeconds
      starts[count] = at
    }
  }
  for (let person = 0; person < actions.personCount; person++) {
    const end = personStarts[person + 1]!
    for (let row = personStarts[person]!; row < end; row++) {
      if (row > personStarts[person]! && atSeconds[row]! - atSeconds[row - 1]! > idleSeconds)
        close(person, atSeconds[row - 1]!)
      const isLook =
        kind[row] === ActionKind.view || !includes(items, starts[count]!, at, item[row]!)
      if (isLook) items[at++] = item[row]!
    }
    if (end > personStarts[person]!) close(person, atSeconds[end - 1]!)
  }
  return {
    count,
    starts: starts.slice(0, count + 1),
    items: items.slice(0, at),
    endSeconds: endSeconds.slice(0, count),
    hasTimes: true,
    persons: persons.slice(0, count),
  }
}

function includes(items: Int32Array, start: number, end: number, item: number): boolean {
  for (let i = start; i < end; i++) if (items[i] === item) return true
  return false
}

/** What all but the longest few sessions stay below. */
function usualLengthMax(sessions: Sessions): number {
  const counts = new Uint32Array(1_024)
  for (let i = 0; i < sessions.count; i++)
    counts[Math.min(counts.length - 1, lengthOf(sessions, i))]!++
  let length = 0
  for (let seen = 0; length < counts.length - 1; length++) {
    seen += counts[length]!
    if (seen >= sessions.count * lengthShareMax) break
  }
  return Math.max(lengthMaxMin, length)
}
