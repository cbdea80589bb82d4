// Goal: a marketer sets where products are recommended and reads what it brought: what is wrong is named,
// who has not seen what is there changes nothing, the variants of an experiment are told next to the control,
// and nothing of another shop is in it. Method: the endpoints over a real folder; for the report, counts made up.
import { strict as check } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../src/base/clock.js'
import { recommendPages } from '../../src/base/metrics-recommender.js'
import { ShopDirectory } from '../../src/catalogue/shop-directory.js'
import { pageTypes } from '../../src/catalogue/slots.js'
import { type SlotDays, slotReportEndpoints } from '../../src/collect/slot-report.js'
import type { SlotCounts } from '../../src/collect/slot-table.js'
import { slotEndpoints } from '../../src/collect/slots.js'
import type { VariantReport } from '../../src/recommend/report/report.js'
import { shopFile } from '../bidding/world.js'
import { caller } from './calling.js'

const folder = mkdtempSync(join(tmpdir(), 'grosz-slots-'))
let directory: ShopDirectory
let call: ReturnType<typeof caller>
let counted: Record<string, SlotCounts[]>
let asked: (SlotDays & { readonly shopId: string })[]
/** In Warsaw it is the first of March already. */
const clock = new ManualClock(Date.parse('2026-02-28T23:30:00Z'))
afterAll(async () => {
  await directory.close()
  rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  await directory?.close()
  rmSync(folder, { recursive: true, force: true })
  directory = new ShopDirectory({ folder, currencies: ['PLN', 'EUR'] })
  for (const id of ['a', 'b']) {
    const { shop, ...rest } = shopFile(id, [])
    await directory.create({ ...rest, shop: { ...shop, timeZone: 'Europe/Warsaw' } })
  }
  counted = {}
  asked = []
  const reports = {
    report(shopId: string, days: SlotDays) {
      asked.push({ shopId, ...days })
      const all = counted[shopId] ?? []
      return days.slot === null ? all : all.filter(({ slot }) => slot === days.slot)
    },
  }
  call = caller(
    [...slotEndpoints(directory), ...slotReportEndpoints({ directory, reports, clock })],
    { shopId: 'a', key: { id: 'k1', shopId: 'a', role: 'marketer' } },
  )
})

const experiment = {
  id: 'e1',
  variants: [
    { id: 'bought', share: 0.3, strategies: ['bought-together'] },
    { id: 'sale', share: 0.2, rules: { priceTo: 50 } },
  ],
}

test('the metrics know the pages that slots are on', () => {
  check.deepEqual(recommendPages, pageTypes)
})

describe('slots', () => {
  test('are made, shown, changed and taken away, by whoever has seen what is there', async () => {
    const path = '/v1/slots/also'
    expect((await call('GET', path)).status).toBe(404)
    const made = await call('PUT', path, {
      body: { id: 'also', page: 'product' },
      headers: { 'if-none-match': '*' },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { id: 'also', page: 'product', limit: 12, rules: { pins: [], showViewed: true } },
    })
    expect((await call('PATCH', path, { body: { limit: 6 } })).status).toBe(428)
    const headers = { 'if-match': made.etag }
    const patched = await call('PATCH', path, {
      body: { limit: 6, rules: { pins: [{ product: 'sku-1', position: 2 }] }, experiment },
      headers,
    })
    expect(patched).toMatchObject({ status: 200, body: { limit: 6, experiment: { id: 'e1' } } })
    expect(patched.body.rules.pins).toEqual([{ product: 'sku-1', position: 2 }])
    expect((await call('PATCH', path, { body: { limit: 7 }, headers })).status).toBe(412)
    // An experiment ends by being taken away.
    const ended = await call('PATCH', path, {
      body: { experiment: null },
      headers: { 'if-match': patched.etag },
    })
    expect(ended.body).not.toHaveProperty('experiment')
    expect((await call('GET', '/v1/slots')).body.items).toEqual([ended.body])
    expect(directory.get('a')?.slots).toEqual([ended.body])
    expect((await call('DELETE', path, { headers: { 'if-match': ended.etag } })).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })

  test('of another shop are not there', async () => {
    const body = { id: 'theirs', page: 'home' }
    await call('PUT', '/v1/slots/theirs', { shopId: 'b', body })
    expect((await call('GET', '/v1/slots/theirs')).status).toBe(404)
    expect((await call('GET', '/v1/slots')).body.items).toEqual([])
    const change = { body: { limit: 1 }, headers: { 'if-match': '*' } }
    expect((await call('PATCH', '/v1/slots/theirs', change)).status).toBe(404)
    expect(directory.get('b')?.slots[0]?.limit).toBe(12)
  })

  test.each([
    [{ page: 'checkout' }, 'page'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 25 }, 'limit'],
    [{ strategies: [] }, 'strategies'],
    [{ strategies: ['next', 'magic'] }, 'strategies[1]'],
    [{ rules: { pins: [{ product: 'x', position: 0 }] } }, 'rules.pins[0].position'],
    [{ rules: { boosts: [{ when: {}, factor: 2 }] } }, 'rules.boosts[0].when'],
    [{ rules: { priceFrom: 5, priceTo: 4 } }, 'rules.priceFrom'],
    [{ experiment: { id: 'e', variants: [] } }, 'experiment.variants'],
    [
      { experiment: { id: 'e', variants: [{ id: 'v', share: 2 }] } },
      'experiment.variants[0].share',
    ],
    [{ id: 'other' }, 'id'],
  ])('%j: the field is named', async (body, where) => {
    const slot = { id: 'also', page: 'product' }
    await call('PUT', '/v1/slots/also', { body: slot })
    const headers = { 'if-match': '*' }
    const put = await call('PUT', '/v1/slots/also', { body: { ...slot, ...body }, headers })
    const patch = await call('PATCH', '/v1/slots/also', { body, headers })
    for (const { status, body: answer } of [put, patch]) {
      expect(status).toBe(400)
      expect(answer.problems.map((it: { where: string }) => it.where)).toContain(where)
    }
    expect(directory.get('a')?.slots[0]).toMatchObject({ ...slot, limit: 12 })
  })
})

