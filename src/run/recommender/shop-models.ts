import type { Clock } from '../../base/clock.js'
import { type Log, Throttled } from '../../base/log.js'
import type { Event } from '../../people/event.js'
import type { Person } from '../../people/person.js'
import type { RecommendConfig } from '../../recommend/config.js'
import { LiveModel } from '../../recommend/live-model.js'
import { catchUp, noteIn } from './catch-up.js'
import type { JournalFollower } from './follower.js'
import type { BuiltShop, ModelBuilder } from './model-builder.js'
import type { ShopProductsNow } from './shop-products.js'

/** How often it is looked at which shops are due, and what has changed of their products. */
const lookMs = 200
/** How often it is looked at whether settings were tuned. */
const lookAtTunedMs = 2_000
/** After a build that failed. */
const retryMs = 30_000
/** How often it is told that values of a shop's books are left out. */
const tellUnreadableMs = 3_600_000
/** A shop's builds take a fifth of a core at most: after one, four times as long passes. */
const restPerBuild = 4
const dayMs = 86_400_000

export interface ShopModelsOptions {
  readonly builder: ModelBuilder
  readonly follower: () => JournalFollower
  readonly config: RecommendConfig
  readonly clock: Clock
  readonly log: Log
  /** Another number after every change of any shop's products. */
  productsVersion(): number
  /** Another text after every change of the settings that were tuned for a shop. */
  tunedVersion(shopId: string): string
  /** @param seconds that it took; null: it failed. */
  onBuilt(shopId: string, seconds: number | null): void
}

/** One shop's model, and what is known of how old it is. */
interface Kept {
  readonly shopId: string
  readonly products: ShopProductsNow
  model: LiveModel | null
  /** What came since is in the model, but not in what it was built from. */
  hasNews: boolean
  /** Some of that can't wait for the period: somebody is to be in it no more, or settings were tuned. */
  hasUrgentNews: boolean
  /** It must be built as soon as can be: the catalogue is another, or there is no model yet. */
  isStale: boolean
  isBuilding: boolean
  /** When it was built, or found to need no build. */
  freshAtMs: number
  /** Not before. */
  nextBuildMs: number
  tunedVersion: string
  /** Values of its books that the model was built without. */
  unreadableCount: number
  readonly complaints: Throttled
}

/**
 * Every shop's model: built when it is due, swapped whole, and kept up with what happens in between.
 *
 * A model is due when the shop's catalogue was replaced, when its live sessions are full, soon after somebody went who
 * had a part in it, or settings were tuned, and once in each period in which anything happened.
 */
export class ShopModels {
  readonly #options: ShopModelsOptions
  readonly #shops = new Map<string, Kept>()
  readonly #timer: NodeJS.Timeout
  #productsVersion = -1
  #lookAtTunedMs = 0
  #droppedCount = 0
  #isClosed = false

  constructor(options: ShopModelsOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#look(), lookMs)
  }

  get(shopId: string): LiveModel | null {
    return this.#shops.get(shopId)?.model ?? null
  }

  /** Sessions of models that were replaced since, which gave way before that. */
  get droppedCount(): number {
    return this.#droppedCount
  }

