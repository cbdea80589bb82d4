import type { ItemTableParts } from './item-table.js'
import type { FactsParts } from './models/facts-builder.js'
import type { ModelParts } from './models/model-parts.js'
import type { OwnersParts } from './sessions/owners.js'
import type { SessionIndexParts } from './sessions/session-index.js'
import type { NeighbourSettings } from './sessions/settings.js'

/** All that a shop's model is made of, as the thread that builds it hands it over: typed arrays and names. */
export interface ShopParts {
  readonly items: ItemTableParts
  readonly facts: FactsParts
  readonly sessions: SessionIndexParts
  readonly owners: OwnersParts
  readonly models: ModelParts
  readonly settings: NeighbourSettings
}