/** The recommender's own report is what the endpoints take; this says so where it doesn't compile. */
type Taken = VariantReport extends SlotCounts ? SlotCounts : never

/** @param name slot, experiment and variant. */
function counts(name: string, numbers: readonly number[], more: Partial<SlotCounts> = {}): Taken {
  const [slot = '', experiment = '', variant = ''] = name.split(' ')
  const [answers = 0, views = 0, clicks = 0, orders = 0, revenueMicros = 0] = numbers
  return {
    ...{ slot, experiment, variant, answers, views, clicks, orders, revenueMicros },
    ...{ empty: 1, personal: 2, orderValueMicros: 2 * revenueMicros },
    ...{ people: null, againstControl: null, ...more },
  }
}

describe('the report', () => {
  beforeEach(async () => {
    await call('PUT', '/v1/slots/also', {
      body: { id: 'also', name: 'Also', page: 'product', experiment },
    })
    await call('PUT', '/v1/slots/new', { body: { id: 'new', page: 'home' } })
    const people = { people: 300, orders: 9, orderValueMicros: 1_801_000_000 }
    const perPerson = { ordersPerPerson: 0.03, valueMicrosPerPerson: 6_003_333.33 }
    const clickRate = { difference: 0.02, from: 0.0061234567, to: 0.0339 }
    const value = { difference: 2_001_667, from: -700_000.25, to: 4_700_000 }
    counted = {
      a: [
        counts('also e1 bought', [3_000, 1_500, 90, 9, 900_500_000], {
          people: { ...people, ...perPerson, clickRate: 0.06 },
          againstControl: {
            ...{ clickRate, clickRateByPeople: null, ordersPerPerson: null },
            valueMicrosPerPerson: value,
          },
        }),
        counts('also e1 control', [5_000, 2_500, 100, 10, 1_000_000_000]),
        counts('also e1 gone', [10, 5, 1]),
        counts('also e0 bought', [400, 200, 20, 2, 1]),
        counts('also e0 control', [400, 200, 10, 0, 0]),
        counts('also', [1_000, 0, 5, 0, 0]),
        counts('cart', [7, 0, 0]),
      ],
      b: [counts('also e1 control', [1_000_000, 9, 9, 9, 9])],
    }
  })

  test('tells each variant next to the control of its own experiment, the running one first', async () => {
    const { status, body } = await call('GET', '/v1/slots/also/report')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{ slot: 'also', name: 'Also', from: '2026-02-02', to: '2026-03-01' },
      ...{ timeZone: 'Europe/Warsaw', currency: 'PLN' },
    })
    expect(body.total).toEqual({
      ...{ answers: 9_810, empty: 6, personal: 12, views: 4_405, clicks: 226, orders: 21 },
      ...{ revenue: 1_900.500001, orderValue: 3_801.000002, clickRate: 0.051305 },
    })
    const [running, without, before] = body.experiments
    expect(running).toMatchObject({ experiment: 'e1', isRunning: true })
    const [control, bought, sale, gone] = running.variants
    expect(control).toEqual({
      ...{ variant: 'control', share: 0.5, answers: 5_000, empty: 1, personal: 2, views: 2_500 },
      ...{ clicks: 100, orders: 10, revenue: 1_000, orderValue: 2_000, clickRate: 0.04 },
      ...{ people: null, againstControl: null },
    })
    expect(bought).toMatchObject({ variant: 'bought', share: 0.3, revenue: 900.5, clickRate: 0.06 })
    // Amounts in the currency's units, nothing finer than a millionth.
    expect(bought.people).toEqual({
      ...{ count: 300, orders: 9, orderValue: 1_801, clickRate: 0.06 },
      ...{ ordersPerPerson: 0.03, valuePerPerson: 6.003333 },
    })
    expect(bought.againstControl).toEqual({
      clickRate: { difference: 0.02, from: 0.006123, to: 0.0339 },
      clickRateByPeople: null,
      ordersPerPerson: null,
      valuePerPerson: { difference: 2.001667, from: -0.7, to: 4.7 },
    })
    expect(sale).toMatchObject({ variant: 'sale', share: 0.2, answers: 0, clickRate: null })
    expect(sale).toMatchObject({ people: null, againstControl: null })
    expect(gone).toMatchObject({ variant: 'gone', share: null, clicks: 1 })
    expect(running.variants).toHaveLength(4)

    expect(without).toMatchObject({ experiment: null, isRunning: false })
    expect(without.variants).toMatchObject([{ variant: 'control', share: null, clicks: 5 }])
    expect(before).toMatchObject({ experiment: 'e0', isRunning: false })
    expect(before.variants).toMatchObject([{ variant: 'control' }, { variant: 'bought' }])
    expect(body.experiments).toHaveLength(3)
  })

  test('of all slots has those of which nothing was counted, and those that are not set', async () => {
    const { body } = await call('GET', '/v1/slots/report', { query: { to: '2026-02-10' } })
    expect(body).toMatchObject({ from: '2026-01-14', to: '2026-02-10' })
    expect(body.slots.map(({ slot }: { slot: string }) => slot)).toEqual(['also', 'cart', 'new'])
    const isRunning = true
    expect(body.slots[1]).toMatchObject({
      name: '',
      experiments: [{ experiment: null, isRunning, variants: [{ share: 1, answers: 7 }] }],
    })
    expect(body.slots[2]).toMatchObject({
      total: { answers: 0, clickRate: null },
      experiments: [{ experiment: null, isRunning, variants: [{ variant: 'control' }] }],
    })
    expect((await call('GET', '/v1/slots/cart/report')).status).toBe(200)
    expect((await call('GET', '/v1/slots/nope/report')).status).toBe(404)
  })

  test('is of the key’s own shop and the days that were asked for', async () => {
    const query = { from: '2025-12-31', to: '2026-01-01' }
    await call('GET', '/v1/slots/also/report', { query })
    expect(asked).toEqual([{ shopId: 'a', slot: 'also', ...query }])
    const theirs = await call('GET', '/v1/slots/report', { shopId: 'b' })
    expect(JSON.stringify(theirs.body)).not.toContain('bought')
    expect(theirs.body.slots).toHaveLength(1)
  })

  test.each([
    [{ from: '2026-13-01' }, 'query.from'],
    [{ to: '2026-02-30' }, 'query.to'],
    [{ from: 'yesterday' }, 'query.from'],
    [{ from: '2026-03-02' }, 'query.from'],
    [{ from: '2026-01-02', to: '2026-01-01' }, 'query.from'],
    [{ from: '2024-01-01', to: '2026-01-01' }, 'query.from'],
    [{ to: '0000-01-01' }, 'query.to'],
    [{ to: '2026-1-1' }, 'query.to'],
    [{ to: '' }, 'query.to'],
  ])('%j: the field is named', async (query, where) => {
    const { status, body } = await call('GET', '/v1/slots/report', { query })
    expect(status).toBe(400)
    expect(body.problems.map((it: { where: string }) => it.where)).toEqual([where])
    expect(asked).toEqual([])
  })

  test.each(['2000-01-01', '2099-12-31', '2024-02-29'])(
    '%s is as good a day as any',
    async (to) => {
      expect((await call('GET', '/v1/slots/report', { query: { to } })).status).toBe(200)
    },
  )
})
