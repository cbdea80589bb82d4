// Goal: what pages report counts once, for the shop whose answer it was, and for nobody else; what is forged, too old or
// too much is refused, each event for itself. Method: real HTTP on shops in memory; what was counted is read from the
// tables, as the collector reads it.
import { strict as check } from 'node:assert'
import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import type { SlotInput } from '../../src/catalogue/slots.js'
import { reportOf, type VariantReport } from '../../src/recommend/report/report.js'
import { answerValidSeconds, makeAnswerId, readAnswerId } from '../../src/storefront/answer-id.js'
import { type AnswerBody, browserId, World } from './world.js'

const world = new World()
beforeAll(() => world.listen())
afterAll(() => world.close())

const anna = browserId('anna')
const trial: SlotInput = {
  ...{ id: 'trial', page: 'home', title: 'Control' },
  experiment: { id: 'exp', variants: [{ id: 'b', share: 1, title: 'B', strategies: ['new'] }] },
}

let shop = ''
let count = 0
beforeEach(() => {
  shop = `shop${count++}`
  world.add(shop, { slots: [trial] })
  world.told.length = 0
})

const report = (shopId = shop): VariantReport[] =>
  reportOf(world.tables, shopId, { from: '2000-01-01', to: '2100-01-01', slot: null })
const row = (slot: string, shopId = shop): VariantReport | undefined =>
  report(shopId).find((it) => it.slot === slot)
const idOf = async (query = 'page=home', shopId = shop): Promise<string> =>
  (await world.get(`shop=${shopId}&${query}`)).id

test('views and clicks count once, and are on disk once they are acknowledged', async () => {
  const answer = await idOf()
  const view = { answer, type: 'view', product: 'p1' }
  check.deepEqual(await world.events(shop, [view, view, { ...view, product: 'p2' }]), [
    ...['counted', 'duplicate', 'counted'],
  ])
  check.deepEqual(await world.events(shop, [view]), ['duplicate'])
  const click = { answer, type: 'click', product: 'p2' }
  check.deepEqual(await world.events(shop, [click, click]), ['counted', 'duplicate'])
  const { answers, views, clicks, productViews, productClicks } = row('home')!
  check.deepEqual([answers, views, clicks, productViews, productClicks], [1, 1, 1, 2, 1])
  check.deepEqual(
    world.told.filter((it) => it.endsWith(' click')),
    [...['counted click', 'duplicate click']],
  )
  // Whoever clicked has seen it.
  await world.events(shop, [{ answer: await idOf('page=cart'), type: 'click' }])
  check.deepEqual([row('cart')!.views, row('cart')!.clicks], [1, 1])
})

test('an answer’s id is worth nothing at another shop, and can’t be made up', async () => {
  world.add('other')
  const answer = await idOf('page=home', 'other')
  check.deepEqual(await world.events(shop, [{ answer, type: 'view' }]), ['forged'])
  for (let at = 0; at < answer.length; at++) {
    const letter = answer[at] === 'A' ? 'B' : 'A'
    const changed = answer.slice(0, at) + letter + answer.slice(at + 1)
    check.deepEqual(await world.events('other', [{ answer: changed, type: 'view' }]), ['forged'])
  }
  for (const made of [
    '',
    'x',
    answer.slice(1),
    `${answer}A`,
    answer.replace(/.$/, '='),
    'é'.repeat(40),
  ])
    check.deepEqual(await world.events('other', [{ answer: made, type: 'view' }]), ['forged'])
  check.deepEqual(await world.events('other', [{ answer, type: 'view' }]), ['counted'])
  check.equal(report().length, 0)
  check.equal(world.told.filter((it) => it === 'forged view').length, answer.length + 7)
})

