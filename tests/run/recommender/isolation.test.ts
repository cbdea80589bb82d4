// Goal: what a shop's pages, adverts and reports get is the same byte for byte whatever another shop does, or whether
// there is one. Method: two worlds in step, in which shop a does the same; shop b shares a's ids of products, browsers,
// customers, messages and slots, does random things in one of them and others, or nothing, in the second. Only the ids
// of answers differ, which are never the same twice; ids of people are drawn alike for a in both.
import { strict as check } from 'node:assert'
import { test, vi } from 'vitest'
import type { Random } from '../../../src/base/random.js'
import type { Product } from '../../../src/catalogue/products.js'
import { pageTypes, type SlotInput, sourceNames } from '../../../src/catalogue/slots.js'
import type { Event } from '../../../src/people/event.js'
import { eventOf } from '../../people/people-world.js'
import { newSeed, productOf, RecommenderWorld, randomOf } from './recommender-world.js'

const drawn = vi.hoisted(() => ({ next: (): number => 0 }))
vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  randomBytes: (count: number) => Buffer.from(Array.from({ length: count }, () => drawn.next())),
}))

const seed = newSeed()
const productIds = Array.from({ length: 24 }, (_, i) => `p${i}`)
const categories = ['Shoes > Boots', 'Shoes', 'Hats', 'Bags > Small', 'Żakiety']
const browsers = Array.from({ length: 6 }, (_, i) => `browser-${i}-0000000000000`)
const customers = ['c1', 'c2', 'c3']
const periodMs = 3_600_000

const catalogueOf = (random: Random): readonly Product[] =>
  productIds
    .filter(() => random.chance(0.9))
    .map((id) =>
      productOf(id, {
        title: `${random.pick(['Red', 'Blue', 'Warm'])} ${random.pick(['boots', 'hat', 'bag'])} ${id}`,
        category: random.pick(categories),
        brand: random.pick(['Ania', 'Bolek', '']),
        priceMicros: (1 + random.below(90)) * 1_000_000,
        inStock: random.chance(0.85),
      }),
    )

function slotsOf(random: Random): SlotInput[] {
  const strategies = () => [...new Set([random.pick(sourceNames), random.pick(sourceNames)])]
  const slot = (id: string): SlotInput => ({
    ...{ id, page: random.pick(pageTypes), limit: 1 + random.below(8), strategies: strategies() },
    rules: {
      diversity: random.next() / 2,
      exploreShare: random.chance(0.3) ? 0.2 : 0,
      boosts: [{ when: { category: random.pick(categories) }, factor: 1.5 }],
      pins: random.chance(0.3) ? [{ product: random.pick(productIds), position: 1 }] : [],
    },
    ...(random.chance(0.5)
      ? { experiment: { id: 'try', variants: [{ id: 'v', share: 0.5, strategies: strategies() }] } }
      : {}),
  })
  return ['s1', 's2', 'home'].map(slot)
}

/** Whose ids are drawn from now on, until what is asked for is written. */
const drawFrom = (random: Random): void => {
  drawn.next = () => random.below(256)
}

class Actor {
  readonly #world: RecommenderWorld
  readonly #shopId: string
  readonly #random: Random
  readonly #ids: Random
  #count = 0
  #isGone = false

  constructor(world: RecommenderWorld, shopId: string, of: number) {
    this.#world = world
    this.#shopId = shopId
    this.#random = randomOf(of)
    this.#ids = randomOf(of + 1)
  }

