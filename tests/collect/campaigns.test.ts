// Goal: whatever a shop has can be read, made, changed and taken away by itself; who has not seen
// what is there can not change it; what can not be taken is named as it was sent. Method: all kinds
// of endpoints over a real folder.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { ShopDirectory } from '../../src/catalogue/shop-directory.js'
import type { CampaignSpend } from '../../src/collect/budgets.js'
import { budgetEndpoints } from '../../src/collect/budgets.js'
import { campaignEndpoints } from '../../src/collect/campaigns.js'
import { creativeEndpoints } from '../../src/collect/creatives.js'
import { segmentDefinitionEndpoints } from '../../src/collect/segment-definitions.js'
import { shopEndpoints } from '../../src/collect/shops.js'
import { shopFile } from '../bidding/world.js'
import { caller } from './calling.js'

const folder = mkdtempSync(join(tmpdir(), 'grosz-campaigns-'))
const removed: string[] = []
let spend: ReadonlyMap<string, CampaignSpend> | null = new Map()
let directory: ShopDirectory
let call: ReturnType<typeof caller>
afterAll(async () => {
  await directory.close()
  rmSync(folder, { recursive: true })
})

const admin = { id: 'k1', shopId: 'a', role: 'admin' } as const
const campaign = (id: string, more: object = {}) => ({
  id,
  goal: 'cpm',
  bid: 1,
  maxCpm: 9,
  budget: { total: 100 },
  ...more,
})
const video = {
  id: 'v',
  durationSeconds: 15,
  files: [
    {
      url: 'https://a.example/v.mp4',
      type: 'video/mp4',
      width: 640,
      height: 360,
      bitrateKbps: 800,
    },
  ],
}

beforeEach(async () => {
  await directory?.close()
  rmSync(folder, { recursive: true, force: true })
  directory = new ShopDirectory({
    folder,
    currencies: ['PLN', 'EUR'],
    alsoCheck: ({ segments }) =>
      segments.flatMap(({ rule }, i) =>
        rule === 'nonsense' ? [`segments[${i}].rule: nonsense is not a word here`] : [],
      ),
  })
  await directory.create(shopFile('a', [campaign('c1'), campaign('c2')]))
  await directory.create(shopFile('b', [campaign('theirs')]))
  call = caller(
    [
      ...campaignEndpoints(directory),
      ...budgetEndpoints(directory, async () => spend),
      ...creativeEndpoints(directory),
      ...segmentDefinitionEndpoints(
        directory,
        [{ id: 'buyers', name: 'Buyers', description: 'Has bought', rule: 'x' }],
        [],
      ),
      ...shopEndpoints({
        directory,
        onRemoved: async (id) => {
          removed.push(id)
        },
      }),
    ],
    { shopId: 'a', key: admin },
  )
})

const items = [
  ['/v1/campaigns', campaign('new'), { paused: true }],
  ['/v1/creatives/videos', { ...video, id: 'new' }, { language: 'pl' }],
  [
    '/v1/creatives/audios',
    {
      id: 'new',
      durationSeconds: 20,
      files: [{ url: 'https://a.example/s.mp3', type: 'audio/mpeg', bitrateKbps: 128 }],
    },
    { durationSeconds: 25 },
  ],
  ['/v1/segments', { id: 'new', rule: 'cart.value >= 5' }, { name: 'Newcomers' }],
] as const

test.each(items)('%s: made, read, changed and taken away', async (path, body, change) => {
  const one = `${path}/new`
  expect((await call('GET', one)).status).toBe(404)
  expect((await call('PATCH', one, { body: change })).status).toBe(404)
  expect((await call('PUT', one, { body, headers: { 'if-match': '*' } })).status).toBe(412)

  const made = await call('PUT', one, { body, headers: { 'if-none-match': '*' } })
  expect(made).toMatchObject({ status: 201, body })
  const read = await call('GET', one)
  expect(read).toMatchObject({ status: 200, body: made.body, etag: made.etag })
  expect(made.etag).toMatch(/^"[\w-]{22}"$/)
  expect(await call('GET', one, { headers: { 'if-none-match': made.etag } })).toMatchObject({
    status: 304,
    body: null,
  })
  expect((await call('GET', path)).body.items).toContainEqual(made.body)

  // A retried creation, a replacement and a change by somebody who has not looked.
  for (const [method, sent] of [
    ['PUT', body],
    ['PATCH', change],
    ['DELETE', undefined],
  ] as const) {
    const blind = await call(method, one, { body: sent })
    expect(blind).toMatchObject({ status: 428, etag: made.etag })
    const stale = await call(method, one, { body: sent, headers: { 'if-match': '"other"' } })
    expect(stale).toMatchObject({ status: 412, etag: made.etag })
    const weak = await call(method, one, { body: sent, headers: { 'if-match': `W/${made.etag}` } })
    expect(weak.status).toBe(412)
  }
  expect((await call('PUT', one, { body, headers: { 'if-none-match': '*' } })).status).toBe(412)

  const changed = await call('PATCH', one, {
    body: change,
    headers: { 'if-match': `"x", ${made.etag}` },
  })
  expect(changed).toMatchObject({ status: 200, body: { ...made.body, ...change } })
  expect(changed.etag).not.toBe(made.etag)
  const headers = { 'if-match': changed.etag }
  const replaced = await call('PUT', one, { body, headers })
  expect(replaced).toMatchObject({ status: 200, body: made.body, etag: made.etag })
  expect((await call('DELETE', one, { headers: { 'if-match': '*' } })).status).toBe(204)
  expect((await call('GET', one)).status).toBe(404)
})