test('it says where and when, and for how long', () => {
  const { secret } = world.shops.get(shop)!
  for (const [placementKey, isPersonal] of [
    [0, false],
    [2 ** 53 - 1, true],
    [2 ** 32 + 5, true],
  ] as const) {
    const id = makeAnswerId(secret, placementKey, isPersonal, 1_700_000_000_999)
    check.match(id, /^[\w-]{40}$/)
    const read = readAnswerId(secret, id, 1_700_000_000_000)
    check.ok(read.ok)
    const { nonce, ...rest } = read.value
    check.deepEqual(rest, { placementKey, isPersonal, atSeconds: 1_700_000_000 })
    check.equal(nonce.length, 8)
    check.notEqual(makeAnswerId(secret, placementKey, isPersonal, 1_700_000_000_999), id)
    const endMs = (1_700_000_000 + answerValidSeconds) * 1_000
    check.ok(readAnswerId(secret, id, endMs).ok)
    check.deepEqual(readAnswerId(secret, id, endMs + 1_000), { ok: false, reason: 'expired' })
    check.deepEqual(readAnswerId(secret, id, 0), { ok: false, reason: 'expired' })
  }
})

test('each event has its own verdict', async () => {
  const answer = await idOf()
  const response = await world.post('events', {
    shop,
    events: [
      { answer, type: 'view' },
      null,
      { answer, type: 'look' },
      { type: 'view' },
      { answer, type: 'view', product: 'x'.repeat(200) },
      { answer, type: 'order', value: -1 },
      { answer, type: 'order', value: '12' },
      { answer, type: 'order', orderId: { a: 1 } },
      { answer, type: 'click', product: 7, person: { toString: 1 } },
    ],
  })
  check.equal(response.status, 200)
  check.equal(response.headers.get('access-control-allow-origin'), '*')
  const { results } = (await response.json()) as { results: object[] }
  const refused = (reason: string): object => ({ result: 'refused', reason })
  check.deepEqual(results, [
    { result: 'counted' },
    refused('event: must be an object'),
    refused('type: must be one of view, click, order'),
    refused('answer: must be the id of an answer'),
    refused('product: must be 1 to 128 characters'),
    refused('value: must be a number from 0 to 9000000'),
    refused('value: must be a number from 0 to 9000000'),
    refused('orderId: must be 1 to 128 characters'),
    { result: 'counted' },
  ])
})

test('bodies that can’t be read, or are too much, are refused', async () => {
  const answer = await idOf()
  for (const [body, status] of [
    ['', 400],
    ['null', 400],
    [{ shop }, 400],
    [{ events: [] }, 400],
    [{ shop: 'nobody', events: [] }, 404],
    [{ shop, events: [{ answer: 'x'.repeat(200_000) }] }, 413],
    [{ shop, events: [] }, 200],
  ] as const)
    check.equal(
      (await world.post('events', body)).status,
      status,
      JSON.stringify(body).slice(0, 80),
    )
  const many = Array.from({ length: 150 }, (_, index) => ({
    answer,
    type: 'view',
    product: `${index}`,
  }))
  check.equal((await world.events(shop, many)).length, 100)
  while (world.postLimit.take('9.9.9.9', world.clock.nowMs()));
  const headers = { 'X-Forwarded-For': '1.1.1.1, 9.9.9.9' }
  const limited = await world.post('events', { shop, events: [] }, headers)
  check.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '1'])
  world.keys.set('gz_server', { shopId: shop, mayNamePeople: true })
  const server = { ...headers, Authorization: 'Bearer gz_server' }
  check.equal((await world.post('events', { shop, events: [] }, server)).status, 200)
})

