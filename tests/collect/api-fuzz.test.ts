// Goal: whatever is sent to the shops' API, nothing fails, every answer is data that says what was wrong, and memory stays
// bounded. Method: all operations of /openapi.json of an API that runs, with hostile paths, queries, headers and bodies, and
// random changes of the examples that the document has itself; over one connection that is kept, so that what one call
// leaves behind breaks the next. `checkAnswer` says what every answer must be.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { ask, type Operation, openWorld, pathOf, type World } from './api-fuzz-world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const random = new Random(seed)
let world: World
let operations: readonly Operation[]

beforeAll(async () => {
  world = await openWorld()
  operations = world.operations
})
afterAll(() => world.close())

/** Nothing that these do to shop a may keep the others from being asked. */
const isFinal = ({ operationId }: Operation): boolean => operationId === 'deleteShop'
const ownPath = (it: Operation): string => pathOf(it, world.own)

const long = 'x'.repeat(10_000)
const hostileNames = [
  ...['..', '../../etc/passwd', '..%2f..%2fkeys.json', '/etc/passwd', '.', './..', 'c\\..\\d'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined'],
  ...['\0', 'a\0b', '\u0001', '\n', 'a\r\nX-Header: 1', '\u202e', '\ud83d\ude00', 'ą'.repeat(300)],
  ...[long, 'ą'.repeat(1_000), '-1', '0', '1e309', 'NaN', '9007199254740993', "' or 1=1 --"],
  ...['<script>alert(1)</script>', '=cmd()', '{{7*7}}', '${7*7}', '%', '%%', ' ', 'cust:', ':'],
  ...['cust:\0', `cust:${'ą'.repeat(1_000)}`, 'email:', `email:${long}`, 'uid:ifa:', 'shop-b\0x'],
]
/** What no program would put into a path. */
const hostileRaw = [
  '%',
  '%zz',
  '%c0%af',
  '%ff',
  '%00',
  '%ed%a0%80',
  '%2e%2e%2f',
  '..',
  '//',
  ';a=b',
]

test('no name in a path makes it fail, or leads elsewhere', async () => {
  for (const it of operations) {
    if (!it.path.includes('{')) continue
    for (const name of hostileNames) {
      const path = it.path.replace(/\{\w+\}/g, encodeURIComponent(name))
      await ask(world, it, path, { body: '{}' })
    }
    for (const name of hostileRaw)
      await ask(world, it, it.path.replace(/\{\w+\}/g, name), { body: '{}' })
  }
  expect(readdirSync(join(world.folder, 'catalogue')).sort()).toEqual(['a.json', 'b.json'])
  expect(readdirSync(join(world.folder, 'exchanges'))).toEqual(['north.json'])
})

test('no query and no header makes it fail', async () => {
  const headers = [
    ...[
      'If-Match',
      'If-None-Match',
      'Content-Encoding',
      'Content-Type',
      'Accept-Encoding',
      'Origin',
    ],
    ...['Cookie', 'X-Forwarded-For', 'Content-Length', 'Authorization', 'Range', 'Expect', 'Host'],
  ]
  const values = ['"', '*', 'W/"x"', long, '\u00ff', ',,,,', '"\'', 'gzip, gzip', '-1', '../..']
  for (const it of operations) {
    if (isFinal(it)) continue
    const names = [...it.queryNames, 'shop', '__proto__', 'constructor', 'after', 'limit', 'x[]']
    for (const name of names)
      for (const value of [
        '',
        '-1',
        'NaN',
        '1e9',
        '0',
        long,
        '\0',
        '__proto__',
        '[]',
        '\ud83d',
        '%',
      ])
        await ask(world, it, `${ownPath(it)}?${name}=${encodeURIComponent(wellFormed(value))}`, {
          body: '',
        })
    for (const raw of [
      '?',
      '&',
      '=',
      '%',
      '?%ff=%c0',
      '?a=1&a=2&shop=b',
      '?limit=1&limit=2',
      '?shop=a&shop=b',
    ])
      await ask(world, it, ownPath(it) + (raw.startsWith('?') ? raw : `?${raw}`), { body: '' })
    for (const name of headers) {
      if (['Content-Length', 'Expect', 'Host', 'Authorization'].includes(name)) continue
      await ask(world, it, ownPath(it), { body: '', headers: { [name]: random.pick(values) } })
    }
  }
})

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + close.repeat(depth)
const hostileBodies: readonly (string | Buffer)[] = [
  ...['', ' ', 'null', '0', '""', '[]', '{}', '[[]]', '[null]', 'true', '-', '{', '[', '"', 'NaN'],
  ...['{"__proto__":{"role":"operator"}}', '{"constructor":{"prototype":{}}}', '[{"__proto__":1}]'],
  ...[nested(100_000, '[', ']'), nested(50_000, '{"a":', '}'), `{"a":${nested(9_000, '[', ']')}}`],
  ...['{"events":{}}', '{"events":[{"type":{}}]}', '{"batch":[[]]}', '[{"type":"view_item"}]'],
  ...['{"a":1e999}', '{"bid":-1e308,"maxCpm":1e308}', '[1,2,3]', '\ufeff{}', '{"a":"\\ud800"}'],
  ...[
    'id,email\n=cmd(),x@y.example\n',
    'id\n\0\n',
    `id\n"${long}\n`,
    '"',
    '\n\n\n',
    'a\tb\n1\t2\n',
  ],
  ...['{"uid":"\0"}\n', '{"uid":{"a":1}}\n', '{"customerId":1e400}\n', '<rss><channel><item>'],
  ...['<!DOCTYPE x [<!ENTITY a "&a;">]><x>&a;</x>', '<?xml version="1.0"?><a>'],
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from([0xc0, 0xaf, 0x7b]),
  Buffer.from('{"name":"\xff\xfe"}', 'latin1'),
  Buffer.alloc(1_000),
  gzipSync('{}'),
  gzipSync('{}').subarray(0, 12),
]

test('no body makes it fail, whatever it says that it is', async () => {
  const types = [
    '',
    'text/csv',
    'multipart/form-data; boundary=x',
    'text/html',
    'a/b; charset=\u00ff',
    long.slice(0, 2_000),
  ]
  for (const it of operations) {
    if (isFinal(it)) continue
    for (const body of hostileBodies) await ask(world, it, ownPath(it), { body })
    if (it.type === null) continue
    for (const type of types) await ask(world, it, ownPath(it), { body: '{}', type })
    for (const encoding of ['gzip', 'br', 'deflate', 'gzip, gzip', 'x-gzip'])
      for (const body of ['{}', gzipSync('{}'), gzipSync('{}').subarray(0, 12)])
        await ask(world, it, ownPath(it), { body, headers: { 'Content-Encoding': encoding } })
  }
})

const hostileValues: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    -1e308,
    Number.MAX_SAFE_INTEGER,
    4e9,
    '',
    ' ',
    long,
    'ą',
  ],
  ...['<img src=x onerror=alert(1)>', '=HYPERLINK("x")', '\0', '\ud800', '../../x', 'NaN', '1e999'],
  ...[[], {}, [[]], [null], { __proto__: null }, { a: { b: { c: {} } } }, Array(300).fill('x')],
]

