// The recommender as it is put together in src/run/recommender/side.ts, over real books, stores and routes, in one
// process: without ports, with a clock that stands still, and models that are built here unless a test says how.
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { AddressLimit } from '../../../src/base/address-limit.js'
import type { ManualClock } from '../../../src/base/clock.js'
import type { Log } from '../../../src/base/log.js'
import { Random } from '../../../src/base/random.js'
import { type ShopFileInput, shopFileSchema } from '../../../src/catalogue/model.js'
import type { Product } from '../../../src/catalogue/products.js'
import type { ShopDirectory } from '../../../src/catalogue/shop-directory.js'
import { LmdbProductStore } from '../../../src/catalogue/store-lmdb.js'
import type { Route } from '../../../src/edge/listener.js'
import { Books } from '../../../src/people/books.js'
import type { Event } from '../../../src/people/event.js'
import { journalEnd } from '../../../src/people/journal.js'
import type { Person } from '../../../src/people/person.js'
import { findIn } from '../../../src/people/person-of.js'
import { erase } from '../../../src/people/privacy.js'
import { LmdbTables } from '../../../src/people/store-lmdb.js'
import { buildShop } from '../../../src/recommend/build-shop.js'
import { Chooser } from '../../../src/recommend/choose/chooser.js'
import { choosePicks } from '../../../src/recommend/choose/picks.js'
import { type RecommendConfig, recommendConfigSchema } from '../../../src/recommend/config.js'
import { FeedbackLog } from '../../../src/recommend/report/feedback-log.js'
import { reportOf, type VariantReport } from '../../../src/recommend/report/report.js'
import { LmdbReportTables } from '../../../src/recommend/store-lmdb.js'
import { PickLeaver } from '../../../src/run/leave-picks.js'
import type { PersonPicks } from '../../../src/run/messages.js'
import { FollowedEvents } from '../../../src/run/recommender/followed-events.js'
import { FollowedPosition, readPosition } from '../../../src/run/recommender/followed-position.js'
import { FollowedWrites } from '../../../src/run/recommender/followed-writes.js'
import { JournalFollower } from '../../../src/run/recommender/follower.js'
import { forgetGone } from '../../../src/run/recommender/forget-gone.js'
import type { BuiltShop, ModelBuilder } from '../../../src/run/recommender/model-builder.js'
import { PickWriter } from '../../../src/run/recommender/pick-writer.js'
import { readActions } from '../../../src/run/recommender/read-actions.js'
import { ShopModels } from '../../../src/run/recommender/shop-models.js'
import { StorefrontShops } from '../../../src/run/recommender/storefront-shops.js'
import { readTunedSettings, tunedVersion } from '../../../src/run/recommender/tuned-settings.js'
import { Answers } from '../../../src/storefront/answers.js'
import { FeedbackTaker } from '../../../src/storefront/feedback.js'
import { Filler } from '../../../src/storefront/filler.js'
import { LiveSessions } from '../../../src/storefront/live-sessions.js'
import { storefrontRoutes } from '../../../src/storefront/routes.js'
import { feed } from '../../contracts/product-store.js'
import { mapBytes, newFolder, openWorld, type PeopleWorld } from '../../people/people-world.js'
import { getFrom, postTo } from './called-routes.js'
import { FilesInMemory, inputOf } from './files-in-memory.js'

export type Build = ModelBuilder['build']

export interface WorldOptions {
  readonly folder?: string
  readonly config?: Partial<RecommendConfig>
  /** How models are built; by itself as in the builder's thread. */
  readonly build?: (ordinary: Build) => Build
}

export interface AnswerJson {
  readonly id: string
  readonly items: readonly { readonly product: string; readonly source: string }[]
}

export const dayMs = 86_400_000

/** Far longer than anything takes: a busy machine is no fault of what is tested. */
const patienceMs = 60_000

export class RecommenderWorld {
  readonly faults: string[] = []
  /** What was chosen for adverts, as it was sent. */
  readonly picked: PersonPicks[] = []
  /** Shops whose models were built, or (with `!`) were not. */
  readonly builds: string[] = []
  readonly folder: string
  readonly people: PeopleWorld
  readonly clock: ManualClock
  readonly products: LmdbProductStore
  readonly reports: LmdbReportTables
  readonly models: ShopModels
  readonly follower: JournalFollower
  readonly writes: FollowedWrites
  readonly feedback: FeedbackLog
  readonly sessions: LiveSessions
  readonly picks: PickWriter
  readonly reader: LmdbTables
  readonly #files = new FilesInMemory()
  readonly #inputs = new Map<string, ShopFileInput>()
  readonly #routes: readonly Route[]
  readonly #storefront: StorefrontShops
  #lookCount = 0
  #isClosed = false
  readonly #positionPath: string
  readonly #position: FollowedPosition

