// Goal: a till's file comes to the orders that are in it, whatever its columns are called and its numbers and dates look
// like; what can't be told for sure is refused with its line, and no order is taken in parts. Method: files as shops'
// programs export them.
import { strict as check } from 'node:assert'
import { expect, test } from 'vitest'
import { readDecimal, readLocal } from '../../../src/people/dialects/orders/cells.js'
import { findColumns } from '../../../src/people/dialects/orders/columns.js'
import { OrderGatherer } from '../../../src/people/dialects/orders/gather.js'
import { LocalTime } from '../../../src/people/dialects/orders/local-time.js'
import { readOrderRows } from '../../../src/people/dialects/orders/read-rows.js'
import { toEvent } from '../../../src/people/enrich.js'
import type { Event } from '../../../src/people/event.js'
import { Findings } from '../../../src/people/findings.js'
import { contextOf } from './world.js'

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 50) yield text.slice(at, at + 50)
}

async function read(lines: readonly string[] | string): Promise<{
  events: readonly Event[]
  places: readonly string[]
  gatherer: OrderGatherer
  findings: Findings
}> {
  const findings = new Findings()
  const gatherer = new OrderGatherer(new LocalTime('Europe/Warsaw'), findings)
  const raws = []
  const text = typeof lines === 'string' ? lines : lines.join('\n')
  for await (const row of readOrderRows(pieces(text))) raws.push(...gatherer.add(row))
  raws.push(...gatherer.end())
  const context = contextOf({ findings, source: 'offline' })
  const events = raws.flatMap((raw) => toEvent(raw, context) ?? [])
  return { events, gatherer, findings, places: findings.problems.map(({ where }) => where) }
}

test('orders: a Polish till’s file', async () => {
  const { events, findings } = await read([
    'Nr zamówienia;Data zakupu;Numer klienta;Adres e-mail;Kod produktu;Ilość;Cena brutto;Prezent',
    '7/2025;30.04.2025 14:05;42;jan@example.com;A1;2;1 299,00 zł;tak',
    '7/2025;30.04.2025 14:05;42;jan@example.com;B2;1;9,90;nie',
    '8/2025;30.04.2025;;anna@example.com;A1;1;;',
  ])
  check.deepEqual(findings.problems, [])
  expect(events).toMatchObject([
    {
      type: 'purchase',
      source: 'offline',
      orderId: '7/2025',
      atMs: Date.parse('2025-04-30T14:05:00+02:00'),
      isGift: true,
      who: { customerId: '42' },
      items: [
        { product: 'A1', quantity: 2, priceMicros: 1_299_000_000, category: 'Boots' },
        { product: 'B2', quantity: 1, priceMicros: 9_900_000 },
      ],
    },
    // What it costs now isn't what was paid then.
    { orderId: '8/2025', isGift: false, items: [{ product: 'A1', priceMicros: -1 }] },
  ])
  for (const { who } of events) check.match(who.emailKey, /^[\w-]{43}$/)
})

test('orders: Shopify’s export, an ERP’s with dates of the month first, and one with totals alone', async () => {
  const shopify = await read([
    'Name,Email,Created at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku',
    '#1001,jan@example.com,2025-04-30 14:05:11 +0200,EUR,30.00,2,Boot,10.00,A1',
    '#1001,,,,,1,Sock,10.00,S1',
  ])
  check.deepEqual(shopify.places, [])
  expect(shopify.events).toMatchObject([
    {
      orderId: '#1001',
      atMs: Date.parse('2025-04-30T14:05:11+02:00'),
      valueMicros: 120_000_000,
      items: [
        { product: 'A1', quantity: 2, priceMicros: 40_000_000 },
        { product: 'S1', quantity: 1 },
      ],
    },
  ])
  const erp = await read([
    'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
    '536365,85123A,HOLDER,6,4/1/2025 8:26,2.55,17850.0,United Kingdom',
    '536366,85123A,HOLDER,1,4/13/2025 13:26,2.55,17850.0,United Kingdom',
    'C536379,D,Discount,-1,4/13/2025 9:41,27.5,14527.0,United Kingdom',
  ])
  check.deepEqual(erp.places, ['line 4.Quantity'])
  expect(erp.events).toMatchObject([
    { orderId: '536365', atMs: Date.parse('2025-04-01T08:26+02:00'), who: { customerId: '17850' } },
    { orderId: '536366', atMs: Date.parse('2025-04-13T13:26+02:00') },
  ])
  const totals = await read(['order,date,customer,total', 'o1,2025-04-01,7,"1,299.50"'])
  expect(totals.events).toMatchObject([{ valueMicros: 1_299_500_000, items: [] }])
})

