import type { SourceName } from '../catalogue/slots.js'
import type { ProductFacts } from './facts.js'
import type { ItemTable } from './item-table.js'
import type { Source } from './query.js'

/** All that recommendations of one shop are made of. Nothing of another shop has a part in it. */
export interface ShopModel {
  readonly items: ItemTable
  readonly facts: ProductFacts
  readonly sources: Readonly<Record<SourceName, Source>>
}
