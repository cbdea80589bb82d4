// Goal: a page always gets products that can be bought, each once, whatever it asks, of its own shop and, with consent,
// for its own visitor; on both listeners. Method: real HTTP on shops in memory, of which each source says what is given.
import { strict as check } from 'node:assert'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { pageTypes, type SlotInput } from '../../src/catalogue/slots.js'
import { defaultSlots } from '../../src/recommend/choose/pages.js'
import { answerIdLength, readAnswerId } from '../../src/storefront/answer-id.js'
import { listeners } from '../contracts/listeners.js'
import { type AnswerBody, browserId, productIds, World } from './world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const anna = browserId('anna')
const viewedSlot: SlotInput = {
  ...{ id: 'viewed', page: 'home', mayBeEmpty: true },
  strategies: ['recently-viewed'],
}

describe.each(listeners)('%s', (_, by) => {
  const world = new World()
  beforeAll(() => world.listen(by))
  afterAll(() => world.close())

  test('a page gets what its own slot has, in full', async () => {
    const shop = world.add('full', {
      products: [
        {},
        { title: 'Buty </script><b> “№1” \u202e', brand: 'Łoś', salePriceMicros: 12_990_000 },
        { link: 'https://other.example/x?a=1&b={c}', image: '//cdn.example/ż.jpg' },
      ],
      finds: { next: ['p1', 'p2'] },
      slots: [{ id: 'product', page: 'product', title: 'Inni <oglądali>', mayBeEmpty: true }],
    })
    const response = await fetch(`${world.base}?shop=full&page=product&product=p0`)
    check.equal(response.status, 200)
    check.equal(response.headers.get('content-type'), 'application/json')
    check.equal(response.headers.get('cache-control'), 'private, no-store')
    check.equal(response.headers.get('access-control-allow-origin'), '*')
    const text = await response.text()
    check.ok(!text.includes('<'), 'can stand in a script')
    const { id, ...answer } = JSON.parse(text) as AnswerBody
    check.equal(id.length, answerIdLength)
    check.ok(id.length <= 80)
    check.ok(readAnswerId(shop.secret, id, world.clock.nowMs()).ok)
    check.deepEqual(answer, {
      ...{ slot: 'product', page: 'product', title: 'Inni <oglądali>' },
      items: [
        {
          ...{ product: 'p1', title: 'Buty </script><b> “№1”' },
          ...{ url: 'https://full.example/pl/product/1', image: 'https://full.example/img/1.jpg' },
          ...{ price: 20, salePrice: 12.99, currency: 'PLN', brand: 'Łoś', source: 'next' },
        },
        {
          ...{ product: 'p2', title: 'Product 2', url: 'https://other.example/x?a=1&b=%7Bc%7D' },
          ...{ image: 'https://cdn.example/%C5%BC.jpg', price: 30, currency: 'PLN' },
          source: 'next',
        },
      ],
    })
    check.deepEqual(world.told.slice(-2), ['product full', '200'])
  })

  test('a slot without a title is called what it is, in the page’s language or the shop’s', async () => {
    world.add('titles', {
      slots: [
        { id: 'home', page: 'home' },
        { id: 'mine', page: 'cart', title: 'Nasze' },
      ],
    })
    const titleOf = async (query: string): Promise<string> =>
      (await world.get(`shop=titles&${query}`)).title
    check.equal(await titleOf('slot=home'), 'Polecane dla Ciebie')
    check.equal(await titleOf('slot=home&language=de-AT'), 'Für dich empfohlen')
    check.equal(await titleOf('slot=home&language=xx'), 'Polecane dla Ciebie')
    check.equal(await titleOf('slot=mine&language=de'), 'Nasze')
    // What is shown is for the page that it is on.
    check.equal(await titleOf('page=cart&language=EN'), 'Goes well with your choice')
    const answers = await world.batch({
      ...{ shop: 'titles', language: 'en', slots: defaultSlots.map(({ id }) => id) },
    })
    check.ok(answers.every(({ title }) => title !== ''))
    // For whoever shows them, where they ask.
    const labelled = await world.post('batch', { shop: 'titles', language: 'de', labels: true })
    check.deepEqual(((await labelled.json()) as { labels: unknown }).labels, {
      ...{ previous: 'Vorherige Produkte', next: 'Nächste Produkte' },
      ...{ oldPrice: 'Früherer Preis', price: 'Preis jetzt' },
    })
    const [home, viewed] = [answers[0], answers.find(({ slot }) => slot === 'home-viewed')]
    check.deepEqual([home?.title, viewed?.title], ['Recommended for you', 'Recently viewed'])
  })

  test('filters, exclusions and the limit are kept', async () => {
    world.add('filters', { products: [{}, { brand: 'X' }, { brand: 'x' }, { brand: 'Y' }] })
    const ids = async (query: string): Promise<string[]> =>
      productIds(await world.get(`shop=filters&page=home&${query}`)).toSorted()
    check.deepEqual(await ids('limit=3&priceFrom=20&priceTo=50.00&exclude=p1,p2'), ['p3', 'p4'])
    check.deepEqual(await ids('brand=x'), ['p1', 'p2'])
    check.deepEqual(await ids('brand=none'), [])
    check.equal((await ids('limit=5')).length, 5)
    check.equal((await ids('')).length, 12)
  })

  test.each([
    ['page=home', 404, 'shop: is unknown', '&shop=nobody'],
    ['', 400, 'shop: say which, as in ?shop=<id>', ''],
    ['shop=odd&limit=many', 400, 'limit: must be a whole number from 1 to 24', ''],
    ['shop=odd&limit=-1', 400, 'limit: must be a whole number from 1 to 24', ''],
    ['shop=odd&priceFrom=1e99', 400, 'priceFrom: must be a number from 0 to 9000000', ''],
    ['shop=odd&priceTo=NaN', 400, 'priceTo: must be a number from 0 to 9000000', ''],
    ['shop=odd&priceFrom=2&priceTo=1', 400, 'priceFrom: must not be above priceTo', ''],
    ['shop=odd&customer=42', 401, 'customer: needs a key', ''],
  ])('?%s is refused with %i', async (query, status, error, more) => {
    world.add('odd')
    const response = await fetch(`${world.base}?${query}${more}`)
    check.equal(response.status, status)
    check.equal(response.headers.get('access-control-allow-origin'), '*')
    check.deepEqual(await response.json(), { error })
  })

  test.each([
    ['page=moon', /^page: is none of home, /],
    ['page=home&slot=moon', /^slot: is unknown/],
    ['page=product&product=gone', /^product: the shop has no gone$/],
    ['product=p1&product=gone,p2', /^product: the shop has no gone$/],
    ['page=home&limit=1000', /^limit: 24 is used/],
    ['page=home&limit=0', /^limit: 1 is used/],
    [`page=cart&cart=${Array.from({ length: 300 }, (_, i) => `c${i}`)}`, /^cart: the first 50/],
    [`page=search&q=${'x'.repeat(300)}`, /^q: is over 200 characters/],
  ])('what is odd is said, and products come all the same', async (query, warning) => {
    world.add('odd')
    const answer = await world.get(`shop=odd&${query}`)
    check.ok(answer.items.length > 0)
    check.equal(answer.warnings?.length, 1)
    check.match(answer.warnings![0]!, warning)
  })

  test('stale ids and hostile ones are as if not there', async () => {
    world.add('odd')
    const hostile = [
      '__proto__',
      'constructor',
      '%00',
      '%FF',
      '%F0%9F%98%80',
      'p1%00',
      '"><script>',
    ]
    for (const page of [...pageTypes, '%00']) {
      const id = hostile.map(
        (it) => `product=${it}&cart=${it}&exclude=${it}&category=${it}&q=${it}`,
      )
      const answer = await world.get(`shop=odd&page=${page}&person=%00&${id.join('&')}`)
      check.ok(answer.items.length > 0, page)
    }
  })

  test('without a model, and where it fails, a page gets what can be bought', async () => {
    world.add('new', { hasModel: false, products: [{ inStock: false }, { brand: 'X' }] })
    const answer = await world.get('shop=new&page=product&product=p2&limit=3')
    check.deepEqual(productIds(answer), ['p1', 'p3', 'p4'])
    check.deepEqual(answer.warnings, ['not ready: the shop’s model is not built yet'])
    check.equal(answer.items[0]!.source, 'fallback')
    check.deepEqual(productIds(await world.get('shop=new&page=home&brand=x')), ['p1'])
    world.add('broken', {
      finds: {
        trending: () => {
          throw new Error('broken')
        },
      },
    })
    world.faults.length = 0
    check.equal((await world.get('shop=broken&page=home')).items.length, 12)
    check.equal(world.faults.length, 1)
  })

  test('a product that went out of stock since the model was built isn’t shown', async () => {
    const shop = world.add('gone')
    const product = shop.product
    world.shops.set('gone', {
      ...shop,
      product: (id) => (id === 'p1' ? null : { ...product(id)!, inStock: id !== 'p0' }),
    })
    const ids = productIds(await world.get('shop=gone&page=home'))
    check.ok(!ids.includes('p0') && !ids.includes('p1'))
    const page = await world.get('shop=gone&page=product&product=p0')
    check.deepEqual([page.page, page.slot], ['out-of-stock', 'out-of-stock'])
  })

  test('an id with a comma is one where the shop has it, else two', async () => {
    world.add('comma', { products: [{ id: 'a,b' }, { id: 'a' }, { id: 'b' }], finds: {} })
    const rest = async (exclude: string): Promise<string[]> =>
      productIds(await world.get(`shop=comma&page=home&limit=24&exclude=${exclude}`))
    const one = await rest('a,b')
    check.ok(!one.includes('a,b'))
    const two = await rest('b,a')
    check.ok(!two.includes('a') && !two.includes('b'))
  })

  test('what a person looks at now is known to their next request, at this shop alone', async () => {
    for (const id of ['live', 'other']) world.add(id, { slots: [viewedSlot] })
    const seen = async (more: string, shop = 'live'): Promise<string[]> =>
      productIds(await world.get(`shop=${shop}&slot=viewed${more}`))
    await world.get(`shop=live&page=product&product=p3&person=${anna}`)
    world.clock.advance(1_000)
    world.know('live', `anon:${anna}`, {
      viewed: [
        { product: 'p5', atMs: world.clock.nowMs() - 500 },
        { product: 'p3', atMs: 0 },
      ],
    })
    await world.get(`shop=live&page=product&product=p4&person=${anna}`)
    check.deepEqual(new Set(await seen(`&person=${anna}`)), new Set(['p4', 'p5', 'p3']))
    check.deepEqual(await seen(''), [])
    check.deepEqual(await seen(`&person=${browserId('ben')}`), [])
    check.deepEqual(await seen(`&person=${anna}`, 'other'), [])
    // HEAD does nothing.
    const head = await fetch(`${world.base}?shop=live&page=product&product=p9&person=${anna}`, {
      method: 'HEAD',
    })
    check.equal(head.status, 200)
    check.ok(!(await seen(`&person=${anna}`)).includes('p9'))
    world.sessions.forget('live', keyOf(`anon:${anna}`))
    check.deepEqual(new Set(await seen(`&person=${anna}`)), new Set(['p5', 'p3']))
  })

  test('who said no gets what anybody gets, and nothing of them is kept', async () => {
    world.add('no', { slots: [viewedSlot] })
    world.know('no', `anon:${anna}`, {
      consent: { ads: true, personalization: false, atMs: 1 },
      viewed: [{ product: 'p5', atMs: 0 }],
    })
    await world.get(`shop=no&page=product&product=p3&person=${anna}`)
    check.deepEqual(productIds(await world.get(`shop=no&slot=viewed&person=${anna}`)), [])
    check.deepEqual(world.sessions.viewed('no', `anon:${anna}`, world.clock.nowMs()), [])
  })

  test('a server with a key may name a customer; a page may not', async () => {
    world.add('keyed', { slots: [viewedSlot] })
    world.know('keyed', 'cust:42', { viewed: [{ product: 'p5', atMs: 0 }] })
    world.keys.set('gz_good', { shopId: 'keyed', mayNamePeople: true })
    world.keys.set('gz_viewer', { shopId: 'keyed', mayNamePeople: false })
    world.keys.set('gz_other', { shopId: 'full', mayNamePeople: true })
    const ask = async (key: string, query: string): Promise<[number, string[]]> => {
      const headers = { Authorization: `Bearer ${key}` }
      const response = await fetch(`${world.base}?slot=viewed&${query}`, { headers })
      const body = (await response.json()) as AnswerBody
      return [response.status, body.items === undefined ? [] : productIds(body)]
    }
    check.deepEqual(await ask('gz_good', 'customer=42'), [200, ['p5']])
    check.deepEqual(await ask('gz_good', 'shop=keyed&customer=42'), [200, ['p5']])
    check.deepEqual(await ask('gz_good', 'shop=full&customer=42'), [403, []])
    check.deepEqual(await ask('gz_viewer', 'customer=42'), [403, []])
    check.deepEqual(await ask('gz_other', 'shop=keyed&customer=42'), [403, []])
    check.deepEqual(await ask('gz_none', 'shop=keyed&customer=42'), [401, []])
    // Neither may a page name a customer as if it were a browser's id.
    check.deepEqual(productIds(await world.get('shop=keyed&slot=viewed&person=cust:42')), [])
    check.deepEqual(productIds(await world.get('shop=keyed&slot=viewed&person=42')), [])
  })

  test('a batch: each slot for itself, wrong ones too', async () => {
    world.add('batch')
    const shared = { shop: 'batch', page: 'product', product: ['p0'], person: anna }
    const slots = [{ limit: 4 }, { limit: 'x' }, 'not-found', { slot: 'home', limit: 5 }, null]
    const answers = await world.batch({ ...shared, slots })
    check.deepEqual(
      answers.map((it) => it.error ?? `${it.slot} ${it.items.length}`),
      [
        'product 4',
        'limit: must be a whole number from 1 to 24',
        'not-found 12',
        'home 5',
        'product 12',
      ],
    )
    const one = await world.batch(shared)
    check.deepEqual(
      one.map(({ slot }) => slot),
      ['product'],
    )
    for (const [body, status, error] of [
      ['[1]', 400, 'body: must be a JSON object'],
      ['{"shop":', 400, 'body: must be a JSON object'],
      [{ shop: 'batch', slots: 7 }, 400, 'slots: must be a list of at most 20'],
      [{ shop: 'batch', slots: Array(21).fill({}) }, 400, 'slots: must be a list of at most 20'],
      [{ shop: 'none' }, 404, 'shop: is unknown'],
      [{ shop: 'batch', customer: 42 }, 401, 'customer: needs a key'],
    ] as const) {
      const response = await world.post('batch', body)
      check.deepEqual([response.status, await response.json()], [status, { error }])
    }
    // Thousands in a cart: the first ones count. A query string has no room for so many.
    const cart = Array.from({ length: 10_000 }, (_, index) => `c${index}`)
    const [full] = await world.batch({ ...shared, page: 'cart', cart })
    check.deepEqual([full!.items.length, full!.warnings], [12, ['cart: the first 50 count']])
    check.equal((await world.post('nothing', '{}')).status, 404)
    const packed = await world.post('batch', '{}', { 'Content-Encoding': 'gzip' })
    check.equal(packed.status, 415)
  })

  test('no product is twice on a page, whatever is asked', async () => {
    const random = new Random(seed)
    world.add('twice', {
      finds: {
        next: ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'],
        trending: ['p2', 'p7', 'p1', 'p9'],
        similar: ['p3', 'p2', 'p1'],
        complements: ['p6', 'p2'],
      },
      slots: [
        {
          id: 'pinned',
          page: 'home',
          rules: { pins: [{ product: 'p2', position: 1 }], exploreShare: 0.2, showCart: true },
        },
      ],
    })
    for (let round = 0; round < 60; round++) {
      const slots = Array.from({ length: 1 + random.below(8) }, () => ({
        slot: random.pick([...pageTypes, 'pinned', 'unknown', 'cart-add-ons', undefined]),
        limit: 1 + random.below(10),
        ...(random.chance(0.2) ? { exclude: [`p${random.below(9)}`] } : {}),
      }))
      const answers = await world.batch({
        ...{ shop: 'twice', page: random.pick(pageTypes), slots, cart: ['p8', 'p2'] },
        ...{ product: [`p${random.below(9)}`], person: random.pick([anna, undefined]) },
      })
      const ids = answers.flatMap((it) => productIds(it))
      check.equal(new Set(ids).size, ids.length, JSON.stringify(slots))
    }
  })
})