test('whoever may be known is dealt out, the same before they are known and after; nobody else is', async () => {
  world.know(shop, `anon:${anna}`, {}, 'person1')
  const ben = browserId('ben')
  const known = await world.get(`shop=${shop}&slot=trial&person=${anna}`)
  check.deepEqual([known.title, known.experiment, known.variant], ['B', 'exp', 'b'])
  // Their first page.
  const first = await world.get(`shop=${shop}&slot=trial&person=${ben}`)
  check.deepEqual([first.title, first.experiment, first.variant], ['B', 'exp', 'b'])
  const nobody = await world.get(`shop=${shop}&slot=trial`)
  check.deepEqual(
    [nobody.title, nobody.experiment, nobody.variant],
    ['Control', undefined, undefined],
  )
  world.know(shop, `anon:${browserId('no')}`, {
    consent: { ads: true, personalization: false, atMs: 1 },
  })
  const refusing = await world.get(`shop=${shop}&slot=trial&person=${browserId('no')}`)
  check.deepEqual([refusing.title, refusing.experiment], ['Control', undefined])
  const tell = (answer: AnswerBody, person?: string): Promise<string[]> =>
    world.events(shop, [{ type: 'view', answer: answer.id, person }])
  await tell(known, anna)
  await tell(nobody)
  const rows = (): unknown[] =>
    report().map((it) => [it.experiment, it.variant, it.views, it.people?.people])
  check.deepEqual(rows(), [
    ['', 'control', 1, undefined],
    ['exp', 'b', 1, 1],
  ])
  // The tag's first event has come: what they saw before is theirs.
  const identifiers = [`anon:${ben}`, 'uid:x']
  check.deepEqual(world.sessions.know('another', identifiers, 'person2'), [])
  for (const { placement, atMs } of world.sessions.know(shop, identifiers, 'person2'))
    world.log.shown(shop, 'person2', placement, atMs)
  check.deepEqual(world.sessions.know(shop, identifiers, 'person2'), [])
  world.know(shop, `anon:${ben}`, {}, 'person2')
  const second = await world.get(`shop=${shop}&slot=trial&person=${ben}`)
  check.equal(second.variant, first.variant)
  await tell(first, ben)
  check.deepEqual(rows(), [
    ['', 'control', 1, undefined],
    ['exp', 'b', 2, 2],
  ])
  const order = { orderId: 'o', lines: [], valueMicros: 5, atMs: world.clock.nowMs() + 1_000 }
  await world.log.order(shop, ['person2'], order)
  check.equal(report().find(({ variant }) => variant === 'b')?.people?.orders, 1)
})

test('an order counts for what was clicked before, once, however it is told', async () => {
  world.know(shop, `anon:${anna}`, {}, 'person1')
  const answer = await idOf(`slot=trial&person=${anna}`)
  await world.events(shop, [{ answer, type: 'click', product: 'p1' }], { person: anna })
  world.clock.advance(60_000)
  const lines = [
    { product: 'p1', quantity: 2, priceMicros: 5_000_000 },
    { product: 'p2', quantity: 1, priceMicros: 7_000_000 },
  ]
  const order = { orderId: 'o1', lines, valueMicros: 20_000_000, atMs: world.clock.nowMs() }
  await world.log.order(shop, ['person1', 'former'], order)
  await world.log.order(shop, ['person1'], order)
  check.deepEqual(await world.events(shop, [{ answer, type: 'order', orderId: 'o1', value: 20 }]), [
    'duplicate',
  ])
  const { orders, revenueMicros, orderValueMicros, people } = row('trial')!
  check.deepEqual([orders, revenueMicros, orderValueMicros], [1, 10_000_000, 20_000_000])
  check.deepEqual([people?.orders, people?.orderValueMicros], [1, 20_000_000])
  // Without clicks, by the answer alone.
  const other = await idOf('page=thank-you')
  const told = { answer: other, type: 'order', orderId: 'o2', value: 12.5 }
  check.deepEqual(await world.events(shop, [told, told]), ['counted', 'duplicate'])
  check.equal(row('thank-you')!.revenueMicros, 12_500_000)
})

