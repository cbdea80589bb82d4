/** All that the shops' API has, in the order of its document. */
import { join, relative } from 'node:path'
import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import type { Rates } from '../base/rates.js'
import { FeedImports } from '../catalogue/feed-imports.js'
import type { ProductStore } from '../catalogue/product-store.js'
import type { AuditLog } from '../collect/audit.js'
import { auditEndpoints } from '../collect/audit-endpoints.js'
import { budgetEndpoints, type SpendOf } from '../collect/budgets.js'
import { campaignEndpoints } from '../collect/campaigns.js'
import { creativeEndpoints } from '../collect/creatives.js'
import type { Endpoint } from '../collect/endpoint.js'
import { eventsEndpoints } from '../collect/events.js'
import { ordersEndpoints } from '../collect/events-orders.js'
import { exchangeEndpoints } from '../collect/exchanges.js'
import { feedEndpoints } from '../collect/feed.js'
import { keyEndpoints } from '../collect/key-endpoints.js'
import type { KeyRing } from '../collect/keys.js'
import { memberEndpoints } from '../collect/members.js'
import { openApiEndpoints } from '../collect/openapi-endpoints.js'
import { peopleEndpoints } from '../collect/people.js'
import { productEndpoints } from '../collect/products.js'
import { segmentDefinitionEndpoints } from '../collect/segment-definitions.js'
import { segmentPeopleEndpoints } from '../collect/segment-people.js'
import { shopEndpoints } from '../collect/shops.js'
import { type SlotExploration, slotExplorationEndpoints } from '../collect/slot-exploration.js'
import { type SlotReports, slotReportEndpoints } from '../collect/slot-report.js'
import { slotEndpoints } from '../collect/slots.js'
import { tagEndpoints } from '../collect/tag.js'
import { transferEndpoints } from '../collect/transfer.js'
import { eraseShop } from '../people/erase-shop.js'
import { emailHashOfKey, emailKey } from '../people/keys.js'
import { ruleFieldDocs } from '../people/rules/fields.js'
import { readyMadeSegments } from '../people/rules/ready-made.js'
import { scanBooks, scanFiles } from '../people/scan.js'
import { ExchangeFileBook } from './exchange-book.js'
import { dataPaths } from './paths.js'
import type { PeopleSide } from './people-side.js'
import { readScript } from './scripts.js'
import type { Settings } from './settings.js'
import { packageVersion } from './settings.js'
import type { ShopFacts } from './shop-facts.js'
import type { ShopSideMetrics } from './shop-side-metrics.js'

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
  /** Nothing is counted where it is missing. */
  readonly slotReports?: SlotReports
  /** Nothing is kept where it is missing. */
  readonly slotExploration?: SlotExploration
}

export function shopEndpointsOf(parts: ShopEndpointParts): Endpoint[] {
  const { settings, facts, people, keys, audit, products, rates, clock, log, numbers } = parts
  const { directory } = facts
  const events = {
    intake: people.writer,
    clock,
    rates,
    counts: numbers.events,
    shopOf: (shopId: string) => facts.shop(shopId),
  }
  const endpoints = [
    ...tagEndpoints({ script: readScript('tag'), tcfVendorId: settings.privacy.tcfVendorId }),
    ...eventsEndpoints({
      ...events,
      cookieDomain: settings.cookieDomain,
      addressLimit: settings.collect.addressLimit,
    }),
    ...ordersEndpoints(events),
    ...feedEndpoints({
      imports: feedImportsOf(parts),
      products,
      feedBytesMax: settings.feeds.feedBytesMax,
      fetch: settings.feeds,
      onFailed: (shopId, error) => log.error({ err: error, shopId }, 'feed: an import failed'),
    }),
    ...productEndpoints({
      products,
      own: (shopId) => directory.get(shopId)?.products ?? [],
    }),
    ...segmentDefinitionEndpoints(directory, readyMadeSegments, ruleFieldDocs),
    ...segmentPeopleEndpoints({
      directory,
      books: people.books,
      clock,
      isUnderWay: (shopId) => people.reevaluation.isUnderWay(shopId),
      emailHash: (shopId, key) => emailHashOfKey(facts.secretOf(shopId), key),
    }),
    ...memberEndpoints({
      directory,
      books: people.books,
      writer: people.writer,
      clock,
      emailKey: (shopId, email) => emailKey(facts.secretOf(shopId), email),
    }),
    ...campaignEndpoints(directory),
    ...budgetEndpoints(directory, parts.spendOf),
    ...creativeEndpoints(directory),
    ...slotEndpoints(directory),
    ...slotReportEndpoints({
      directory,
      reports: parts.slotReports ?? { report: () => [] },
      clock,
    }),
    ...slotExplorationEndpoints({
      directory,
      exploration: parts.slotExploration ?? { shown: () => ({ items: [], next: null }) },
      clock,
    }),
    ...shopEndpoints({
      directory,
      onRemoved: async (shopId) => {
        await keys.revokeAllOf(shopId)
        await products.forShop(shopId).clear()
        await eraseShop(people.books.forShop(shopId), people.writer)
      },
    }),
    ...transferEndpoints({
      directory,
      products,
      clock,
      importBytesMax: settings.feeds.feedBytesMax,
    }),
    ...exchangeEndpoints(new ExchangeFileBook(settings)),
    ...keyEndpoints(keys),
    ...peopleEndpoints({
      books: people.books,
      writer: people.writer,
      emailKey: (shopId, email) => emailKey(facts.secretOf(shopId), email),
      wakePublisher: () => people.publisher.wake(),
      listIds: (shopId) => people.registry.forShop(shopId).lists,
      async scan(shopId, texts, isOperator) {
        const file = join(dataPaths(settings).shops, directory.fileName(shopId))
        const own = relative(settings.data, file)
        const isTheirs = (path: string): boolean => isOperator || path === own
        return [
          ...(await scanBooks(people.books.tables, shopId, texts)),
          ...(await scanFiles(settings.data, texts, isTheirs)),
        ]
      },
    }),
    ...auditEndpoints(audit),
  ]
  return [...endpoints, ...openApiEndpoints(endpoints, packageVersion())]
}

function feedImportsOf({ settings, facts, products, clock }: ShopEndpointParts): FeedImports {
  return new FeedImports({
    products,
    clock,
    feedBytesMax: settings.feeds.feedBytesMax,
    rowBytesMax: settings.feeds.rowBytesMax,
    shop(shopId) {
      const file = facts.directory.get(shopId)
      if (file === null) throw new Error(`${shopId}: is no shop any more`)
      const own = file.products
      const inStock = own.filter((product) => product.inStock).length
      const { currency, url } = file.shop
      return { currency, url, own: { products: own.length, inStock } }
    },
  })
}