test('what is wrong is named as it was sent, whichever of the shop’s it is', async () => {
  const headers = { 'if-match': '*' }
  const bad = await call('PATCH', '/v1/campaigns/c2', { body: { bid: -1, goal: 'likes' }, headers })
  expect(bad.status).toBe(400)
  expect(bad.body.problems.map(({ where }: { where: string }) => where).sort()).toEqual([
    'bid',
    'goal',
  ])
  const unknown = await call('PUT', '/v1/campaigns/c2', {
    body: campaign('c2', { videos: ['gone'] }),
    headers,
  })
  expect(unknown.body.problems).toEqual([
    { where: 'videos[0]', reason: "gone is none of the shop's" },
  ])
  const rule = await call('PUT', '/v1/segments/s', { body: { id: 's', rule: 'nonsense' } })
  expect(rule.body.problems).toEqual([{ where: 'rule', reason: 'nonsense is not a word here' }])
  const other = await call('PUT', '/v1/campaigns/c2', { body: campaign('c3'), headers })
  expect(other).toMatchObject({ status: 400, body: { problems: [{ where: 'id' }] } })
  expect((await call('GET', '/v1/campaigns/c2')).body.bid).toBe(1)
})

test('a merge patch takes away with null, and reaches into what is nested', async () => {
  const headers = { 'if-match': '*' }
  const segments = [{ id: 's' }, { id: 't' }]
  await directory.edit('a', (written) => ({ ...written, segments }))
  const { body } = await call('PATCH', '/v1/campaigns/c1', {
    body: {
      name: 'x',
      budget: { total: null, daily: 5 },
      targeting: { countries: ['POL'], segments: { any: ['s'] } },
    },
    headers,
  })
  expect(body).toMatchObject({ name: 'x', budget: { daily: 5 } })
  expect(body.budget).not.toHaveProperty('total')
  const second = await call('PATCH', '/v1/campaigns/c1', {
    body: { name: null, targeting: { segments: { none: ['t'] } } },
    headers,
  })
  expect(second.body).toMatchObject({
    name: '',
    targeting: { countries: ['POL'], segments: { any: ['s'], none: ['t'] } },
  })
})

test('names that objects have by themselves are names like any other, and refused', async () => {
  const headers = { 'if-match': '*', 'content-type': 'application/json' }
  for (const body of [
    '{"__proto__": {"bid": 5}}',
    '{"constructor": {"prototype": {"bid": 5}}}',
    '{"targeting": {"__proto__": {"countries": ["POL"]}}}',
  ]) {
    const { status } = await call('PATCH', '/v1/campaigns/c1', { body, headers })
    expect([200, 400]).toContain(status)
    expect((await call('GET', '/v1/campaigns/c1')).body).toMatchObject({ bid: 1, targeting: {} })
    expect(({} as { bid?: number }).bid).toBe(undefined)
  }
  expect((await call('GET', '/v1/campaigns/__proto__')).status).toBe(404)
  const odd = await call('PUT', '/v1/campaigns/__proto__', { body: campaign('__proto__') })
  expect(odd.status).toBe(201)
})

test.each(['null', '5', '"x"', '[]', '[{"bid":2}]', 'true'])(
  'a body of the wrong kind: %s',
  async (body) => {
    const headers = { 'if-match': '*' }
    for (const method of ['PUT', 'PATCH'] as const)
      expect((await call(method, '/v1/campaigns/c1', { body, headers })).status).toBe(400)
  },
)

test('a body nested a hundred thousand deep is refused', async () => {
  const body = `{"rule":${'{"all":['.repeat(100_000)}${']}'.repeat(100_000)}}`
  const { status } = await call('PATCH', '/v1/segments/s', { body, headers: { 'if-match': '*' } })
  expect(status).toBe(400)
})