  get models(): readonly LiveModel[] {
    return Array.from(this.#shops.values(), ({ model }) => model).filter((it) => it !== null)
  }

  /** Values of all shops' books that models in use were built without. */
  get unreadableCount(): number {
    let sum = 0
    for (const { unreadableCount } of this.#shops.values()) sum += unreadableCount
    return sum
  }

  /** Of the shop where it is longest ago that its model was right; 0 where there is no shop. */
  get ageMs(): number {
    const nowMs = this.#options.clock.nowMs()
    let oldest = nowMs
    for (const { freshAtMs, hasNews, hasUrgentNews, isStale } of this.#shops.values())
      if (hasNews || hasUrgentNews || isStale) oldest = Math.min(oldest, freshAtMs)
    return nowMs - oldest
  }

  /** A shop is there; its model is built at once. */
  add(shopId: string, products: ShopProductsNow): void {
    const nowMs = this.#options.clock.nowMs()
    this.#shops.set(shopId, {
      ...{ shopId, products, model: null, isStale: true, isBuilding: false },
      ...{ hasNews: false, hasUrgentNews: false, freshAtMs: nowMs, nextBuildMs: 0 },
      ...{ tunedVersion: '', unreadableCount: 0, complaints: new Throttled(tellUnreadableMs) },
    })
  }

  remove(shopId: string): void {
    this.#shops.delete(shopId)
  }

  /** The shop's own products are others than those that its model was built from. */
  replaced(shopId: string): void {
    const kept = this.#shops.get(shopId)
    if (kept !== undefined) kept.isStale = true
  }

  /** @param person whose event it is; may not be one who refuses. */
  note(shopId: string, event: Event, person: Person): void {
    const kept = this.#shops.get(shopId)
    if (kept === undefined) return
    kept.hasNews = true
    if (kept.model !== null) noteIn(kept.model, kept.products, event, person)
  }

  /** Nothing that the person did may be used any more. */
  forget(shopId: string, personKey: number): void {
    const kept = this.#shops.get(shopId)
    if (kept?.model?.forget(personKey) === true) kept.hasUrgentNews = true
  }

  /** What one person did is another's from now on. */
  join(shopId: string, goneKey: number, intoKey: number): void {
    const kept = this.#shops.get(shopId)
    if (kept === undefined) return
    kept.hasNews = true
    kept.model?.join(goneKey, intoKey)
  }

  /** Something happened, nobody knows where: somebody may have gone. */
  missed(): void {
    for (const kept of this.#shops.values()) kept.hasUrgentNews = true
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
  }

  #look(): void {
    const nowMs = this.#options.clock.nowMs()
    const version = this.#options.productsVersion()
    const isChanged = version !== this.#productsVersion
    this.#productsVersion = version
    const isTunedDue = nowMs >= this.#lookAtTunedMs
    if (isTunedDue) this.#lookAtTunedMs = nowMs + lookAtTunedMs
    for (const kept of this.#shops.values()) {
      if (isChanged) this.#followProducts(kept)
      if (isTunedDue && this.#isTuned(kept)) kept.hasUrgentNews = true
      if (!kept.isBuilding && nowMs >= kept.nextBuildMs && this.#isDue(kept, nowMs))
        void this.#build(kept)
    }
  }

  #followProducts(kept: Kept): void {
    const news = kept.products.look()
    if (news.kind === 'replaced') kept.isStale = true
    else if (news.kind === 'patched')
      for (const id of news.ids) kept.model?.updateProduct(id, kept.products.get(id))
  }

  #isTuned({ shopId, tunedVersion }: Kept): boolean {
    return this.#options.tunedVersion(shopId) !== tunedVersion
  }

  #isDue({ isStale, hasNews, hasUrgentNews, model, freshAtMs }: Kept, nowMs: number): boolean {
    const { buildPeriodMs, urgentBuildMs } = this.#options.config
    if (isStale || model?.isFull === true) return true
    const ageMs = nowMs - freshAtMs
    return (hasNews && ageMs >= buildPeriodMs) || (hasUrgentNews && ageMs >= urgentBuildMs)
  }

  async #build(kept: Kept): Promise<void> {
    const { builder, clock, config, onBuilt, tunedVersion } = this.#options
    const { shopId, products } = kept
    const startMs = clock.nowMs()
    const { version } = products
    Object.assign(kept, { isBuilding: true, isStale: false, hasNews: false, hasUrgentNews: false })
    kept.tunedVersion = tunedVersion(shopId)
    try {
      const fromMs = startMs - config.historyDays * dayMs
      const built = await builder.build(shopId, products.own, fromMs)
      const model = new LiveModel(built.parts, config.liveSessionCountMax)
      if (!(await this.#catchUp(model, kept, built.journalNumber, version))) return
      this.#droppedCount += kept.model?.droppedCount ?? 0
      kept.model = model
      kept.freshAtMs = startMs
      kept.unreadableCount = built.unreadable.count
      kept.nextBuildMs = clock.nowMs() + built.seconds * 1_000 * restPerBuild
      onBuilt(shopId, built.seconds)
      this.#tell(kept, model, built)
    } catch (error) {
      kept.isStale = true
      kept.nextBuildMs = clock.nowMs() + retryMs
      onBuilt(shopId, null)
      this.#options.log.error({ err: error, shopId }, 'model: not built; the one before stands')
    } finally {
      kept.isBuilding = false
    }
  }

  #tell({ shopId, complaints }: Kept, model: LiveModel, built: BuiltShop): void {
    const { log, clock } = this.#options
    const { fault, unreadable, seconds } = built
    if (fault !== '') log.warn({ shopId, fault }, 'model: built as for any shop; tune it anew')
    if (unreadable.count > 0 && complaints.due(clock.nowMs()) >= 0)
      log.error({ shopId, ...unreadable }, 'model: built without what of the books can’t be read')
    const { itemCount, sessionCount, bytes } = model
    log.info({ shopId, itemCount, sessionCount, bytes, seconds }, 'model: in use')
  }

  /** @returns whether the model is wanted by then; then it has all that happened since it was read. */
  async #catchUp(
    model: LiveModel,
    kept: Kept,
    journalNumber: number,
    version: number,
  ): Promise<boolean> {
    const { shopId, products } = kept
    const isWanted = await catchUp({
      ...{ shopId, model, products, journalNumber, follower: this.#options.follower() },
      isWanted: () => !this.#isClosed && this.#shops.get(shopId) === kept,
      onGone: () => {
        kept.hasUrgentNews = true
      },
    })
    if (!isWanted) return false
    const ids = products.patchedSince(version)
    if (ids === null) kept.isStale = true
    else for (const id of ids) model.updateProduct(id, products.get(id))
    return true
  }
}
