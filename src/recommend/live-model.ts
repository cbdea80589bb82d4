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
import { type OwnersParts, sessionsOf } from './sessions/owners.js'
import { removeSession, type SessionIndexParts } from './sessions/session-index.js'
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
  readonly #sessions: SessionIndexParts
  readonly #owners: OwnersParts
  /** People who were joined into others since the build, by whom they are now. */
  readonly #joined = new Map<number, readonly number[]>()

  /** @param parts are not to be used after that. */
  constructor(parts: ShopParts, liveCountMax: number) {
    const { items, facts, sessions, owners, models, settings } = parts
    this.#builtBytes = transferablesOf({ sessions, owners, models }).reduce(
      (sum, it) => sum + it.byteLength,
      0,
    )
    this.items = new ItemTable(items)
    this.facts = new CatalogueFacts(facts)
    this.sessionCount = sessions.sessionCount
    this.#sessions = sessions
    this.#owners = owners
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
    this.#live.note(personKey, item, atSeconds, kind === ActionKind.view)
    this.#models.popularity.note(item, kind, atSeconds)
  }

  /**
   * None of the person's sessions is found any more. What is counted of products has them until the next build: how
   * often these are wanted, bought, and bought together.
   *
   * @returns whether they had a part in any of it.
   */
  forget(personKey: number): boolean {
    let hadAny = this.#live.forget(personKey) > 0
    for (const key of [personKey, ...(this.#joined.get(personKey) ?? [])]) {
      const built = sessionsOf(this.#owners, key)
      if (built === null) continue
      hadAny = true
      for (const session of built) removeSession(this.#sessions, session)
    }
    this.#joined.delete(personKey)
    return hadAny
  }

  /** What one person did is another's from now on: the visit goes on, and goes when they go. */
  join(goneKey: number, intoKey: number): void {
    this.#live.join(goneKey, intoKey)
    const before = this.#joined.get(goneKey)
    const isBuilt = before !== undefined || sessionsOf(this.#owners, goneKey) !== null
    if (!isBuilt) return
    const theirs = new Set([...(this.#joined.get(intoKey) ?? []), goneKey, ...(before ?? [])])
    this.#joined.set(intoKey, [...theirs])
    this.#joined.delete(goneKey)
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