test('orders: lines of JSON, an order each or a product each', async () => {
  const { events, places } = await read([
    '{"orderId":"o1","timestamp":"2025-04-01T10:00:00Z","customerId":42,"isGift":true,"currency":"EUR","items":[{"sku":"A1","quantity":2,"price":1.299},{"sku":"B2","price":3}]}',
    '{"order_id":"o2","date":"2025-04-01","email":"jan@example.com","sku":"A1","price":5}',
    '{"order_id":"o3"',
    '{"order_id":"o4","date":"2025-04-01","customer":"1","items":[]}',
    '{"date":"2025-04-01","customer":"1","sku":"A1"}',
    '',
  ])
  expect(events).toMatchObject([
    {
      orderId: 'o1',
      atMs: Date.parse('2025-04-01T10:00:00Z'),
      isGift: true,
      items: [{ priceMicros: 5_196_000 }, { priceMicros: 12_000_000 }],
    },
    { orderId: 'o2', atMs: Date.parse('2025-04-01T00:00:00+02:00') },
  ])
  check.deepEqual(places, ['line 3', 'line 4', 'line 5'])
})

test('orders: an order with a faulty row is left whole for the next time', async () => {
  const file = [
    'order_id,date,customer_id,sku,quantity,price',
    'o1,2025-04-01,1,A1,1,5',
    'o1,2025-04-01,1,A2,one,5',
    'o2,2025-04-01,1,A1,1,1.299',
    'o3,2025-04-01,1,A1,0,1',
    'o4,1 April,1,A1,1,1',
    'o7,,1,A1,1,1',
    ',2025-04-01,1,A1,1,1',
    'o5,2025-04-01,1,,1,1',
    'o6,2025-04-01,1,A1,1,1',
    'o6,2025-04-01,1,RETURN,-1,1',
  ]
  const { events, gatherer, places } = await read(file)
  check.deepEqual(
    events.map((it) => it.orderId),
    ['o6'],
  )
  check.deepEqual(places, [
    ...['line 3.quantity', 'line 4.price', 'line 5.quantity', 'line 6.date', 'line 7.date'],
    ...['line 8.order_id', 'line 9.sku', 'line 11.quantity'],
  ])
  check.deepEqual(
    [gatherer.rowCount, gatherer.refusedRowCount, gatherer.refusedOrderCount],
    [10, 8, 6],
  )
  const again = await read(file.map((row) => row.replace('one', '1').replace('1.299', '1.30')))
  check.equal(again.events.length, 3)
  const [first] = again.events
  check.equal((await read(file)).events[0]!.messageId, again.events.at(-1)!.messageId)
  check.equal(first!.items.length, 2)
})

test('orders: rows of one order may stand apart, within bounds, and it is never taken twice', async () => {
  const rows = Array.from({ length: 1_500 }, (_, i) => `o${i},2025-04-01,1,A1,1,5`)
  const file = ['order,date,customer,sku,qty,price', ...rows, 'o1400,2025-04-01,1,B2,1,5']
  const { events, places, gatherer } = await read([...file, 'o0,2025-04-01,1,B2,1,5'])
  check.equal(events.length, 1_500)
  check.equal(events.find((it) => it.orderId === 'o1400')!.items.length, 2)
  check.equal(events.find((it) => it.orderId === 'o0')!.items.length, 1)
  check.deepEqual(places, ['line 1503.order'])
  check.equal(gatherer.refusedRowCount, 1)
})

