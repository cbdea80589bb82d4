import type { CatalogueProduct } from '../catalogue/products.js'
import type { Actions } from './actions.js'
import { ItemTable } from './item-table.js'
import type { ProductText } from './models/content-build.js'
import { buildFacts } from './models/facts-builder.js'
import { buildModels } from './models/model-parts.js'
import type { FirstDays } from './models/newest.js'
import { cutSessions } from './sessions/cut-sessions.js'
import { buildOwners } from './sessions/owners.js'
import { buildSessionIndex } from './sessions/session-index.js'
import type { NeighbourSettings } from './sessions/settings.js'
import type { ShopParts } from './shop-parts.js'

export interface ShopSources {
  /** The catalogue as it is now; gone through twice. */
  readonly products: Iterable<CatalogueProduct>
  /** Reads what was done at the shop, and adds products to the table that it lacks. */
  actions(items: ItemTable): Actions
  readonly settings: NeighbourSettings
  /** Not before the last action. */
  readonly nowSeconds: number
}

/**
 * Builds all models of one shop. Products have the catalogue's order, those that are in it no more come last: of two
 * that are as good, which comes first never hangs on when it was built, or on how people are called.
 */
export function buildShop({ products, actions, settings, nowSeconds }: ShopSources): ShopParts {
  const items = new ItemTable()
  const addedMs: number[] = []
  const facts = buildFacts(items, products, (item, product) => {
    addedMs[item] = product.addedMs ?? Number.POSITIVE_INFINITY
  })
  const done = actions(items)
  const itemCount = items.count
  facts.ensure(itemCount)
  const models = buildModels({
    actions: done,
    itemCount,
    facts,
    texts: textsOf(products, items, itemCount),
    nowSeconds,
    firstDays: firstDaysOf(addedMs, done, itemCount, nowSeconds),
  })
  const cut = cutSessions(done)
  const sessions = buildSessionIndex(cut, itemCount)
  const owners = buildOwners(done.personKeys, done.personCount, cut.persons)
  return { items: items.parts(), facts: facts.parts(), sessions, owners, models, settings }
}

/** What came into the catalogue since it was gone through the first time is left to the next build. */
function* textsOf(
  products: Iterable<CatalogueProduct>,
  items: ItemTable,
  itemCount: number,
): Iterable<ProductText> {
  for (const { id, title, link } of products) {
    const item = items.indexOf(id)
    if (item >= 0 && item < itemCount) yield { item, title, link }
  }
}

/**
 * What somebody looked at before it came into the catalogue has been there before: it was sold out, or feeds began
 * later. Products of a shop's own file are as old as the first look at them; without one, as if they came now.
 */
function firstDaysOf(
  addedMs: readonly number[],
  { item, atSeconds, count }: Actions,
  itemCount: number,
  nowSeconds: number,
): FirstDays {
  const looked = new Uint32Array(itemCount).fill(nowSeconds)
  for (let row = 0; row < count; row++)
    looked[item[row]!] = Math.min(looked[item[row]!]!, atSeconds[row]!)
  const added = looked.slice()
  for (const [index, ms] of addedMs.entries())
    added[index] = Math.min(added[index]!, Math.floor(ms / 1_000))
  return { added, looked }
}
