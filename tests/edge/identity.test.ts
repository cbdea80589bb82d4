// Goal: a person is recognised by each id that the exchange may send for them, by no id that names
// nobody, and what one shop knows of its own people is never shown for another.
// Method: a real store in memory that shops wrote into; requests that carry one id or several, under
// exchanges' settings. (Checklist 110, 105.)
// Conformance checklist 110.
import { strict as check } from 'node:assert'
import { afterAll, beforeAll, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { exchangeSchema } from '../../src/edge/exchange.js'
import { Identity } from '../../src/edge/identity.js'
import { BidRequest, PlaceKind } from '../../src/openrtb/request.js'
import { profilesConfigSchema } from '../../src/profiles/config.js'
import { emptySlice, type Slice } from '../../src/profiles/slice.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import type { ProfileReader } from '../../src/profiles/store.js'
import { MemoryProfileStore } from '../../src/profiles/store-memory.js'
import { isUid } from '../../src/profiles/uid.js'
import { deviceUid, sharedUid, shopUid } from '../../src/profiles/uid-kinds.js'

const salt = 'a salt of sixteen or more'
const shops = [
  { id: 'shoes', eids: { source: 'mail.example', salt } },
  { id: 'books', eids: { source: 'Mail.example', salt: `another ${salt}` } },
  { id: 'bags', eids: null },
].map((shop) => ({
  ...{
    name: shop.id,
    currency: 'PLN',
    language: 'pl',
    payer: shop.id,
    secure: true,
    categories: [],
  },
  ...shop,
}))
const mail = '5d41402abc4b2a76b9719d911017c592'
const ifa = '9d8fe0a9-c0dd-4482-b16b-5709b00c608d'
const seen = (product: string): Slice => ({ ...emptySlice, viewed: [{ product, atMs: 1 }] })

const exchangeWith = (identity: Record<string, unknown>) =>
  exchangeSchema.parse({ name: 'x', currency: 'USD', seat: 's', identity })
const closed = exchangeWith({ ifa: false })
const open = exchangeWith({ userIdIsOurs: true, ifa: true, eidSources: ['shared.example'] })

const store = new MemoryProfileStore(profilesConfigSchema.parse({}))
const identity = new Identity(store)
const put = (uid: string, shop: string): Promise<void> =>
  store.forShop(shop).put(uid, seen(`${shop} of ${uid}`.slice(0, 100)))

beforeAll(async () => {
  identity.swap({ shops })
  await put('ours-1', 'shoes')
  await put('ours-1', 'bags')
  await put(deviceUid(ifa), 'bags')
  await put(sharedUid('shared.example', 'abc'), 'shoes')
  await put(sharedUid('shared.example', 'long'.repeat(100)), 'shoes')
  for (const id of ['null', '0', '${UID}']) await put(id, 'shoes')
  await put(shopUid('shoes', salt, mail), 'shoes')
  // Somebody who got hold of another shop's uid writes there too.
  await put(shopUid('shoes', salt, mail), 'bags')
})
afterAll(() => store.close())

function requestOf(
  fields: Partial<BidRequest>,
  eids: readonly [string, string][] = [],
): BidRequest {
  const request = Object.assign(new BidRequest(), fields)
  for (const [source, id] of eids) {
    request.eidSources.push(source)
    request.eidIds.push(id)
  }
  return request
}
function shopsKnowing(request: BidRequest, exchange = open): string[] {
  const profile = identity.profileOf(request, exchange)
  if (profile !== null) check.ok(identity.isNamed(request, exchange))
  const keys = profile?.slices.map(({ shopKey }) => shopKey) ?? []
  return shops.filter(({ id }) => keys.includes(keyOf(id))).map(({ id }) => id)
}

test('our own id is looked up, wherever the exchange says that it stands', () => {
  check.deepEqual(shopsKnowing(requestOf({ buyerUid: 'ours-1' }), closed), ['shoes', 'bags'])
  check.deepEqual(shopsKnowing(requestOf({ userId: 'ours-1' })), ['shoes', 'bags'])
  check.deepEqual(shopsKnowing(requestOf({ userId: 'ours-1' }), closed), [])
  check.ok(!identity.isNamed(requestOf({ userId: 'ours-1' }), closed))
})

test('an unknown own id is not fatal: the other ids are tried in turn', () => {
  const app = { place: PlaceKind.app, ifa }
  check.deepEqual(shopsKnowing(requestOf({ buyerUid: 'stranger', ...app })), ['bags'])
  check.deepEqual(shopsKnowing(requestOf({ buyerUid: 'ours-1', ...app })), ['shoes', 'bags'])
  check.deepEqual(
    shopsKnowing(
      requestOf({ buyerUid: 'stranger', userId: 'stranger' }, [['shared.example', 'abc']]),
    ),
    ['shoes'],
  )
  check.deepEqual(shopsKnowing(requestOf({ buyerUid: 'stranger' })), [])
})

test('what one shop knows under one id never hides what another knows under the next', async () => {
  const app = { place: PlaceKind.app, ifa }
  const alone = shopsKnowing(requestOf({ buyerUid: 'seen-by-shoes', ...app }))
  await put('seen-by-shoes', 'shoes')
  check.deepEqual(alone, ['bags'])
  check.deepEqual(shopsKnowing(requestOf({ buyerUid: 'seen-by-shoes', ...app })), ['shoes', 'bags'])
})

test('a device is known by its advertising id in apps alone, where neither it nor the exchange forbids', () => {
  const app = { place: PlaceKind.app, ifa }
  check.deepEqual(shopsKnowing(requestOf(app)), ['bags'])
  check.deepEqual(shopsKnowing(requestOf({ ...app, ifa: ifa.toUpperCase() })), ['bags'])
  check.deepEqual(shopsKnowing(requestOf(app), closed), [])
  check.deepEqual(shopsKnowing(requestOf({ ...app, limitAdTracking: true })), [])
  check.deepEqual(shopsKnowing(requestOf({ ...app, place: PlaceKind.site })), [])
})

test('an id of a shared source counts where the exchange’s settings name it, however long it is', () => {
  const eid = (source: string, id: string) => requestOf({}, [[source, id]])
  check.deepEqual(shopsKnowing(eid('shared.example', 'abc')), ['shoes'])
  check.deepEqual(shopsKnowing(eid('shared.example', 'abd')), [])
  check.deepEqual(shopsKnowing(eid('other.example', 'abc')), [])
  check.deepEqual(shopsKnowing(eid('shared.example', 'abc'), closed), [])
  const long = 'long'.repeat(100)
  check.ok(isUid(sharedUid('shared.example', long)))
  check.deepEqual(shopsKnowing(eid('shared.example', long)), ['shoes'])
  check.deepEqual(shopsKnowing(eid('shared.example', `${long}x`)), [])
})

test('a shop’s own person shows that shop’s slice and nobody else’s', () => {
  const request = requestOf({}, [['mail.example', mail]])
  check.deepEqual(shopsKnowing(request, closed), ['shoes'])
  check.ok(identity.isNamed(request, closed))
  check.deepEqual(shopsKnowing(requestOf({}, [['mail.example', `${mail}0`]])), [])
  check.deepEqual(shopsKnowing(requestOf({}, [['shared.example', mail]])), [])
})

test('two shops that share a source each show what they know', async () => {
  const other = 'd41d8cd98f00b204e9800998ecf8427e'
  await put(shopUid('books', `another ${salt}`, other), 'books')
  await put(shopUid('shoes', salt, other), 'shoes')
  check.deepEqual(shopsKnowing(requestOf({}, [['mail.example', other]])), ['shoes', 'books'])
  const both: [string, string][] = [
    ['mail.example', mail],
    ['mail.example', other],
  ]
  const profile = identity.profileOf(requestOf({}, both), open)!
  check.equal(profile.slices.length, 2, 'one slice a shop')
})

test('an id of another kind is not taken for our own', () => {
  for (const uid of [
    shopUid('shoes', salt, mail),
    deviceUid(ifa),
    sharedUid('shared.example', 'abc'),
  ]) {
    check.notEqual(store.read(uid), null)
    check.deepEqual(shopsKnowing(requestOf({ buyerUid: uid, userId: uid })), [])
    check.ok(!identity.isNamed(requestOf({ buyerUid: uid, userId: uid }), open))
  }
})

test('what names nobody is never looked up', () => {
  const reads: string[] = []
  const reader: ProfileReader = {
    stats: new ProfileStats(),
    read(uid) {
      reads.push(uid)
      return null
    },
  }
  const asked = new Identity(reader)
  asked.swap({ shops })
  for (const id of [
    ...[
      '',
      '0',
      '-1',
      'null',
      'NULL',
      'undefined',
      'None',
      'NaN',
      'optout',
      'OPTOUT',
      'opt-out',
      '(null)',
    ],
    ...[
      '00000000-0000-0000-0000-000000000000',
      '0000-000-000-0000',
      '000000',
      'xxxxxx',
      'ffffffff',
    ],
    ...[
      '${UID}',
      '{{uid}}',
      '[UID]',
      '%%UID%%',
      '$UID',
      '<uid>',
      '-',
      'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    ],
  ]) {
    const fields = { buyerUid: id, userId: id, ifa: id, place: PlaceKind.app }
    const request = requestOf(fields, [
      ['shared.example', id],
      ['mail.example', id],
    ])
    check.ok(!asked.isNamed(request, open), id)
    check.equal(asked.profileOf(request, open), null)
    check.deepEqual(reads, [], id)
  }
  for (const id of [
    'f',
    '1',
    'x1',
    '0a',
    'fox',
    '2269828760903472551',
    'CAESEHL-9O4oJOAiC1Y0O2EHTcE',
    '%7B',
  ])
    check.ok(asked.isNamed(requestOf({ buyerUid: id }), open), id)
})

test('a source that very many shops share costs a bounded number of looks', () => {
  let reads = 0
  const reader: ProfileReader = {
    stats: new ProfileStats(),
    read() {
      reads++
      return null
    },
  }
  const asked = new Identity(reader)
  asked.swap({
    shops: Array.from({ length: 1_000 }, (_, i) => ({ ...shops[0]!, id: `shop-${i}` })),
  })
  check.equal(asked.leftOutCount, 936)
  const eids = Array.from({ length: 32 }, (_, i): [string, string] => ['mail.example', `id-${i}`])
  check.equal(asked.profileOf(requestOf({}, eids), open), null)
  check.equal(reads, 64)
})