  async begin(): Promise<void> {
    await this.#world.feed(this.#shopId, catalogueOf(this.#random))
    await this.#world.built(this.#shopId, () =>
      this.#world.shop(this.#shopId, { slots: slotsOf(this.#random) }),
    )
  }

  end(): void {
    this.#world.removeShop(this.#shopId)
    this.#isGone = true
  }

  async act(): Promise<void> {
    if (this.#isGone) return
    const [random, kind, world] = [this.#random, this.#random.next(), this.#world]
    drawFrom(this.#ids)
    if (kind < 0.6) await this.visit()
    else if (kind < 0.7) await this.#say()
    else if (kind < 0.75) await world.erase(this.#shopId, `anon:${random.pick(browsers)}`)
    else if (kind < 0.8) await this.#patch()
    else if (kind < 0.83) await this.#publish()
    else if (kind < 0.87) world.shop(this.#shopId, { slots: slotsOf(random) })
    else await this.#look()
  }

  /** Whether an event is in what a model was built from, or came after, isn't left to chance. */
  async #publish(): Promise<void> {
    const products = catalogueOf(this.#random)
    await this.#world.built(this.#shopId, () => void this.#world.feed(this.#shopId, products))
  }

  async #patch(): Promise<void> {
    const random = this.#random
    await this.#world.products.forShop(this.#shopId).patch([
      { id: random.pick(productIds), inStock: random.chance(0.6) },
      { id: random.pick(productIds), priceMicros: 1_000_000 * (1 + random.below(90)) },
    ])
    await this.#world.looked()
  }

  #event(type: Event['type'], products: readonly string[], more: Partial<Event> = {}): Event {
    const random = this.#random
    const isNamed = random.chance(0.2)
    const who = {
      anonymousId: random.pick(browsers),
      ...(isNamed ? { customerId: random.pick(customers) } : {}),
    }
    const items = products.map((product) => ({
      ...{ product, quantity: 1 + random.below(3), priceMicros: 5_000_000 },
      ...{ category: '', brand: '', marginShare: -1 },
    }))
    const messageId = `message-${this.#count++}`
    return eventOf(type, who, { messageId, items, atMs: this.#world.clock.nowMs(), ...more })
  }

  async visit(): Promise<void> {
    drawFrom(this.#ids)
    await this.#world.tell(this.#shopId, ...this.#visit())
  }

  /** Somebody who never refused, so that there is news for a model. */
  async newcomer(): Promise<void> {
    drawFrom(this.#ids)
    const who = { anonymousId: `newcomer-${this.#count}-0000000000` }
    const view = this.#event('view_item', [this.#random.pick(productIds)])
    await this.#world.tell(this.#shopId, { ...view, who: { ...view.who, ...who, customerId: '' } })
  }

  #visit(): Event[] {
    const random = this.#random
    const some = () => Array.from({ length: 1 + random.below(3) }, () => random.pick(productIds))
    const types = ['view_item', 'view_item', 'view_item', 'add_to_cart', 'add_to_wishlist'] as const
    const events = some().map((id) => this.#event(random.pick(types), [id]))
    if (random.chance(0.25)) events.push(this.#event('search', [], { query: 'red boots' }))
    if (random.chance(0.3)) {
      const orderId = `order-${this.#count}`
      events.push(this.#event('purchase', some(), { orderId, valueMicros: 7_000_000 }))
    }
    return events
  }

  /** Somebody agrees, or refuses. */
  async #say(): Promise<void> {
    const consent = { ads: this.#random.chance(0.6), personalization: this.#random.chance(0.6) }
    await this.#world.tell(this.#shopId, this.#event('consent', [], { consent }))
  }

  /** Somebody's page asks, and tells what came of it. */
  async #look(): Promise<void> {
    const [random, person] = [this.#random, this.#random.pick(browsers)]
    const answer = this.#world.answer({
      ...{ shop: this.#shopId, person, slot: random.pick(['s1', 's2', 'home']) },
      product: random.pick(productIds),
    })
    const { product } = answer.items[0] ?? { product: '' }
    const events = (['view', 'click'] as const).map((type) => ({
      ...{ type, answer: answer.id, person },
      ...(product === '' ? {} : { product }),
    }))
    await this.#world.post('events', { shop: this.#shopId, events })
  }
}

const plain = (text: string): string => text.replaceAll(/"id":"[\w-]{40}"/g, '"id":""')

/** All that there is to see of shop a. */
async function seenOf(world: RecommenderWorld, of: number): Promise<readonly string[]> {
  const random = randomOf(of)
  const seen: string[] = []
  const people = ['', 'nobody-knows-this-one-0', ...browsers]
  for (const person of people) {
    for (const page of pageTypes)
      seen.push(
        world.get({
          ...{ shop: 'a', page, person, product: random.pick(productIds) },
          ...{ category: random.pick(categories), q: random.pick(['red boots', 'hat', 'zz']) },
          cart: random.chance(0.5) ? random.pick(productIds) : '',
        }),
      )
    seen.push(world.get({ shop: 'a', slot: 's1', person, brand: 'Ania', limit: '24' }))
    const slots = ['s1', 's2', { page: 'cart' }, { page: 'product', product: 'p1' }]
    seen.push(await world.post('batch', { shop: 'a', person, slots }))
  }
  const book = world.people.books.forShop('a')
  for (const identifier of [
    ...browsers.map((it) => `anon:${it}`),
    ...customers.map((it) => `cust:${it}`),
  ]) {
    const person = book.person(book.link(identifier))
    seen.push(`${identifier} ${JSON.stringify(person)}`)
  }
  seen.push(JSON.stringify(await world.report('a')))
  return seen.map(plain)
}

/** The surroundings of the first difference, of two texts that may be long; '' where they are the same. */
function differenceOf(x: string, y: string): string {
  if (x === y) return ''
  let at = 0
  while (x[at] === y[at]) at++
  const around = (text: string): string =>
    `${text.slice(0, 60)} … ${text.slice(at - 150, at + 100)}`
  return `${around(x)}\n${around(y)}`
}

/** Acts on shop b in one of the worlds; nobody where there is no such shop. */
type Other = (world: RecommenderWorld, of: number) => Actor | null
const nobody: Other = () => null
const somebody: Other = (world, of) => new Actor(world, 'b', of)

async function compare(of: number, others: readonly [Other, Other]): Promise<void> {
  const config = { buildPeriodMs: periodMs, liveSessionCountMax: 40 }
  const worlds = [await RecommenderWorld.open({ config }), await RecommenderWorld.open({ config })]
  const sides = worlds.map((world, at) => ({
    world,
    a: new Actor(world, 'a', of),
    b: others[at]!(world, of + 100 * (at + 1)),
    chance: randomOf(of + at),
  }))
  const each = (act: (side: (typeof sides)[number]) => Promise<unknown>): Promise<unknown> =>
    Promise.all(sides.map(act))
  for (const { a, b } of sides) {
    await b?.begin()
    await a.begin()
  }
  let productCount = 0
  for (let step = 0; step < 40; step++) {
    for (const { a, b, world, chance } of sides) {
      world.clock.advance(1_000)
      for (let n = b === null ? 0 : chance.below(4); n > 0; n--) await b?.act()
      await a.act()
      for (let n = b === null ? 0 : chance.below(3); n > 0; n--) await b?.act()
    }
    await each(({ world }) => world.settled())
    if (step % 10 === 9) {
      for (const { a } of sides) await a.newcomer()
      await each(({ world }) => world.settled())
      await each(({ world }) => world.built('a', () => world.clock.advance(periodMs)))
      await each(({ world }) => world.settled())
    }
    if (step === 25) sides[0]!.b?.end()
    if (step % 5 !== 4) continue
    const [x, y] = [await seenOf(worlds[0]!, step), await seenOf(worlds[1]!, step)]
    for (const [at, text] of x.entries())
      check.equal(differenceOf(text, y[at]!), '', `seed ${of}, step ${step}`)
    productCount += x.join().split('"product":').length
  }
  for (const { faults } of worlds) check.deepEqual(faults, [])
  // Nothing is shown by answers without products.
  check.ok(productCount > 2_000, `${productCount}`)
  check.ok(worlds[0]!.picked.some(({ shopId, picks }) => shopId === 'a' && picks.length > 3))
}

test('with another shop and without one', () => compare(seed, [somebody, nobody]), 120_000)
test(
  'with another shop that does one thing or another',
  () => compare(seed + 1, [somebody, somebody]),
  120_000,
)
