/**
 * Listens to the page's `dataLayer` as Google's tags do: to what `gtag(…)` puts there, which are its
 * arguments, and to objects with an `event`, as for the Tag Manager.
 */
import { own, safely } from './reading.js'

export interface Listener {
  /** @param holders where its parameters are. */
  event(name: unknown, holders: readonly unknown[]): void
  consent(mode: unknown, settings: unknown): void
  /** What a page says of who it is: `user_id`, and what enhanced conversions call `user_data`. */
  person(customerId: unknown, userData: unknown): void
}

/** Entries of before we came that are looked at, at most. */
const replayCountMax = 10_000

let heard: unknown = null

/** Listens to the layer that is there now, if it isn't listened to yet. */
export function hear(listener: Listener): void {
  const layer = window.dataLayer
  if (layer === heard || !Array.isArray(layer)) return
  heard = layer
  const push = layer.push
  const old = layer.slice(0, replayCountMax)
  layer.push = (...entries: unknown[]) => {
    // Others come first: whatever happens here, they have it.
    const length = push.apply(layer, entries)
    for (const entry of entries) safely(() => readEntry(entry, listener))
    return length
  }
  for (const entry of old) safely(() => readEntry(entry, listener))
}

function readEntry(entry: unknown, listener: Listener): void {
  const command = own(entry, 0)
  const [first, second] = [own(entry, 1), own(entry, 2)]
  if (command === 'event') listener.event(first, [second])
  else if (command === 'consent') listener.consent(first, second)
  else if (command === 'config') listener.person(own(second, 'user_id'), undefined)
  else if (command === 'set' && first === 'user_data') listener.person(undefined, second)
  else if (command === 'set') listener.person(own(first, 'user_id'), own(first, 'user_data'))
  else if (command === undefined) {
    listener.person(own(entry, 'user_id'), own(entry, 'user_data'))
    listener.event(own(entry, 'event'), [own(entry, 'ecommerce'), entry])
  }
}