test('orders: a wholesale order of very many products keeps its worth', async () => {
  const rows = Array.from({ length: 700 }, (_, i) => `o,2025-04-01,1,p${i},2,5`)
  const { events, findings } = await read(['order,date,customer,sku,qty,price', ...rows])
  check.equal(events[0]!.items.length, 200)
  check.equal(events[0]!.valueMicros, 7_000_000_000)
  check.equal(findings.problemCount, 1)
})

test('orders: a file that isn’t one says what it lacks', async () => {
  await check.rejects(read(['a,b', '1,2']), /order’s number.*date.*whose.*product.*"a", "b"/s)
  await check.rejects(read(''), /empty/)
  await check.rejects(read(['order_id,date,customer', 'x']), /the product \(as sku\)/)
  await check.rejects(read(['order,date,customer,sku,price', 'o,2025-04-01,1,"A1,5']), /quotation/)
  const columns = findColumns(['E-mail', 'EAN', 'SKU', 'Order #', 'Order ID', 'Order Date'])
  check.ok(typeof columns !== 'string')
  const { places } = columns
  check.deepEqual([places.email, places.product, places.order, places.date], [0, 2, 4, 5])
})

test('orders: numbers are what they look like to people of their country, or ambiguous', () => {
  for (const [text, number] of [
    ...[
      ['19.99', 19.99],
      ['19,99', 19.99],
      ['1 299,00 zł', 1_299],
      ['€1,299.00', 1_299],
    ],
    ...[
      ['1.299,00 EUR', 1_299],
      ['USD 5', 5],
      ['1,299,000', 1_299_000],
      ['0.350', 0.35],
    ],
    ...[
      ['-3', -3],
      ['12.345,678', 12_345.678],
      ['1\u00a0299', 1_299],
      ['5 kg', 5],
      ['.5', 0.5],
    ],
  ] as [string, number][])
    check.equal(readDecimal(text), number, text)
  for (const text of ['1.299', '1,299', '999.000'])
    check.equal(readDecimal(text), 'ambiguous', text)
  for (const text of ['', 'x', '1.2.3', '1,2,3', '--1', '1e5', '=1+1', '12/3', '5 apples a day'])
    check.ok(Number.isNaN(readDecimal(text)), text)
  check.equal(readDecimal(1.299), 1.299)
})

test('orders: dates are in the shop’s time zone, also when its clocks are changed', () => {
  const time = new LocalTime('Europe/Warsaw')
  const at = (text: string, place: 'first' | 'second' | 'unknown' = 'unknown'): string | null => {
    const local = readLocal(text, place)
    if (local === null || local === 'ambiguous') return local
    return new Date(time.msOf(local)).toISOString()
  }
  check.equal(at('2025-01-31'), '2025-01-30T23:00:00.000Z')
  check.equal(at('20250131'), '2025-01-30T23:00:00.000Z')
  check.equal(at('2025/07/01 12:00'), '2025-07-01T10:00:00.000Z')
  check.equal(at('1.7.25, 12:00'), '2025-07-01T10:00:00.000Z')
  check.equal(at('7/1/2025 12:00:30 PM', 'second'), '2025-07-01T10:00:30.000Z')
  check.equal(at('1/7/2025 12:00 am', 'first'), '2025-06-30T22:00:00.000Z')
  check.equal(at('01/07/2025'), 'ambiguous')
  check.equal(at('07/07/2025'), '2025-07-06T22:00:00.000Z')
  check.equal(at('31/07/2025'), '2025-07-30T22:00:00.000Z')
  // The night of 30 March has no 02:30, that of 26 October two of them.
  check.equal(at('2025-03-30 01:59'), '2025-03-30T00:59:00.000Z')
  check.equal(at('2025-03-30 02:30'), '2025-03-30T01:30:00.000Z')
  check.equal(at('2025-03-30 03:00'), '2025-03-30T01:00:00.000Z')
  check.equal(at('2025-10-26 02:30'), '2025-10-26T00:30:00.000Z')
  check.equal(at('2025-10-26 03:00'), '2025-10-26T02:00:00.000Z')
  for (const text of [
    '31.02.2025',
    '2025-13-01',
    '2025-01-01 25:00',
    '1/2',
    'today',
    '0',
    '2/2/2025 13:00 pm',
  ])
    check.equal(at(text), null, text)
})
