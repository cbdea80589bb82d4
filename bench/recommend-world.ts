/** A shop to be recommended of: products, and people who wander among them, made up from a seed. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../src/base/clock.js'
import { Random } from '../src/base/random.js'
import { LmdbProductStore } from '../src/catalogue/store-lmdb.js'
import { Books } from '../src/people/books.js'
import type { Event, EventType } from '../src/people/event.js'
import { noIdentifiers } from '../src/people/identifiers.js'
import { Writer } from '../src/people/intake.js'
import { LmdbTables } from '../src/people/store-lmdb.js'

export const shopId = 'bench'
const categoryCount = 200
const eventsPerTake = 500
const mapBytes = 16 * 2 ** 30

export interface WorldSize {
  readonly productCount: number
  readonly sessionCount: number
}

const productIdOf = (index: number): string => `p-${index}`
export const browserIdOf = (session: number): string => `browser-${session}`

/** Rules as a marketer has them: all of them are to be paid for in the benchmark. */
const slot = {
  ...{ id: 'product', page: 'product', limit: 12 },
  rules: {
    ...{ priceFrom: 5, priceTo: 900, categoriesExcluded: ['Group 7'], diversity: 0.3 },
    boosts: [{ when: { marginAtLeast: 0.4 }, factor: 1.2 }],
    pins: [{ product: productIdOf(3), position: 4 }],
    productsExcluded: [productIdOf(1), productIdOf(2)],
  },
}

/** Makes the folder anew, with the shop's file and its products. */
export async function makeShop(dataDir: string, { productCount }: WorldSize): Promise<void> {
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(join(dataDir, 'catalogue'), { recursive: true })
  const shop = {
    ...{ id: shopId, name: 'Bench', domain: 'bench.example', url: 'https://bench.example/' },
    ...{ currency: 'PLN', timeZone: 'Europe/Warsaw', language: 'pl', logo: '/l.svg' },
    colours: { primary: '#0d5c46', onPrimary: '#ffffff', background: '#ffffff', text: '#17231d' },
    ...{ callToAction: 'Kup', categories: ['IAB22'] },
  }
  const file = { shop, campaigns: [], products: [], slots: [slot] }
  writeFileSync(join(dataDir, 'catalogue', `${shopId}.json`), JSON.stringify(file))
  const store = await LmdbProductStore.open(join(dataDir, 'products'), { isWriter: true })
  const draft = await store.forShop(shopId).draft(Date.now())
  for (let index = 0; index < productCount; index++)
    await draft.put({
      id: productIdOf(index),
      title: `Thing ${index % 997} of kind ${index % categoryCount}`,
      link: `/things/${index}`,
      image: `/pictures/${index}.jpg`,
      priceMicros: (1 + (index % 1_000)) * 1_000_000,
      currency: 'PLN',
      inStock: index % 20 !== 0,
      category: `Group ${index % 20} > Kind ${index % categoryCount}`,
      marginShare: (index % 60) / 100,
      brand: `Brand ${index % 90}`,
    })
  await draft.commit()
  await store.close()
}

/** Few products are looked at often; the next one is mostly near the one before. */
export class Wanderer {
  readonly #random: Random
  readonly #productCount: number

  constructor(seed: number, productCount: number) {
    this.#random = new Random(seed)
    this.#productCount = productCount
  }

  product(before: number): number {
    if (before >= 0 && this.#random.chance(0.75))
      return (before + 1 + this.#random.below(8)) % this.#productCount
    return Math.floor(this.#productCount * this.#random.next() ** 3)
  }

  session(): number[] {
    const products: number[] = []
    const length = 2 + Math.floor(6 * this.#random.next() ** 2)
    let product = -1
    while (products.length < length) {
      product = this.product(product)
      products.push(product)
    }
    return products
  }
}

/** What was done at the shop, written into its books as the collector would. */
export class ShopEvents {
  readonly #books: Books
  readonly #writer: Writer
  #eventCount = 0

  constructor(dataDir: string) {
    this.#books = new Books(new LmdbTables(join(dataDir, 'books'), { mapBytes }))
    this.#writer = new Writer({
      books: this.#books,
      clock: systemClock,
      segmentsOf: () => ({
        byRule: (slice) => ({ segments: slice.segments, dueAtMs: Infinity }),
        byList: () => [],
      }),
      onChanged: () => {},
      waitingMax: 1_000_000,
    })
  }

  /** @param first number of the first session; each is another browser's. */
  async add(wanderer: Wanderer, first: number, count: number, fromMs: number): Promise<void> {
    const nowMs = systemClock.nowMs()
    let events: Event[] = []
    for (let session = first; session < first + count; session++) {
      const startMs = fromMs + ((nowMs - fromMs) * (session - first)) / count
      const products = wanderer.session()
      products.forEach((product, i) => {
        events.push(
          this.#event('view_item', session, product, Math.min(nowMs, startMs + i * 20_000)),
        )
      })
      if (session % 10 === 0)
        events.push(
          this.#event('purchase', session, products.at(-1)!, Math.min(nowMs, startMs + 300_000)),
        )
      if (events.length < eventsPerTake) continue
      await this.#writer.take(shopId, events)
      events = []
    }
    if (events.length > 0) await this.#writer.take(shopId, events)
  }

  async close(): Promise<void> {
    await this.#writer.close()
    await this.#books.close()
  }

  #event(type: EventType, session: number, product: number, atMs: number): Event {
    const messageId = `m-${process.pid}-${this.#eventCount++}`
    return {
      type,
      messageId,
      atMs: Math.floor(atMs),
      source: 'tag',
      who: { ...noIdentifiers, anonymousId: browserIdOf(session) },
      items: [
        {
          product: productIdOf(product),
          quantity: 1,
          priceMicros: (1 + (product % 1_000)) * 1_000_000,
          category: `Group ${product % 20}`,
          brand: '',
          marginShare: -1,
        },
      ],
      valueMicros: -1,
      orderId: type === 'purchase' ? messageId : '',
      query: '',
      category: '',
      isGift: false,
      rating: -1,
      consent: { ads: true, personalization: true },
    }
  }
}

/** Requests as a shop's product pages make them, one browser after the other. */
export function requestOf(browser: number, product: number): string {
  return (
    `GET /v1/recommendations?shop=${shopId}&page=product&slot=product` +
    `&product=${productIdOf(product)}&person=${browserIdOf(browser)} HTTP/1.1\r\nHost: bench\r\n\r\n`
  )
}
