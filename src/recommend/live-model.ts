import type { Product } from '../catalogue/products.js'
import type { SourceName } from '../catalogue/slots.js'
import { ActionKind } from './actions.js'
import { FactFlag } from './facts.js'
import { ItemTable } from './item-table.js'
import type { ShopModel } from './model.js'
import { CatalogueFacts } from './models/facts-builder.js'
import { type Models, modelsFrom, transferablesOf } from './models/model-parts.js'
import type { Source } from './query.js'
import { LiveSessions, liveDefaults } from './sessions/live-sessions.js'
import { NextItems } from './sessions/next.js'
import type { ShopParts } from './shop-parts.js'

/** Sessions that come between two builds are dropped for newer ones from this share of the bound on. */
const fullShare = 0.9

/** A shop's model as it was built, with all that has happened since. */
export class LiveModel implements ShopModel {
  readonly items: ItemTable
  readonly facts: CatalogueFacts
  readonly sources: Readonly<Record<SourceName, Source>>
  readonly sessionCount: number
  readonly #models: Models
  readonly #live: LiveSessions
  readonly #liveCountMax: number
  readonly #builtBytes: number

  /** @param parts are not to be used after that. */
  constructor(parts: ShopParts, liveCountMax: number) {
    const { items, facts, sessions, models, settings } = parts
    this.#builtBytes = transferablesOf({ sessions, models }).reduce(
      (sum, it) => sum + it.byteLength,
      0,
    )
    this.items = new ItemTable(items)
    this.facts = new CatalogueFacts(facts)
    this.sessionCount = sessions.sessionCount
    this.#liveCountMax = liveCountMax
    this.#live = new LiveSessions({ ...liveDefaults, countMax: liveCountMax })
    this.#models = modelsFrom(models, this.facts)
    const next = new NextItems(sessions, this.#live, settings)
    this.sources = { ...this.#models.sources, next }
  }

  get itemCount(): number {
    return this.items.count
  }

  get liveCount(): number {
    return this.#live.count
  }

  /** Live sessions that gave way to newer ones. */
  get droppedCount(): number {
    return this.#live.droppedCount
  }

  /** Of all that it holds, but for names of categories and brands. */
  get bytes(): number {
    return this.#builtBytes + this.items.bytes + this.facts.bytes + this.#live.bytes
  }

  /** So much has come that it should be built anew. */
  get isFull(): boolean {
    return this.#live.count >= this.#liveCountMax * fullShare
  }

  /**
   * Somebody has done something: known to the next answer.
   *
   * @param find the product in the catalogue as it is now; asked where it isn't known here.
   */
  note(
    personKey: number,
    product: string,
    kind: ActionKind,
    atSeconds: number,
    find: () => Product | null,
  ): void {
    let item = this.items.indexOf(product)
    if (item < 0) {
      const found = find()
      if (found === null) return
      item = this.#add(found)
    }
    // As sessions are cut (sessions/cut-sessions): what is done with a product that was looked at is no further look.
    if (kind === ActionKind.view || !this.#live.hasNow(personKey, item))
      this.#live.note(personKey, item, atSeconds)
    this.#models.popularity.note(item, kind, atSeconds)
  }

  /** None of the person's sessions since the build is found any more; those of the build go with the next. */
  forget(personKey: number): void {
    this.#live.forget(personKey)
  }

  /** @param product as the catalogue has it now; null where it is gone. */
  updateProduct(id: string, product: Product | null): void {
    const item = this.items.indexOf(id)
    if (product === null) {
      if (item >= 0) this.facts.update(item, null)
      return
    }
    if (item < 0 || (this.facts.flags[item]! & FactFlag.listed) === 0) this.#add(product)
    else this.facts.update(item, product)
  }

  /** It is new, or somebody did something with it before it was in the catalogue. */
  #add(product: Product): number {
    const item = this.items.add(product.id)
    this.facts.update(item, product)
    this.#models.content.add({ item, title: product.title, link: product.link }, this.facts)
    this.#models.newest.note(item)
    return item
  }
}
