// Goal: what is taken is within its bounds, at its real time, of whom it says, and the same when it comes again; nothing
// that a sender writes breaks it. Method: single rules by hand; then good bodies changed at random, and what only
// somebody who means harm would send. Seeds are printed.
import { strict as check } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'vitest'
import { Random } from '../../src/base/random.js'
import type { Event } from '../../src/people/event.js'
import { eventTypes, itemCountMax } from '../../src/people/event.js'
import { emailHash, emailKey, makePersonToken } from '../../src/people/keys.js'
import { isUid } from '../../src/profiles/uid.js'
import { deviceUid, shopUid } from '../../src/profiles/uid-kinds.js'
import { contextOf, convert, eventOf, nowMs, secret } from './dialects/world.js'

const dayMs = 86_400_000
const view = { type: 'page_view', anonymousId: 'a' }
const cookieUid = 'AbCdEfGhIjKlMnOpQrStuA'
const agreed = { consent: { ads: true } }
const denied = { consent: { ads: false } }

test('enrich: the sender’s clock is set right by when it says that it sent', () => {
  const at = (timestamp: unknown, sentAt?: unknown): number =>
    eventOf({ events: [{ ...view, timestamp }], sentAt }).atMs
  const iso = (ms: number): string => new Date(ms).toISOString()
  for (const skewMs of [0, 1, -1, 3_600_000, -3_600_000, 400 * dayMs, -20_000 * dayMs])
    check.equal(at(iso(nowMs + skewMs - 7_000), iso(nowMs + skewMs)), nowMs - 7_000, `${skewMs}`)
  check.equal(at(iso(nowMs - 5)), nowMs - 5, 'without sentAt it is taken for true')
  check.equal(at(undefined, iso(nowMs)), nowMs)
  check.equal(at(iso(nowMs + 1_000), iso(nowMs)), nowMs, 'sent before it happened')
})

test('enrich: times are understood as they are mostly written, and nothing else for one', () => {
  const at = (timestamp: unknown): number => eventOf({ ...view, timestamp }).atMs
  const wanted = Date.parse('2025-05-01T08:00:00Z')
  for (const timestamp of [
    ...['2025-05-01T08:00:00Z', '2025-05-01 08:00:00', '2025-05-01T08:00', wanted, `${wanted}`],
    ...[
      '2025-05-01T10:00:00+02:00',
      '2025-05-01T10:00:00.000+0200',
      wanted / 1_000,
      wanted * 1_000,
    ],
  ])
    check.equal(at(timestamp), wanted, `${timestamp}`)
  for (const timestamp of [
    '05/01/2025',
    'now',
    {},
    [],
    true,
    -1,
    1e300,
    '2025-13-01',
    'x'.repeat(1e6),
  ]) {
    const { events, findings } = convert({ ...view, timestamp })
    check.equal(events.length, 0)
    check.equal(findings.problems[0]?.where, 'timestamp')
  }
})

test('enrich: how long ago depends on who says it', () => {
  const isTaken = (days: number, source: 'tag' | 'server' | 'offline'): boolean =>
    convert({ ...view, timestamp: nowMs - days * dayMs }, { source }).events.length === 1
  check.deepEqual([isTaken(7, 'tag'), isTaken(8, 'tag')], [true, false])
  check.deepEqual([isTaken(90, 'server'), isTaken(91, 'server')], [true, false])
  check.deepEqual([isTaken(3_653, 'offline'), isTaken(3_654, 'offline')], [true, false])
})