  static async open(options: WorldOptions = {}): Promise<RecommenderWorld> {
    const folder = options.folder ?? newFolder()
    const at = { isWriter: true, mapBytes }
    const products = await LmdbProductStore.open(join(folder, 'products'), at)
    const world = new RecommenderWorld(folder, products, options)
    onTestFinished(() => world.close())
    return world
  }

  private constructor(
    folder: string,
    products: LmdbProductStore,
    { config: given = {}, build = (ordinary) => ordinary }: WorldOptions,
  ) {
    const config = recommendConfigSchema.parse(given)
    this.folder = folder
    this.#positionPath = join(folder, 'followed')
    this.products = products
    this.people = openWorld(join(folder, 'books'))
    const { clock } = this.people
    this.clock = clock
    this.reader = new LmdbTables(join(folder, 'books'), { mapBytes })
    const books = new Books(this.reader)
    const refresh = (): void => this.reader.refresh()
    const complain = (fields: object, message: string): void => {
      const { err } = fields as { err?: unknown }
      this.faults.push(`${message}: ${err instanceof Error ? err.message : String(err ?? '')}`)
    }
    const log: Log = { debug: () => {}, info: () => {}, warn: complain, error: complain }
    this.reports = new LmdbReportTables(join(folder, 'reports'), { mapBytes })
    this.feedback = new FeedbackLog({
      ...{ tables: this.reports, clock, flushMs: 20, waitingMax: 10_000 },
      timeZoneOf: () => 'Europe/Warsaw',
      answersPerShopMax: 100_000,
      onFault: (error) => complain({ err: error }, 'feedback'),
    })
    const ordinary: Build = async (shopId, own, fromMs) => this.#build(shopId, own, fromMs, config)
    this.models = new ShopModels({
      builder: { build: build(ordinary) } as unknown as ModelBuilder,
      follower: () => this.follower,
      ...{ config, clock, log },
      productsVersion: () => {
        this.#lookCount++
        return products.version
      },
      tunedVersion: (shopId) => tunedVersion(join(folder, 'tuned'), shopId),
      onBuilt: (shopId, seconds) => {
        this.builds.push(seconds === null ? `!${shopId}` : shopId)
        if (seconds !== null) this.picks.ready(shopId)
      },
    })
    this.#storefront = new StorefrontShops({
      directory: this.#files as unknown as ShopDirectory,
      ...{ products, books, refresh, models: this.models, secret: Buffer.alloc(32, 9) },
      onGone: () => {},
    })
    this.sessions = new LiveSessions({ peopleMax: config.recentPeopleMax, onDropped: () => {} })
    const chooser = new Chooser()
    const leaver = new PickLeaver(this.people.writer, log)
    this.picks = new PickWriter({
      person: (shopId, personId) => books.forShop(shopId).person(personId),
      choose: (shopId, slice) => {
        const model = this.models.get(shopId)
        return model === null ? null : choosePicks(model, slice, clock.nowMs(), chooser)
      },
      send: (rows) => {
        this.picked.push(...rows)
        leaver.leave(rows)
      },
      onFault: (_, error) => complain({ err: error }, 'picks'),
      waitingMax: config.picksWaitingMax,
    })
    const { models, picks, sessions, feedback } = this
    const writes = new FollowedWrites({ log, retryMs: 20 })
    this.writes = writes
    const events = new FollowedEvents({
      ...{ models, picks, sessions, feedback, writes },
      onMissed: () => {
        const forget = (shopId: string, personKey: number): void =>
          writes.add(() => feedback.forget(shopId, personKey))
        const joinTwo = (shopId: string, goneKey: number, personKey: number): void =>
          writes.add(() => feedback.join(shopId, goneKey, personKey))
        // As in side.ts, for each shop.
        for (const shopId of ['shop', 'a', 'b'])
          void forgetGone(shopId, { books, reports: this.reports, forget, join: joinTwo })
      },
    })
    const startAfter = readPosition(this.#positionPath)
    this.follower = new JournalFollower({ books, refresh, log, startAfter }, events)
    this.#position = new FollowedPosition({
      ...{ path: this.#positionPath, log },
      now: () => (writes.isDone ? this.follower.position : null),
    })
    const onFault = (error: unknown): void => complain({ err: error }, 'storefront')
    const storefront = this.#storefront
    this.#routes = storefrontRoutes({
      ...{ storefront, clock, onFault, isBehindProxy: false, findKey: () => null },
      answers: new Answers({
        // Nothing here may hang on chance: what is explored is drawn alike.
        filler: new Filler(chooser, () => 0.5),
        ...{ sessions, clock },
        onSlot: () => {},
        onFault: (_, error) => onFault(error),
        onAnswered: (answer) => feedback.answered(answer),
      }),
      feedback: new FeedbackTaker({ storefront, log: feedback, clock }),
      askLimit: new AddressLimit(config.askLimit),
      postLimit: new AddressLimit(config.postLimit),
      onLimited: () => {},
      onRequest: () => {},
      onFeedback: () => {},
    })
  }

  async #build(
    shopId: string,
    own: readonly Product[] | null,
    fromMs: number,
    { actionCountMax: countMax }: RecommendConfig,
  ): Promise<BuiltShop> {
    const tables = this.people.books.tables
    const journalNumber = journalEnd(tables)
    const { settings, fault } = readTunedSettings(join(this.folder, 'tuned'), shopId)
    const unreadable = { count: 0, fault: '' }
    const onUnreadable = (its: string): void => {
      if (unreadable.count++ === 0) unreadable.fault = its
    }
    const parts = buildShop({
      products: own ?? this.products.forShop(shopId).all(),
      actions: (items) => readActions(tables, shopId, items, { fromMs, countMax, onUnreadable }),
      settings,
      nowSeconds: Math.ceil(this.clock.nowMs() / 1_000),
    })
    return { parts, journalNumber, fault, unreadable, seconds: 0 }
  }

  /** Makes the shop, or changes its file. */
  shop(id: string, change: Partial<ShopFileInput> = {}): void {
    const input = { ...(this.#inputs.get(id) ?? inputOf(id)), ...change }
    this.#inputs.set(id, input)
    const before = this.#files.get(id)
    const file = shopFileSchema.parse(input)
    // As the directory does: what stays the same is the same object.
    const products = change.products === undefined && before !== null ? before.products : null
    this.#files.put(id, products === null ? file : { ...file, products })
  }

  removeShop(id: string): void {
    this.#inputs.delete(id)
    this.#files.put(id, null)
  }

  feed(shopId: string, products: readonly Product[]): Promise<void> {
    return feed(this.products.forShop(shopId), products)
  }

  async tell(shopId: string, ...events: readonly Event[]): Promise<void> {
    await this.people.writer.take(shopId, events)
  }

  find(shopId: string, identifier: string): Person | null {
    return findIn(this.people.books.forShop(shopId)).byIdentifier(identifier)
  }

  async erase(shopId: string, identifier: string): Promise<boolean> {
    const person = this.find(shopId, identifier)
    if (person === null) return false
    const book = this.people.books.forShop(shopId)
    await this.people.writer.change(shopId, (draft) => erase(book, draft, draft.person(person.id)!))
    return true
  }

  /** Until everything that has happened is followed, picks are left, and counts are on disk. */
  async settled(): Promise<void> {
    const { books } = this.people
    for (let quiet = 0; quiet < 3; ) {
      await wait(15)
      await this.feedback.tidy()
      const end = journalEnd(books.tables)
      const { computed } = this.picks.counts
      await turn()
      await this.people.writer.change('nobody', () => {})
      const isQuiet =
        this.follower.position >= end &&
        journalEnd(books.tables) === end &&
        this.picks.counts.computed === computed
      quiet = isQuiet ? quiet + 1 : 0
    }
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    for (const endMs = performance.now() + patienceMs; performance.now() < endMs; ) {
      if (isSo()) return
      await wait(10)
    }
    throw new Error(`never came true: ${what}; faults: ${this.faults.join('\n')}`)
  }

  /** Until what was changed of products is seen. */
  async looked(): Promise<void> {
    const count = this.#lookCount + 1
    await this.until('a look at products', () => this.#lookCount > count)
  }

  /** Until the shop's next model is in use; what is due then was set off before. */
  async built(shopId: string, ...act: readonly (() => void)[]): Promise<void> {
    const countOf = (): number => this.builds.filter((it) => it === shopId).length
    const before = countOf()
    for (const it of act) it()
    await this.until(`a model of ${shopId}`, () => countOf() > before)
  }

  /** The answer's status and body. */
  get(query: Readonly<Record<string, string>>): string {
    return getFrom(this.#routes, query)
  }

  answer(query: Readonly<Record<string, string>>): AnswerJson {
    return JSON.parse(this.get(query).slice(4)) as AnswerJson
  }

  /** Products in their order. */
  ids(query: Readonly<Record<string, string>>): readonly string[] {
    return this.answer(query).items.map(({ product }) => product)
  }

  post(name: 'batch' | 'events', body: object): Promise<string> {
    return postTo(this.#routes, name, body)
  }

  async report(shopId: string): Promise<readonly VariantReport[]> {
    await this.feedback.tidy()
    return reportOf(this.reports, shopId, { from: '2000-01-01', to: '2100-01-01', slot: null })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.follower.close()
    this.picks.close()
    this.models.close()
    await this.writes.close()
    await this.#position.close()
    await this.feedback.close()
    await this.reports.close()
    this.#storefront.close()
    await this.products.close()
    await this.people.close()
    await this.reader.close()
  }
}

export const productOf = (id: string, more: Partial<Product> = {}): Product => ({
  ...{ id, title: `Title ${id}`, link: `p/${id}`, image: `/i/${id}.jpg`, category: 'Things' },
  ...{ priceMicros: 10_000_000, currency: 'PLN', inStock: true },
  ...more,
})

export const newSeed = (): number => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  console.info(`seed: ${seed}`)
  return seed
}

export const randomOf = (seed: number): Random => new Random(seed)
