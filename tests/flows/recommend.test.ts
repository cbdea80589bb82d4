// Goal: what people do at a shop is in what its pages and adverts recommend a moment later, a product published a
// minute ago too; whoever is forgotten is in nothing; without the recommender all else goes on. Method: the real
// programs, everything through HTTP, as a shop's server, its pages and an exchange would.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bidFor, call, feedOf, ifaOf, makeShop, type ShopClient, untilBids } from './shop-client.js'
import { eventually, metric, newDataDir, type System, startSystem } from './system.js'

const data = newDataDir()
let system: System
let shop: ShopClient
const products = Array.from({ length: 30 }, (_, i) => `p${i}`)

beforeAll(async () => {
  system = await startSystem(data.path, { GROSZ_DEMO: 'false', GROSZ_WORKERS: '1' })
  shop = await makeShop(() => system, data.path, 'shop')
  await shop.ask(
    'PUT',
    '/v1/feed',
    feedOf(products, (id) => ({ product_type: categoryOf(id) })),
  )
  const everyone = { id: 'everyone', goal: 'cpm', bid: 5, maxCpm: 50, budget: { total: 1_000_000 } }
  await shop.put('/v1/campaigns/everyone', everyone)
  await untilBids(system, {}, ({ cid }) => cid === 'everyone')
  await eventually('all products are known', async () => (await recommended({})).length === 12)
})
afterAll(async () => {
  await system.stop()
  data.remove()
})

const categoryOf = (id: string): string => (Number(id.slice(1)) % 2 === 0 ? 'Hats' : 'Shoes')

interface Experiment {
  readonly variants: readonly { readonly people: { readonly count: number } | null }[]
}

interface Item {
  readonly product: string
  readonly source: string
}

async function recommended(asked: Readonly<Record<string, string>>): Promise<readonly Item[]> {
  const query = new URLSearchParams({ shop: 'shop', page: 'home', ...asked })
  const answer = await call('GET', `${system.recommender}/v1/recommendations?${query}`, {})
  expect(answer.status, answer.text).toBe(200)
  return answer.json.items
}

const idsOf = (items: readonly Item[]): readonly string[] => items.map(({ product }) => product)

let number = 0
const newBrowser = (): string => `browser-${++number}`

async function look(browser: string, ...seen: readonly string[]): Promise<void> {
  await shop.tell(
    ...seen.map((id) => ({ type: 'view_item', anonymousId: browser, items: [{ item_id: id }] })),
  )
}

test('what others looked at next is recommended within a second of it', async () => {
  for (let i = 0; i < 5; i++) await look(newBrowser(), 'p1', 'p8', 'p15')
  await eventually('neighbours', async () => {
    const [first, second] = await recommended({ page: 'product', product: 'p1' })
    return first?.product === 'p8' && second?.product === 'p15' && first.source === 'next'
  })
  const me = newBrowser()
  await look(me, 'p1')
  await eventually('the person’s own way counts', async () => {
    return idsOf(await recommended({ person: me }))[0] === 'p8'
  })
  // The page's request itself is a look, before any event of it has come.
  const other = newBrowser()
  await recommended({ page: 'product', product: 'p1', person: other })
  expect(idsOf(await recommended({ person: other }))[0]).toBe('p8')
})

test('a product that was published just now is recommended, and one that is sold out is not', async () => {
  const feed = feedOf([...products, 'brand-new'], (id) => ({
    product_type: categoryOf(id),
    title: `Title ${id}`,
  }))
  await shop.ask('PUT', '/v1/feed', feed)
  await eventually('it is found by its words', async () => {
    return idsOf(await recommended({ page: 'search', q: 'brand new' })).includes('brand-new')
  })
  for (let i = 0; i < 3; i++) await look(newBrowser(), 'p3', 'brand-new')
  await eventually('it is a neighbour', async () => {
    return idsOf(await recommended({ page: 'product', product: 'p3' }))[0] === 'brand-new'
  })
  await shop.ask('PATCH', '/v1/products', [{ id: 'brand-new', inStock: false }])
  await eventually('it is gone', async () => {
    return !idsOf(await recommended({ page: 'product', product: 'p3' })).includes('brand-new')
  })
})

test('the next bid shows what was chosen for the person', async () => {
  for (let i = 0; i < 5; i++) await look(newBrowser(), 'p4', 'p21', 'p27')
  const ifa = ifaOf(1)
  await shop.tell({ type: 'view_item', ifa, items: [{ item_id: 'p4' }] })
  await eventually('picks are in the banner', async () => {
    const bid = await bidFor(system, { ifa })
    return ['p21', 'p27'].every((id) => bid?.adm.includes(`Title ${id}`))
  })
  // What they bought is not shown again; what goes on is.
  await shop.tell({
    ...{ type: 'purchase', ifa, orderId: 'o1', value: 10 },
    items: [{ item_id: 'p21', quantity: 1, price: 10 }],
  })
  await eventually('what was bought is not', async () => {
    const bid = await bidFor(system, { ifa })
    return bid !== null && !bid.adm.includes('Title p21')
  })
})

