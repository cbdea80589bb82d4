// Shops in memory behind a real listener, with a real log of what came of answers.
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AddressLimit } from '../../src/base/address-limit.js'
import { ManualClock } from '../../src/base/clock.js'
import { type Shop, shopSchema } from '../../src/catalogue/model.js'
import type { Product } from '../../src/catalogue/products.js'
import type { Slot, SlotInput, SourceName } from '../../src/catalogue/slots.js'
import { slotSchema } from '../../src/catalogue/slots.js'
import { listen } from '../../src/edge/listen.js'
import type { Listener, ListenOptions } from '../../src/edge/listener.js'
import { emptySlice, type Slice } from '../../src/profiles/slice.js'
import { FeedbackLog } from '../../src/recommend/report/feedback-log.js'
import { LmdbReportTables } from '../../src/recommend/store-lmdb.js'
import { type AnswerKind, Answers } from '../../src/storefront/answers.js'
import { FeedbackTaker } from '../../src/storefront/feedback.js'
import { Filler } from '../../src/storefront/filler.js'
import { LiveSessions } from '../../src/storefront/live-sessions.js'
import { storefrontRoutes } from '../../src/storefront/routes.js'
import type { KeyHolder, KnownPerson, StorefrontShop } from '../../src/storefront/shop.js'
import { type Finds, worldOf } from '../recommend/choose/world.js'

export const mapBytes = 64 * 1024 * 1024
/** What the tag calls a browser. */
export const browserId = (name: string): string => name.padEnd(22, '0')

export interface AnswerBody {
  readonly id: string
  readonly slot: string
  readonly page: string
  readonly title: string
  readonly experiment?: string
  readonly variant?: string
  readonly items: readonly {
    readonly product: string
    readonly title: string
    readonly url: string
    readonly image: string
    readonly price: number
    readonly salePrice?: number
    readonly currency: string
    readonly source: string
  }[]
  readonly warnings?: readonly string[]
  readonly error?: string
}

export const productIds = (answer: AnswerBody): string[] => answer.items.map((it) => it.product)

export interface GivenShop {
  readonly products?: readonly Partial<Product>[]
  readonly slots?: readonly SlotInput[]
  readonly finds?: Partial<Record<SourceName, Finds>>
  readonly hasModel?: boolean
}

export const shopOf = (id: string): Shop =>
  shopSchema.parse({
    ...{ id, name: id, domain: `${id}.example`, url: `https://${id}.example/pl/` },
    ...{ currency: 'PLN', timeZone: 'Europe/Warsaw', language: 'pl', logo: '/logo.png' },
    colours: { primary: '#ff0000', background: '#ffffff', text: '#000000' },
    ...{ callToAction: 'Kup', categories: ['IAB22'] },
  })

export function productsOf(count: number): Product[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ id: `p${index}`, title: `Product ${index}`, link: `product/${index}` },
    ...{ image: `/img/${index}.jpg`, priceMicros: (index + 1) * 10_000_000, currency: 'PLN' },
    ...{ inStock: true, category: 'a' },
  }))
}

const limitOf = (burstMax: number) => ({
  ...{ callsPerSecond: burstMax / 10, burstMax, addressCountMax: 100_000 },
})

export class World {
  readonly clock = new ManualClock()
  readonly shops = new Map<string, StorefrontShop>()
  /** By shop and identifier. */
  readonly people = new Map<string, KnownPerson>()
  readonly keys = new Map<string, KeyHolder>()
  readonly told: string[] = []
  readonly faults: unknown[] = []
  readonly askLimit = new AddressLimit(limitOf(2_000))
  readonly postLimit = new AddressLimit(limitOf(1_000))
  readonly directory = mkdtempSync(join(tmpdir(), 'grosz-storefront-'))
  readonly tables = new LmdbReportTables(this.directory, { mapBytes })
  readonly sessions = new LiveSessions({ peopleMax: 1_000, onDropped: () => {} })
  readonly log = new FeedbackLog({
    tables: this.tables,
    clock: this.clock,
    timeZoneOf: () => 'Europe/Warsaw',
    flushMs: 50,
    waitingMax: 1_000,
    answersPerShopMax: 10_000,
    onFault: (error) => this.faults.push(error),
  })
  readonly filler = new Filler()
  base = ''
  #listener: Listener | null = null

