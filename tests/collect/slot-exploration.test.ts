// Goal: data people get all that was kept of a slot that explores, a line each, however much it is, in memory that doesn't
// grow with it; what is wrong is named. Method: the endpoint over a real folder; what is kept is made up.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { ShopDirectory } from '../../src/catalogue/shop-directory.js'
import type { Call } from '../../src/collect/endpoint.js'
import {
  type ExplorationPart,
  slotExplorationEndpoints,
} from '../../src/collect/slot-exploration.js'
import { shopFile } from '../bidding/world.js'
import { caller } from './calling.js'

const folder = mkdtempSync(join(tmpdir(), 'grosz-slot-exploration-'))
const directory = new ShopDirectory({ folder, currencies: ['PLN'] })
/** In Warsaw it is the first of March already. */
const clock = new ManualClock(Date.parse('2026-02-28T23:30:00Z'))
let asked: unknown[][] = []
let parts: ExplorationPart[] = []
const exploration = {
  shown(...asking: readonly unknown[]) {
    asked.push([...asking])
    return parts[asked.length - 1]!
  },
}
const endpoints = slotExplorationEndpoints({ directory, exploration, clock })
const call = caller(endpoints, { shopId: 'a', key: { id: 'k', shopId: 'a', role: 'viewer' } })

beforeAll(async () => {
  const { shop, ...rest } = shopFile('a', [])
  const own = { ...shop, timeZone: 'Europe/Warsaw' }
  await directory.create({ ...rest, shop: own, slots: [{ id: 'own', page: 'home' }] })
})
afterAll(async () => {
  await directory.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  asked = []
  parts = [{ items: [], next: null }]
})

test('all parts are lines, also where one of them has none', async () => {
  parts = [
    { items: [], next: 'x' },
    { items: [{ n: 1 }, { n: 2 }], next: 'y' },
    { items: [], next: 'z' },
    { items: [{ n: 3 }], next: null },
  ]
  const came = await call('GET', '/v1/slots/own/exploration', { query: { from: '2026-02-20' } })
  check.equal(came.status, 200)
  check.equal(came.headers['Content-Type'], 'application/x-ndjson')
  check.equal(came.body, '{"n":1}\n{"n":2}\n{"n":3}\n')
  const days = { slot: 'own', from: '2026-02-20', to: '2026-03-01', timeZone: 'Europe/Warsaw' }
  check.deepEqual(
    asked,
    ['', 'x', 'y', 'z'].map((after) => ['a', days, after]),
  )
})

test('no more is read than is taken', async () => {
  parts = Array.from({ length: 1_000 }, (_, at) => ({ items: [{ at }], next: `${at}` }))
  const asking: Partial<Call> = { shopId: 'a', params: { slot: 'own' }, query: {} }
  const { body } = await endpoints[0]!.handle(asking as Call)
  check.ok(body instanceof Readable)
  for await (const line of body) if (String(line).includes('5')) break
  check.ok(asked.length < 40, `${asked.length}`)
})

test.each([
  [{ from: 'yesterday' }, 'query.from'],
  [{ from: '2026-03-02' }, 'query.from'],
  [{ to: '2026-02-30' }, 'query.to'],
  [{ days: '3' }, 'query'],
])('%j is refused', async (query, where) => {
  const { status, body } = await call('GET', '/v1/slots/own/exploration', { query: { ...query } })
  check.equal(status, 400)
  check.ok(body.problems[0].where.startsWith(where), JSON.stringify(body))
  check.equal(asked.length, 0)
})

test('a slot that is set, or a page’s own, may have nothing; one that nobody knows isn’t there', async () => {
  for (const [slot, status] of [
    ['own', 200],
    ['product', 200],
    ['gone', 404],
  ] as const) {
    asked = []
    const came = await call('GET', `/v1/slots/${slot}/exploration`)
    check.equal(came.status, status, slot)
    if (status === 200) check.equal(came.body, '')
  }
  asked = []
  parts = [{ items: [{ n: 1 }], next: null }]
  check.equal((await call('GET', '/v1/slots/gone/exploration')).status, 200)
})