test('whoever is forgotten, or says no, is recommended as a stranger', async () => {
  const me = newBrowser()
  await look(me, 'p1', 'p8')
  const isKnown = async (person: string) =>
    idsOf(await recommended({ person }))
      .slice(0, 3)
      .includes('p15')
  await eventually('known', () => isKnown(me))
  await shop.ask('DELETE', `/v1/people/anon:${me}`)
  // What strangers get may change meanwhile, too.
  const isStranger = async (person: string) =>
    idsOf(await recommended({ person })).join() === idsOf(await recommended({})).join()
  await eventually('forgotten', () => isStranger(me))
  // Nor is anybody shown what only they looked at next.
  const alone = newBrowser()
  await look(alone, 'p10', 'p25')
  const isNext = async () =>
    (await recommended({ page: 'product', product: 'p10' })).some(
      ({ product, source }) => product === 'p25' && source === 'next',
    )
  await eventually('their way is followed', isNext)
  await shop.ask('DELETE', `/v1/people/anon:${alone}`)
  await eventually('and is not any more', async () => !(await isNext()))
  const refusing = newBrowser()
  await look(refusing, 'p1', 'p8')
  const consent = { ads: true, personalization: false }
  await shop.tell({ type: 'consent', anonymousId: refusing, consent })
  await eventually('no is no', () => isStranger(refusing))
})

test('views, clicks and orders of an experiment are reported against its control', async () => {
  const slot = {
    ...{ id: 'product', page: 'product', limit: 4 },
    experiment: { id: 'try', variants: [{ id: 'new', share: 0.5, strategies: ['trending'] }] },
  }
  await shop.put('/v1/slots/product', slot)
  const variants = new Set<string>()
  for (let i = 0; i < 20; i++) {
    const person = newBrowser()
    // On their first page nobody knows them; it counts for what they saw there once somebody does.
    let answer = await ask(person)
    await eventually('the slot is known', async () => {
      answer = await ask(person)
      return answer.variant !== undefined && answer.items.length === 4
    })
    const { variant } = answer
    variants.add(variant!)
    await look(person, 'p1')
    await eventually('the person takes part', async () => (await peopleCount()) === i + 1)
    expect((await ask(person)).variant).toBe(variant)
    const product = answer.items[0]!.product
    const told = await call('POST', `${system.recommender}/v1/recommendations/events`, {
      body: {
        shop: 'shop',
        events: [
          { type: 'view', answer: answer.id, product, person },
          { type: 'click', answer: answer.id, product, person },
          { type: 'click', answer: answer.id, product, person },
        ],
      },
    })
    expect(told.json.results.map(({ result }: { result: string }) => result)).toEqual([
      'counted',
      'counted',
      'duplicate',
    ])
    const items = [{ item_id: product, quantity: 1, price: 10 }]
    await shop.tell({ type: 'purchase', anonymousId: person, orderId: `order-${i}`, items })
  }
  expect([...variants].sort()).toEqual(['control', 'new'])
  await eventually('the report has it all', async () => {
    const { json } = await shop.ask('GET', '/v1/slots/product/report')
    const text = JSON.stringify(json)
    return /"orders":20\b/.test(text) && /"clicks":20\b/.test(text)
  })
  // What comes back is taken off, whoever it is told of.
  await shop.tell({ type: 'refund', anonymousId: 'till', orderId: 'order-0' })
  await eventually('less what came back', async () => {
    const { json } = await shop.ask('GET', '/v1/slots/product/report')
    return /"orders":19\b/.test(JSON.stringify(json))
  })

  async function peopleCount() {
    const { json } = await shop.ask('GET', '/v1/slots/product/report')
    const rows = json.experiments as Experiment[]
    return rows
      .flatMap((it) => it.variants)
      .reduce((sum, { people }) => sum + (people?.count ?? 0), 0)
  }

  async function ask(person: string) {
    const query = new URLSearchParams({ shop: 'shop', page: 'product', product: 'p1', person })
    const answer = await call('GET', `${system.recommender}/v1/recommendations?${query}`, {})
    return answer.json as { id: string; variant?: string; items: Item[] }
  }
})

test('a recommender that is killed comes back and knows what it knew; bids and events go on', async () => {
  process.kill(system.recommenderPid(), 'SIGKILL')
  await shop.tell({ type: 'view_item', anonymousId: 'later', items: [{ item_id: 'p1' }] })
  expect(await bidFor(system, { ifa: ifaOf(1) })).not.toBeNull()
  await eventually('it is started again', async () => {
    return (await metric(system, 'grosz_recommender_restarts_total')) === 1
  })
  await eventually('it recommends as before', async () => {
    return idsOf(await recommended({ page: 'product', product: 'p4' }))[0] === 'p21'
  })
})