/** The example with something in it that is not as it should be. */
function changed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.1))
    return random.pick(hostileValues)
  const entries = Object.entries(value)
  if (entries.length === 0) return random.pick(hostileValues)
  const at = random.below(entries.length)
  const dice = random.next()
  if (dice < 0.15) entries.splice(at, 1)
  else if (dice < 0.3)
    entries.push([random.pick(['__proto__', 'x', '', 'constructor']), random.pick(hostileValues)])
  else entries[at]![1] = changed(entries[at]![1])
  if (Array.isArray(value)) return entries.map(([, item]) => item)
  // As JSON has it: `__proto__` is a name like any other.
  return JSON.parse(
    `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${JSON.stringify(item) ?? 'null'}`)}}`,
  )
}

test('no change of an example makes it fail; what is taken is shown as data', async () => {
  let taken = 0
  for (const it of operations) {
    if (it.type === null || isFinal(it)) continue
    const examples = it.examples.length > 0 ? it.examples : examplesOf(it)
    for (let i = 0; i < 60; i++) {
      let body = random.pick(examples)
      for (let changes = 1 + random.below(3); changes > 0; changes--) body = changed(body)
      const id = wellFormed(String((body as { id?: unknown } | null)?.id ?? 'x'))
      const values = {
        ...world.own,
        [it.path.split('{')[1]?.slice(0, -1) ?? '']: id,
      }
      const path = it.method === 'PUT' && it.path.includes('{') ? pathOf(it, values) : ownPath(it)
      const headers = random.chance(0.5) ? { 'If-Match': '*' } : {}
      const answer = await ask(world, it, path, { body: JSON.stringify(body) ?? '', headers })
      if (answer.status < 300) taken++
    }
  }
  expect(taken).toBeGreaterThan(50)
  // And the shop is as sound as before for whoever reads it.
  for (const it of operations)
    if (it.method === 'GET')
      expect((await ask(world, it, ownPath(it))).status, it.path).toBeLessThan(500)
})

/** Bodies of operations whose document has no example: events, orders, rows of members, patches, feeds. */
function examplesOf({ operationId }: Operation): readonly unknown[] {
  const item = { item_id: 'product-a', quantity: 1, price: 10, item_category: 'Shoes > Boots' }
  const event = {
    ...{
      type: 'purchase',
      messageId: 'm',
      anonymousId: 'x',
      customerId: 'y',
      email: 'a@b.example',
    },
    ...{ timestamp: '2026-01-01T00:00:00Z', sentAt: 1_700_000_000_000, ifa: 'abc', orderId: 'o' },
    ...{ items: [item], value: 10, currency: 'PLN', consent: { ads: true }, rating: 3, query: 'q' },
  }
  if (operationId === 'patchProducts') return [[{ id: 'product-a', price: 5, inStock: false }]]
  if (operationId === 'putMembers') return [{ customerId: 'z', action: 'add', expires: '30d' }]
  if (operationId === 'putFeed')
    return [
      {
        id: 'f',
        title: 't',
        link: '/l',
        image_link: '/i',
        price: '1 PLN',
        availability: 'in stock',
      },
    ]
  if (operationId === 'sendOrders')
    return [
      {
        order_id: 'o',
        date: '2026-01-01',
        customer_id: 'c',
        items: [{ product: 'p', quantity: 1, price: 1 }],
      },
    ]
  if (operationId === 'measurementProtocol')
    return [{ client_id: 'c', events: [{ name: 'purchase', params: { items: [item], value: 1 } }] }]
  if (/^segment[A-Z]/.test(operationId))
    return [
      {
        type: 'track',
        event: 'Product Viewed',
        userId: 'u',
        anonymousId: 'x',
        properties: { product_id: 'p' },
        context: {},
      },
    ]
  if (operationId === 'scanForTraces') return [{ texts: ['abc', 'customer-a'] }]
  if (operationId === 'joinPeople') return [{ into: 'cust:y', from: 'anon:x' }]
  return [event, { events: [event] }, { name: 'x', bid: 1, total: 5, daily: 5 }]
}

test('bodies of any length are refused in time, told so, and kept nowhere', async () => {
  const piece = Buffer.alloc(1_048_576, 'x')
  // Of more, nobody waits for the end.
  function* lengthy(): Iterable<Buffer> {
    for (let sent = 0; sent < 48; sent++) yield piece
  }
  const before = process.memoryUsage().rss
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 5)
  for (const it of operations) {
    if (isFinal(it)) continue
    const answer = await ask(world, it, ownPath(it), { pieces: lengthy() })
    if (it.bytesMax > 0 && it.bytesMax < 48 * 1_048_576) expect(answer.status, it.path).toBe(413)
  }
  clearInterval(timer)
  const grown = Math.round((most - before) / 1_048_576)
  console.info(`resident memory grew by ${grown} MiB at most`)
  expect(grown).toBeLessThan(300)
})

test('a packed body is measured by what comes out of it', async () => {
  const bomb = gzipSync(Buffer.alloc(256 * 1_048_576, '['))
  const before = process.memoryUsage().rss
  for (const it of operations) {
    if (it.type === null) continue
    const headers = { 'Content-Encoding': 'gzip' }
    const answer = await ask(world, it, ownPath(it), { body: bomb, headers })
    expect(answer.status, it.path).toBeGreaterThanOrEqual(400)
  }
  expect((process.memoryUsage().rss - before) / 1_048_576).toBeLessThan(300)
})

test('what shops export into tables is nothing that a spreadsheet would run', async () => {
  const key = world.keys.get('operator')!
  const events = ['=cmd()', '+1', '-1', '@x'].map((name, i) => ({
    ...{ type: 'view_item', customerId: name, email: `=somebody+${i}@x.example` },
    items: [{ item_id: name, item_category: name }],
  }))
  await world.call('POST', '/v1/events?shop=a', { key, body: JSON.stringify(events) })
  const rule = { id: 'all', name: '=cmd()', rule: 'viewed.count >= 1 within 14d' }
  const made = await world.call('PUT', '/v1/segments/all?shop=a', {
    key,
    body: JSON.stringify(rule),
  })
  expect(made.status, made.text).toBe(201)
  let rows: readonly string[] = []
  for (let i = 0; rows.length < 6 && i < 100; i++) {
    const { text, headers } = await world.call('GET', '/v1/segments/all/customer-match?shop=a', {
      key,
    })
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(headers['content-disposition']).toBe('attachment; filename="all.csv"')
    rows = text.split('\n')
  }
  expect(rows.length).toBeGreaterThanOrEqual(6)
  expect(rows.filter((row) => !/^(Email|[0-9a-f]{64}|)$/.test(row))).toEqual([])
})
