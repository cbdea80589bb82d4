/** All that the shops' API has, in the order of its document. */
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Rates } from '../base/rates.js'
import type { ProductStore } from '../catalogue/product-store.js'
import type { AuditLog } from '../collect/audit.js'
import { auditEndpoints } from '../collect/audit-endpoints.js'
import { budgetEndpoints, type SpendOf } from '../collect/budgets.js'
import { campaignEndpoints } from '../collect/campaigns.js'
import { creativeEndpoints } from '../collect/creatives.js'
import type { Endpoint } from '../collect/endpoint.js'
import { eventsEndpoints } from '../collect/events.js'
import { keyEndpoints } from '../collect/key-endpoints.js'
import type { KeyRing } from '../collect/keys.js'
import { peopleEndpoints } from '../collect/people.js'
import { segmentDefinitionEndpoints } from '../collect/segment-definitions.js'
import { shopEndpoints } from '../collect/shops.js'
import { tagEndpoints } from '../collect/tag.js'
import { eraseShop } from '../people/erase-shop.js'
import { emailKey } from '../people/keys.js'
import { readyMadeSegments } from '../people/rules/ready-made.js'
import { scanBooks, scanFiles } from '../people/scan.js'
import type { PeopleSide } from './people-side.js'
import type { Settings } from './settings.js'
import type { ShopFacts } from './shop-facts.js'
import type { ShopSideMetrics } from './shop-side-metrics.js'
import { readTagScript } from './tag-script.js'

export interface ShopEndpointParts {
  readonly settings: Settings
  readonly facts: ShopFacts
  readonly people: PeopleSide
  readonly keys: KeyRing
  readonly audit: AuditLog
  readonly products: ProductStore
  readonly rates: Rates
  readonly clock: Clock
  readonly log: Log
  readonly numbers: ShopSideMetrics
  readonly spendOf: SpendOf
}

export function shopEndpointsOf(parts: ShopEndpointParts): Endpoint[] {
  const { settings, facts, people, keys, audit, rates, clock, numbers } = parts
  const { directory } = facts
  return [
    ...tagEndpoints({ script: readTagScript(), tcfVendorId: settings.privacy.tcfVendorId }),
    ...eventsEndpoints({
      intake: people.writer,
      clock,
      rates,
      counts: numbers.events,
      shopOf: (shopId) => facts.shop(shopId),
      addressLimit: settings.collect.addressLimit,
    }),
    ...segmentDefinitionEndpoints(directory, readyMadeSegments),
    ...campaignEndpoints(directory),
    ...budgetEndpoints(directory, parts.spendOf),
    ...creativeEndpoints(directory),
    ...shopEndpoints({
      directory,
      onRemoved: async (shopId) => {
        await keys.revokeAllOf(shopId)
        await parts.products.forShop(shopId).clear()
        await eraseShop(people.books.forShop(shopId), people.writer)
      },
    }),
    ...keyEndpoints(keys),
    ...peopleEndpoints({
      books: people.books,
      writer: people.writer,
      emailKey: (shopId, email) => emailKey(facts.secretOf(shopId), email),
      listIds: (shopId) => people.registry.forShop(shopId).lists,
      scan: async (shopId, texts) => [
        ...(await scanBooks(people.books.tables, shopId, texts)),
        ...(await scanFiles(settings.data, texts)),
      ],
    }),
    ...auditEndpoints(audit),
  ]
}