test('what comes back of an order is taken off where and when it counted, once, before or after it', async () => {
  world.know(shop, `anon:${anna}`, {}, 'person1')
  const answer = await idOf(`slot=trial&person=${anna}`)
  await world.events(shop, [{ answer, type: 'click', product: 'p1' }], { person: anna })
  const read = (): unknown[] => {
    const { orders, revenueMicros, orderValueMicros, people } = row('trial')!
    return [orders, revenueMicros, orderValueMicros, people?.orders, people?.orderValueMicros]
  }
  const order = (orderId: string): Promise<void> =>
    world.log.order(shop, ['person1'], {
      orderId,
      lines: [
        { product: 'p1', quantity: 2, priceMicros: 5_000_000 },
        { product: 'p2', quantity: 1, priceMicros: 7_000_000 },
      ],
      ...{ valueMicros: 20_000_000, atMs: world.clock.nowMs() },
    })
  const refund = (refundId: string, orderId: string, product = '', valueMicros = -1) =>
    world.log.refund(
      shop,
      {
        ...{ refundId, orderId, valueMicros },
        lines: product === '' ? [] : [{ product, quantity: 1, priceMicros: -1 }],
      },
      true,
    )
  // Days later, on the day of the answer all the same.
  world.clock.advance(3 * 86_400_000)
  await order('o1')
  check.deepEqual(read(), [1, 10_000_000, 20_000_000, 1, 20_000_000])
  world.clock.advance(20 * 86_400_000)
  for (const refundId of ['r1', 'r1']) await refund(refundId, 'o1', 'p1')
  check.deepEqual(read(), [1, 5_000_000, 15_000_000, 1, 15_000_000])
  // What nobody clicked was no revenue; money alone is as large a part of it as of the order.
  await refund('r2', 'o1', 'p2')
  check.deepEqual(read(), [1, 5_000_000, 8_000_000, 1, 8_000_000])
  await refund('r3', 'o1', '', 2_000_000)
  check.deepEqual(read(), [1, 3_750_000, 6_000_000, 1, 6_000_000])
  await refund('r4', 'o1', '', 100_000_000)
  check.deepEqual(read(), [0, 0, 0, 0, 0])
  await refund('r5', 'o1')
  await order('o1')
  check.deepEqual(read(), [0, 0, 0, 0, 0])
  // Before its order, as files and webhooks have it.
  const again = await idOf(`slot=trial&person=${anna}`)
  await world.events(shop, [{ answer: again, type: 'click', product: 'p1' }], { person: anna })
  for (const refundId of ['r6', 'r6']) await refund(refundId, 'o2', 'p1')
  await refund('r7', 'o3')
  await order('o2')
  await order('o3')
  await refund('r6', 'o2', 'p1')
  check.deepEqual(read(), [1, 5_000_000, 15_000_000, 1, 15_000_000])
  // Told by the answer alone.
  const other = await idOf('page=thank-you')
  await world.events(shop, [{ answer: other, type: 'order', orderId: 'o4', value: 12.5 }])
  await refund('r8', 'o4', '', 2_500_000)
  check.deepEqual([row('thank-you')!.orders, row('thank-you')!.revenueMicros], [1, 10_000_000])
})

test('a refund takes nothing off anybody who was forgotten, and follows whoever was joined', async () => {
  const { keyOf } = await import('../../src/base/key.js')
  const ben = browserId('ben')
  for (const [name, id] of [
    [anna, 'person1'],
    [ben, 'person2'],
  ] as const) {
    world.know(shop, `anon:${name}`, {}, id)
    const answer = await idOf(`slot=trial&person=${name}`)
    await world.events(shop, [{ answer, type: 'click', product: 'p1' }], { person: name })
    const lines = [{ product: 'p1', quantity: 1, priceMicros: 5_000_000 }]
    const order = { orderId: id, lines, valueMicros: -1, atMs: world.clock.nowMs() + 1_000 }
    await world.log.order(shop, [id], order)
  }
  const orders = (): unknown =>
    report()
      .filter((it) => it.slot === 'trial')
      .reduce((sum, it) => sum + (it.people?.orders ?? 0), 0)
  const refund = (orderId: string): Promise<void> =>
    world.log.refund(shop, { refundId: `r ${orderId}`, orderId, lines: [], valueMicros: -1 }, true)
  check.equal(orders(), 2)
  await world.log.join(shop, keyOf('person1'), keyOf('person3'))
  await world.log.forget(shop, keyOf('person2'))
  check.equal(orders(), 1)
  await refund('person2')
  check.equal(orders(), 1)
  await refund('person1')
  check.equal(orders(), 0)
})

test('whoever is forgotten is in no experiment, and their orders count for nothing', async () => {
  world.know(shop, `anon:${anna}`, {}, 'person1')
  const answer = await idOf(`slot=trial&person=${anna}`)
  await world.events(shop, [{ answer, type: 'click', product: 'p1' }], { person: anna })
  const { keyOf } = await import('../../src/base/key.js')
  await world.log.forget(shop, keyOf('person1'))
  world.people.clear()
  const line = { product: 'p1', quantity: 1, priceMicros: 1 }
  const order = { orderId: 'o', lines: [line], valueMicros: 1, atMs: world.clock.nowMs() + 1_000 }
  await world.log.order(shop, ['person1'], order)
  const { clicks, orders, people } = row('trial')!
  check.deepEqual([clicks, orders, people?.people], [1, 0, 0])
})