test('of a hundred who change the same state at once, exactly one wins each round', async () => {
  for (let round = 1; round <= 5; round++) {
    const { etag } = await call('GET', '/v1/campaigns/c1')
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        call('PATCH', '/v1/campaigns/c1', {
          body: { name: `round ${round}, ${i}` },
          headers: { 'if-match': etag },
        }),
      ),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(99)
    expect((await call('GET', '/v1/campaigns/c1')).body).toEqual(won[0]!.body)
  }
})

test('lists come in pages', async () => {
  const seen: string[] = []
  let after = ''
  for (let i = 3; i <= 7; i++) await call('PUT', `/v1/campaigns/c${i}`, { body: campaign(`c${i}`) })
  for (;;) {
    const query = { limit: '3', ...(after === '' ? {} : { after }) }
    const { body } = await call('GET', '/v1/campaigns', { query })
    seen.push(...body.items.map(({ id }: { id: string }) => id))
    if (body.next === null) break
    after = body.next
  }
  expect(seen).toEqual(['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'])
  for (const limit of ['0', '-1', '1001', 'many'])
    expect((await call('GET', '/v1/campaigns', { query: { limit } })).status).toBe(400)
})

test('what is still named can not be taken away, and by what is said', async () => {
  const headers = { 'if-match': '*' }
  await call('PUT', '/v1/creatives/videos/v', { body: video })
  await call('PUT', '/v1/segments/s', { body: { id: 's' } })
  await call('PATCH', '/v1/campaigns/c2', {
    body: {
      videos: ['v'],
      targeting: { segments: { any: ['s'] } },
      modifiers: [{ when: { segment: 's' }, factor: 2 }],
    },
    headers,
  })
  expect(await call('DELETE', '/v1/creatives/videos/v', { headers })).toMatchObject({
    status: 409,
    body: { problems: [{ where: 'campaigns[1].videos[0]' }] },
  })
  expect((await call('DELETE', '/v1/segments/s', { headers })).body.problems).toEqual([
    { where: 'campaigns[1].targeting.segments.any', reason: 'names s' },
    { where: 'campaigns[1].modifiers[0].when', reason: 'names s' },
  ])
  expect((await call('GET', '/v1/segments/ready-made')).body.items).toHaveLength(1)
})

test('a budget is shown with what was spent of it, which its tag says nothing of', async () => {
  spend = new Map([['c1', { totalNanos: 2n ** 60n, todayNanos: 5n, leftNanos: null }]])
  const path = '/v1/campaigns/c1/budget'
  const before = await call('GET', path)
  expect(before.body).toEqual({
    total: 100,
    currency: 'PLN',
    spend: { totalNanos: String(2n ** 60n), todayNanos: '5', leftNanos: null },
  })
  spend = null
  expect(await call('GET', path)).toMatchObject({ body: { spend: null }, etag: before.etag })
  const headers = { 'if-match': before.etag }
  const put = await call('PUT', path, { body: { total: 200, daily: 20 }, headers })
  expect(put).toMatchObject({ status: 200, body: { total: 200, daily: 20 } })
  expect((await call('GET', '/v1/campaigns/c1')).body.budget).toEqual({ total: 200, daily: 20 })
  expect((await call('PUT', path, { body: { total: -1 }, headers })).status).toBe(400)
  expect((await call('GET', '/v1/campaigns/none/budget')).status).toBe(404)
  expect((await call('PUT', '/v1/campaigns/none/budget', { body: {} })).status).toBe(404)
})

test('the shop’s look is a marketer’s to change; the shop itself an admin’s, within what was agreed', async () => {
  const look = await call('GET', '/v1/creatives/look')
  expect(Object.keys(look.body).sort()).toEqual(['callToAction', 'colours', 'logo'])
  const headers = { 'if-match': look.etag }
  const put = await call('PUT', '/v1/creatives/look', {
    body: { ...look.body, callToAction: 'Go' },
    headers,
  })
  expect(put.body.callToAction).toBe('Go')
  const shop = await call('GET', '/v1/shop')
  expect(shop.body).toMatchObject({ id: 'a', callToAction: 'Go', domain: 'a.example' })

  const patch = (body: object, key: object = admin) =>
    call('PATCH', '/v1/shop', { body, headers: { 'if-match': '*' }, key: key as typeof admin })
  expect((await patch({ name: 'A & Sons' })).body.name).toBe('A & Sons')
  for (const body of [
    { domain: 'b.example' },
    { currency: 'EUR' },
    { eids: { source: 'x.example', salt: 'sixteen letters!' } },
  ])
    expect((await patch(body)).status).toBe(403)
  expect((await patch({ id: 'b' })).status).toBe(400)
  const operator = { id: 'k0', shopId: '', role: 'operator' }
  const salted = await patch({ eids: { source: 'x.example', salt: 'sixteen letters!' } }, operator)
  expect(salted.body.eids.salt).toBe('sixteen letters!')
  const viewer = { id: 'k2', shopId: 'a', role: 'viewer' } as const
  expect((await call('GET', '/v1/shop', { key: viewer })).body.eids).toEqual({
    source: 'x.example',
  })
})

