// Books, writer and publisher as the collector has them, in a folder that goes with the test.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { openLog } from '../../src/base/log.js'
import { Books } from '../../src/people/books.js'
import type { ShopSegments } from '../../src/people/draft.js'
import type { Event, EventType } from '../../src/people/event.js'
import type { Identifiers } from '../../src/people/identifiers.js'
import { noIdentifiers } from '../../src/people/identifiers.js'
import { Writer } from '../../src/people/intake.js'
import { membershipsOf } from '../../src/people/lists.js'
import { Publisher } from '../../src/people/publisher.js'
import { LmdbTables } from '../../src/people/store-lmdb.js'
import { profilesConfigSchema } from '../../src/profiles/config.js'
import type { ProfileStore } from '../../src/profiles/store.js'
import { MemoryProfileStore } from '../../src/profiles/store-memory.js'

export const mapBytes = 268_435_456

/** No rules; the lists of these names. */
export const listsOnly = (...listIds: string[]): ShopSegments => ({
  byRule: ({ segments }) => ({ segments, dueAtMs: Infinity }),
  byList: (book, identifiers, nowMs) => membershipsOf(book, listIds, identifiers, nowMs),
})

export interface PeopleWorld {
  readonly folder: string
  readonly clock: ManualClock
  readonly books: Books
  readonly writer: Writer
  readonly publisher: Publisher
  readonly store: ProfileStore
  close(): Promise<void>
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-people-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function openWorld(
  folder = newFolder(),
  segmentsOf: (shopId: string) => ShopSegments = () => listsOnly(),
  store: ProfileStore = new MemoryProfileStore(profilesConfigSchema.parse({})),
): PeopleWorld {
  const clock = new ManualClock()
  const books = new Books(new LmdbTables(folder, { mapBytes }))
  const publisher = new Publisher({ books, store, log: openLog('test', 'silent') })
  const writer = new Writer({
    books,
    clock,
    segmentsOf,
    onChanged: (shopId, ids, isUrgent) => {
      if (isUrgent) publisher.tellFirst(shopId, ids)
      publisher.wake()
    },
    waitingMax: 100_000,
  })
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await writer.close()
    await publisher.close()
    await books.close()
  }
  onTestFinished(close)
  return { folder, clock, books, writer, publisher, store, close }
}

let messageCount = 0

export function eventOf(
  type: EventType,
  who: Partial<Identifiers>,
  more: Partial<Event> = {},
): Event {
  return {
    type,
    messageId: `m${++messageCount}`,
    atMs: 1_700_000_000_000,
    source: 'server',
    who: { ...noIdentifiers, ...who },
    items: [],
    valueMicros: -1,
    orderId: '',
    query: '',
    category: '',
    isGift: false,
    rating: -1,
    consent: null,
    ...more,
  }
}

/** A product seen: the least that leaves a trace. */
export function viewOf(
  who: Partial<Identifiers>,
  product: string,
  more: Partial<Event> = {},
): Event {
  const item = { product, quantity: 1, priceMicros: -1, category: '', brand: '', marginShare: -1 }
  return eventOf('view_item', who, { items: [item], ...more })
}