  add(id: string, { products, slots, finds, hasModel }: GivenShop = {}): StorefrontShop {
    const plain = productsOf(Math.max(products?.length ?? 0, 40))
    const all = plain.map((it, index) => ({ ...it, ...products?.[index] }) as Product)
    const byId = new Map(all.map((it) => [it.id, it]))
    const model = worldOf(
      all.map((it) => ({
        ...{ id: it.id, price: (it.salePriceMicros ?? it.priceMicros) / 1e6, stock: it.inStock },
        ...{ category: it.category, brand: it.brand?.toLowerCase() ?? '' },
      })),
      finds ?? { bestsellers: all.map((it) => it.id) },
    )
    const shop: StorefrontShop = {
      id,
      shop: shopOf(id),
      slots: (slots ?? []).map((it): Slot => slotSchema.parse(it)),
      secret: createHmac('sha256', 'installation').update(id).digest(),
      model: hasModel === false ? null : model,
      product: (product) => byId.get(product) ?? null,
      fallbackProducts: (countMax) => all.filter((it) => it.inStock).slice(0, countMax),
    }
    this.shops.set(id, shop)
    return shop
  }

  know(
    shopId: string,
    identifier: string,
    slice: Partial<Slice> = {},
    personId = identifier,
  ): void {
    const person = { personId, dealtBy: identifier, slice: { ...emptySlice, ...slice } }
    this.people.set(`${shopId} ${identifier}`, person)
  }

  async listen(by: (options: ListenOptions) => Promise<Listener> = listen): Promise<void> {
    const storefront = {
      shop: (id: string) => this.shops.get(id) ?? null,
      person: (shopId: string, it: string) => this.people.get(`${shopId} ${it}`) ?? null,
    }
    const { clock, log, sessions, filler } = this
    const onFault = (error: unknown): number => this.faults.push(error)
    const answers = new Answers({
      ...{ filler, sessions, clock },
      onSlot: (page: string, kind: AnswerKind) => this.told.push(`${page} ${kind}`),
      onFault: (_, error) => onFault(error),
      onAnswered: (answer) => log.answered(answer),
    })
    const routes = storefrontRoutes({
      ...{ storefront, answers, clock, onFault, isBehindProxy: true },
      feedback: new FeedbackTaker({ storefront, log, clock }),
      findKey: (secret) => this.keys.get(secret) ?? null,
      ...{ askLimit: this.askLimit, postLimit: this.postLimit },
      onLimited: (call) => this.told.push(`limited ${call}`),
      onRequest: (status) => this.told.push(`${status}`),
      onFeedback: (result, type) => this.told.push(`${result} ${type}`),
    })
    this.#listener = await by({ host: '127.0.0.1', port: 0, routes, bodyTimeoutMs: 2_000 })
    this.base = `http://127.0.0.1:${this.#listener.port}/v1/recommendations`
  }

  async get(query: string, headers: Record<string, string> = {}): Promise<AnswerBody> {
    const response = await fetch(`${this.base}?${query}`, { headers })
    return (await response.json()) as AnswerBody
  }

  post(name: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const all = { 'Content-Type': 'text/plain', ...headers }
    return fetch(`${this.base}/${name}`, { method: 'POST', body: text, headers: all })
  }

  async batch(body: unknown): Promise<AnswerBody[]> {
    const response = await this.post('batch', body)
    return ((await response.json()) as { answers: AnswerBody[] }).answers
  }

  /** @returns what became of each. */
  async events(shop: string, events: readonly unknown[], more: object = {}): Promise<string[]> {
    const response = await this.post('events', { shop, events, ...more })
    const { results } = (await response.json()) as { results: { result: string }[] }
    return results.map(({ result }) => result)
  }

  async close(): Promise<void> {
    await this.#listener?.close()
    await this.log.close()
    await this.tables.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}