test('an operator makes and takes away shops', async () => {
  const { shop } = shopFile('new', [])
  const made = await call('POST', '/v1/shops', { body: shop })
  expect(made).toMatchObject({ status: 201, body: { id: 'new' } })
  expect((await call('POST', '/v1/shops', { body: shop })).status).toBe(409)
  const bad = await call('POST', '/v1/shops', { body: { ...shop, id: 'x', currency: 'XAU' } })
  expect(bad.body.problems).toEqual([
    { where: 'currency', reason: 'XAU has no rate under currencies' },
  ])
  const { body } = await call('GET', '/v1/shops')
  expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['a', 'b', 'new'])
  expect((await call('DELETE', '/v1/shop', { shopId: 'new' })).status).toBe(428)
  const headers = { 'if-match': made.etag }
  await call('PUT', '/v1/campaigns/c', { shopId: 'new', body: campaign('c') })
  expect((await call('DELETE', '/v1/shop', { shopId: 'new', headers })).status).toBe(204)
  expect(removed).toEqual(['new'])
  expect(directory.ids).toEqual(['a', 'b'])
})

test('nothing that a shop’s key asks for shows or changes another shop', async () => {
  const before = JSON.stringify(directory.get('b'))
  expect((await call('GET', '/v1/campaigns/theirs')).status).toBe(404)
  expect((await call('PATCH', '/v1/campaigns/theirs', { body: { bid: 2 } })).status).toBe(404)
  expect(JSON.stringify((await call('GET', '/v1/campaigns')).body)).not.toContain('theirs')
  // The same answer as for what nobody has.
  const [theirs, nobodys] = await Promise.all([
    call('GET', '/v1/campaigns/theirs'),
    call('GET', '/v1/campaigns/nobodys'),
  ])
  expect(theirs).toEqual(nobodys)
  expect(JSON.stringify(directory.get('b'))).toBe(before)
})

test('a file left broken by hand is said to be, and is not written over', async () => {
  writeFileSync(join(folder, 'a.json'), '{"shop": ')
  const { status, body } = await call('PATCH', '/v1/campaigns/c1', {
    body: { bid: 2 },
    headers: { 'if-match': '*' },
  })
  expect(status).toBe(409)
  expect(body.error).toContain('edited by hand')
})

test('a campaign that names a segment that there isn’t is not taken, unless it did so before', async () => {
  const segment = (id: string) => ({
    targeting: { segments: { none: [id] } },
    modifiers: [{ when: { segment: id }, factor: 2 }],
  })
  const wrong = await call('PUT', '/v1/campaigns/x', { body: campaign('x', segment('vpi')) })
  expect(wrong.status).toBe(400)
  expect(wrong.body.problems).toEqual([
    { where: 'targeting.segments.none', reason: 'no segment is called vpi' },
    { where: 'modifiers[0].when', reason: 'no segment is called vpi' },
  ])
  await directory.edit('a', (written) => ({
    ...written,
    segments: [{ id: 'vip' }],
    campaigns: [campaign('old', segment('gone'))] as never,
  }))
  const right = await call('PUT', '/v1/campaigns/x', { body: campaign('x', segment('vip')) })
  expect(right.status).toBe(201)
  const ifAny = { headers: { 'if-match': '*' } }
  const old = await call('PATCH', '/v1/campaigns/old', { ...ifAny, body: { bid: 2 } })
  expect(old.status).toBe(200)
  const worse = { ...ifAny, body: { targeting: { segments: { any: ['vpi'] } } } }
  expect((await call('PATCH', '/v1/campaigns/old', worse)).status).toBe(400)
})

test('nothing is made under a name where something else is shown', async () => {
  for (const id of ['overview', 'fields', 'ready-made']) {
    const made = await call('PUT', `/v1/segments/${id}`, { body: { id, rule: 'cart.count > 1' } })
    expect([made.status, made.body.problems[0].where]).toEqual([400, 'id'])
  }
  await directory.edit('a', (written) => ({ ...written, segments: [{ id: 'overview' }] }))
  const body = { id: 'overview', name: 'Old' }
  const headers = { 'if-match': '*' }
  expect((await call('PUT', '/v1/segments/overview', { body, headers })).status).toBe(200)
})
