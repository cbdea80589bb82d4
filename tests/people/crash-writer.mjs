// Keeps a shop's books as the collector does, as fast as it can, and says each thing once it was promised, a line
// each; to be killed at any moment. crash.test.ts compiles the sources for it and reads what it says.
import { writeSync } from 'node:fs'
import { join } from 'node:path'

const [compiled, folder, life, seed] = process.argv.slice(2)
const load = (path) => import(join(compiled, path))
const [{ Books }, { LmdbTables }, { LmdbProfileStore }, { Publisher }, { Writer }] =
  await Promise.all([
    load('people/books.js'),
    load('people/store-lmdb.js'),
    load('profiles/store-lmdb.js'),
    load('people/publisher.js'),
    load('people/intake.js'),
  ])
const { erase } = await load('people/privacy.js')
const { applyLists } = await load('people/apply-lists.js')
const lists = await load('people/lists.js')
const { profilesConfigSchema } = await load('profiles/config.js')
const { Random } = await load('base/random.js')

const shop = 'shop'
const random = new Random(Number(seed))
const say = (...words) => writeSync(1, `${words.join(' ')}\n`)
const log = { debug() {}, info() {}, warn() {}, error() {} }
const clock = { nowMs: Date.now, elapsedMs: () => performance.now() }
const books = new Books(new LmdbTables(join(folder, 'books'), { mapBytes: 268_435_456 }))
const config = profilesConfigSchema.parse({ mapBytes: 268_435_456 })
const store = new LmdbProfileStore(join(folder, 'profiles'), config)
const publisher = new Publisher({ books, store, log })
const segments = {
  byRule: (slice) => ({ segments: slice.segments, dueAtMs: Infinity }),
  byList: (book, identifiers, nowMs) => lists.membershipsOf(book, ['list'], identifiers, nowMs),
}
const writer = new Writer({
  books,
  clock,
  segmentsOf: () => segments,
  onChanged(shopId, ids, isUrgent) {
    if (isUrgent) publisher.tellFirst(shopId, ids)
    publisher.wake()
  },
  waitingMax: 100_000,
})
const book = books.forShop(shop)
const applying = { books, writer, clock }
await applyLists(applying, [shop])

let count = 0
function event(who) {
  const item = { product: `p${random.below(9)}`, quantity: 1, priceMicros: 1_000_000 }
  return {
    ...{ type: random.pick(['view_item', 'add_to_cart']), messageId: `${life}-${++count}` },
    ...{ atMs: 1_700_000_000_000 + count * 1_000, source: 'server', valueMicros: -1, orderId: '' },
    who: { anonymousId: '', customerId: '', emailKey: '', uids: [], ...who },
    items: [{ ...item, category: 'Things', brand: '', marginShare: -1 }],
    ...{ query: '', category: '', isGift: false, rating: -1, consent: null },
  }
}

/** Somebody of thirty, by some of their names: who has two turns out to be one. */
function somebody() {
  const k = random.below(30)
  const names = [{ anonymousId: `a${k}` }, { customerId: `c${k}` }, { uids: [`u${k}`] }]
  return { ...random.pick(names), ...random.pick(names) }
}

async function tellEvents() {
  for (;;) {
    const events = Array.from({ length: 1 + random.below(8) }, () => event(somebody()))
    const taken = await writer.take(shop, events)
    if (taken.some((it) => it !== 'taken')) say('wrong', taken)
    say('taken', ...events.map(({ messageId }) => messageId))
    if (!random.chance(0.2)) continue
    const again = await writer.take(shop, events)
    if (again.some((it) => it !== 'duplicate')) say('wrong', again)
  }
}

async function forget() {
  for (;;) {
    const name = `gone-${life}-${++count}`
    await writer.take(shop, [event({ customerId: name, uids: [name] })])
    await writer.change(shop, (draft) => erase(book, draft, draft.personOf(`cust:${name}`)))
    say('erased', name)
  }
}

async function replaceList() {
  for (;;) {
    const upload = `${life}-${++count}`
    const identifiers = new Set(Array.from({ length: 400 }, () => `uid:m${random.below(2_000)}`))
    const members = Array.from(identifiers, (identifier) => ({
      ...{ identifier, isAdd: true, expiresAtMs: lists.foreverMs },
    }))
    for (let from = 0; from < members.length; from += 100) {
      const part = members.slice(from, from + 100)
      await writer.change(shop, (draft) =>
        lists.gatherMembers(book, draft, 'list', upload, from, part, part.length),
      )
    }
    say('sent', upload, ...identifiers)
    await writer.change(shop, (draft) => lists.commitMembers(book, draft, 'list', Date.now()))
    say('committed', upload)
    await applyLists(applying, [shop])
  }
}

for (let i = 0; i < 4; i++) void tellEvents()
void forget()
void replaceList()