test('enrich: the same bytes are the same event, also where the sender gave it no id', () => {
  const cart = { type: 'add_to_cart', anonymousId: 'a', items: [{ item_id: 'A1' }] }
  const timed = { ...cart, timestamp: '2025-05-01T09:00:00Z' }
  const sent = (event: object, sentAt: string): string =>
    eventOf({ events: [event], sentAt }).messageId
  const first = sent(timed, '2025-05-01T10:00:00Z')
  check.match(first, /^#[\w-]{43}$/)
  check.equal(sent(timed, '2025-05-01T10:00:04Z'), first, 'sent again')
  check.equal(eventOf({ ...timed, sentAt: '2025-05-01T10:00:04Z' }).messageId, first)
  check.equal(eventOf(timed, { nowMs: nowMs + dayMs }).messageId, first, 'sent again tomorrow')
  check.notEqual(eventOf({ ...timed, anonymousId: 'b' }).messageId, first)
  check.equal(eventOf(cart).messageId, eventOf(cart, { nowMs: nowMs + 1_000 }).messageId)
  check.notEqual(eventOf(cart).messageId, eventOf(cart, { nowMs: nowMs + dayMs }).messageId)
  const long = 'x'.repeat(5_000)
  check.match(eventOf({ ...view, messageId: long }).messageId, /^#[\w-]{43}$/)
  const body = { ...timed, customerId: '1', email: 'jan@example.com' }
  check.deepEqual(eventOf(body), eventOf(structuredClone(body)))
})

test('enrich: a till’s orders have ids that no browser can guess and use before', () => {
  const purchase = { type: 'purchase', messageId: 'order 1', customerId: '1', value: 1 }
  check.equal(eventOf(purchase).messageId, 'order 1')
  const { messageId } = eventOf(purchase, { source: 'offline' })
  check.match(messageId, /^#[\w-]{43}$/)
  check.equal(eventOf(purchase, { source: 'offline' }).messageId, messageId)
})

test('enrich: our cookie counts where adverts were agreed to, and where that is taken back', () => {
  const uids = (body: object, isCookieNew = false): readonly string[] =>
    eventOf(body, { source: 'tag', cookieUid, isCookieNew }).who.uids
  check.deepEqual(uids({ ...view, ...agreed }), [cookieUid])
  check.deepEqual(uids({ ...view, ...agreed }, true), [cookieUid])
  check.deepEqual(uids(view), [])
  check.deepEqual(uids({ ...view, ...denied }), [])
  check.deepEqual(uids({ ...view, ...denied, type: 'consent' }), [cookieUid])
  check.deepEqual(uids({ ...view, ...denied, type: 'consent' }, true), [], 'nobody yet')
})

test('enrich: a browser that denies adverts for everything is heeded whatever the page says', () => {
  const gpc = { source: 'tag', cookieUid, deniesAds: true } as const
  const { consent, who } = eventOf({ ...view, consent: { ads: true, personalization: true } }, gpc)
  check.deepEqual(consent, { ads: false, personalization: true })
  check.deepEqual(who.uids, [])
  check.deepEqual(eventOf(view, gpc).consent, { ads: false, personalization: null })
})

test('enrich: tokens say who came by a click or a mail', () => {
  const clickToken = makePersonToken(secret, 'click', cookieUid, nowMs + 60_000)
  const mailToken = makePersonToken(secret, 'mail', 'cust:42', nowMs + 60_000)
  check.deepEqual(eventOf({ ...view, clickToken, mailToken }).who, {
    anonymousId: 'a',
    customerId: '42',
    emailKey: '',
    uids: [cookieUid],
  })
  check.equal(eventOf({ ...view, customerId: '7', mailToken }).who.customerId, '7')
  const swapped = eventOf({ ...view, clickToken: mailToken, mailToken: clickToken })
  check.deepEqual([swapped.who.customerId, swapped.who.uids], ['', []])
  check.deepEqual(eventOf({ ...view, clickToken, ...denied }).who.uids, [])
  const expired = eventOf({ ...view, clickToken, mailToken }, { nowMs: nowMs + 60_000 })
  check.deepEqual([expired.who.customerId, expired.who.uids], ['', []])
})

test('enrich: where exchanges may send the shop’s own people, they are called as those will call them', () => {
  const salt = 'a salt of sixteen or more'
  const { uids } = eventOf(
    { ...view, customerId: '42', email: 'Jan@example.com', ifa: 'ABCD-1' },
    { eids: { salt } },
  ).who
  check.deepEqual(uids, [
    deviceUid('abcd-1'),
    shopUid('shoes', salt, emailHash('jan@example.com')),
    shopUid('shoes', salt, '42'),
  ])
})

test('enrich: a page is not believed that money was paid back', () => {
  const refund = { type: 'refund', customerId: '1', orderId: 'o' }
  check.equal(convert(refund, { source: 'tag' }).events.length, 0)
  check.equal(convert(refund).events.length, 1)
})

test('enrich: a purchase without a number still counts once', () => {
  const event = eventOf({ type: 'purchase', messageId: 'm', customerId: '1', value: 5 })
  check.equal(event.orderId, 'm')
})

test('enrich: an address is in nothing that comes out, whatever field it was in', () => {
  for (const field of ['email', 'customerId', 'anonymousId', 'query']) {
    const body = { type: 'search', query: 'x', [field]: 'jan@example.com' }
    const { events, findings } = convert(body)
    check.doesNotMatch(JSON.stringify({ events, findings }), /jan|example/, field)
    if (field !== 'query') check.equal(events[0]!.who.emailKey, emailKey(secret, 'jan@example.com'))
  }
})

test('enrich: the most that may be is taken, and one more is not', () => {
  const items = Array.from({ length: itemCountMax }, (_, i) => ({ item_id: `p${i}`, price: 1 }))
  const cart = (of: unknown): object => ({ type: 'view_cart', anonymousId: 'a', items: of })
  check.equal(eventOf(cart(items)).items.length, itemCountMax)
  check.equal(convert(cart([...items, items[0]])).findings.problems[0]?.where, 'items')
  check.equal(eventOf({ ...view, anonymousId: 'y'.repeat(128) }).who.anonymousId.length, 128)
  check.equal(convert({ ...view, anonymousId: 'y'.repeat(129) }).events.length, 0)
  check.equal(convert(cart([{ item_id: 'a', price: 9e9, quantity: 2 }])).events.length, 0)
  check.equal(eventOf(cart([{ item_id: 'a', price: 9e9 }])).items[0]!.priceMicros, 9e15)
  const rich = [1, 2].map(() => ({ item_id: 'a', price: 8e9 }))
  check.equal(convert(cart(rich)).findings.problems[0]?.where, 'items')
  const search = eventOf({ type: 'search', anonymousId: 'a', query: '👟'.repeat(1_000_000) })
  check.equal(search.query, '👟'.repeat(100))
})

/** Throws where an event is beyond what the rest of the program may rely on. */
function checkBounds(event: Event): void {
  const { type, messageId, atMs, who, items, valueMicros, orderId, query, category, rating } = event
  check.ok(eventTypes.includes(type))
  check.ok(isUid(messageId), 'messageId')
  check.ok(Number.isSafeInteger(atMs) && atMs <= nowMs && atMs >= nowMs - 90 * dayMs, 'atMs')
  for (const id of [who.anonymousId, who.customerId, orderId]) check.ok(id === '' || isUid(id), id)
  check.match(who.emailKey, /^(?:[\w-]{43})?$/)
  check.ok(who.uids.length <= 8 && who.uids.every(isUid), 'uids')
  check.ok(items.length <= itemCountMax)
  for (const item of items) {
    check.ok(isUid(item.product), 'product')
    check.ok(Number.isInteger(item.quantity) && item.quantity > 0 && item.quantity <= 100_000)
    check.ok(
      item.priceMicros === -1 || (Number.isSafeInteger(item.priceMicros) && item.priceMicros >= 0),
    )
    check.ok(item.quantity * item.priceMicros <= Number.MAX_SAFE_INTEGER)
    check.ok(item.category.length <= 200 && item.brand.length <= 100)
    check.ok(item.marginShare === -1 || (item.marginShare >= 0 && item.marginShare <= 1))
  }
  check.ok(valueMicros === -1 || (Number.isSafeInteger(valueMicros) && valueMicros >= 0), 'value')
  check.ok(query.length <= 200 && category.length <= 200)
  check.doesNotMatch(query + category, /[\p{Cc}\p{Surrogate}]/u)
  check.ok(rating === -1 || (rating >= 0 && rating <= 5))
  check.equal(typeof event.isGift, 'boolean')
}

const folder = new URL('../cases/event/', import.meta.url)
const bodies = readdirSync(folder).map(
  (name) => (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { body: unknown }).body,
)
const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown
const strange: readonly unknown[] = [
  ...[null, true, '', ' ', 0, -1, 0.1, 1e308, -0, 2 ** 53, '1e9', '-5', 'NaN', [], {}, [[]], deep],
  ...['\u0000', '\ud800', '\ufffd', 'x'.repeat(1_000_000), '👟'.repeat(70), '<script>', '=1+1'],
  JSON.parse('{"__proto__":{"type":"page_view","ads":true},"constructor":1,"toString":1}'),
  { ads: { toString: null } },
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'],
]

/** A copy with a few values somewhere in it put in another's place, taken out, or doubled. */
function mutated(body: unknown, random: Random): unknown {
  const copy = structuredClone(body)
  for (let n = 1 + random.below(3); n > 0; n--) {
    let holder: unknown = copy
    for (let depth = random.below(7); depth >= 0; depth--) {
      if (typeof holder !== 'object' || holder === null) break
      const names = Object.keys(holder)
      if (names.length === 0) break
      const name = names[random.below(names.length)]!
      const record = holder as Record<string, unknown>
      const next = record[name]
      if (depth > 0 && typeof next === 'object' && next !== null) {
        holder = next
        continue
      }
      if (random.below(6) === 0) delete record[name]
      else record[name] = strange[random.below(strange.length)]
      break
    }
  }
  return copy
}

test('enrich: whatever is sent, nothing throws, and no event is beyond its bounds', {
  timeout: 60_000,
}, () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
  const random = new Random(seed)
  let eventCount = 0
  for (let i = 0; i < 3_000; i++) {
    const body = mutated(bodies[random.below(bodies.length)], random)
    const where = `seed ${seed}, body ${i}`
    let converted: ReturnType<typeof convert>
    try {
      converted = convert(body, { cookieUid, eids: { salt: 'a salt of sixteen or more' } })
    } catch (error) {
      throw new Error(where, { cause: error })
    }
    for (const event of converted.events) {
      eventCount++
      try {
        checkBounds(event)
      } catch (error) {
        throw new Error(`${where}: ${JSON.stringify(event).slice(0, 2_000)}`, { cause: error })
      }
    }
    check.ok(converted.findings.problems.length <= 100)
    for (const { reason } of converted.findings.problems) check.ok(reason.length < 200, where)
  }
  check.ok(eventCount > 1_000, `only ${eventCount} events came of it: seed ${seed}`)
})

test('enrich: the strangest whole bodies are refused with a sentence or event by event', () => {
  for (const body of strange) {
    convert(body)
    convert([body, body])
    convert({ events: body })
    convert({ batch: [body], sentAt: body })
    convert({ client_id: body, events: [{ name: 'purchase', params: body }] })
    convert({ ...view, timestamp: body, messageId: body })
    check.equal(convert({ ...view, extra: body }, contextOf()).findings.problemCount <= 1, true)
  }
  check.equal(({} as { type?: unknown }).type, undefined, 'no prototype was changed')
})
