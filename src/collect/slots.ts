import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { slotSchema } from '../catalogue/slots.js'
import type { Endpoint } from './endpoint.js'
import { itemEndpoints } from './items.js'

const example = {
  id: 'product-also',
  name: 'Product page, below the description',
  page: 'product',
  title: 'Others looked at',
  limit: 8,
  strategies: ['next', 'bought-together', 'similar'],
  rules: {
    priceFrom: 20,
    brandsExcluded: ['no-name'],
    pins: [{ product: 'sku-1', position: 1 }],
    boosts: [
      { when: { marginAtLeast: 0.4 }, factor: 1.5 },
      { when: { category: 'clearance' }, factor: 0.2 },
    ],
  },
  experiment: {
    id: 'bought-first',
    variants: [{ id: 'bought', share: 0.5, strategies: ['bought-together', 'next', 'similar'] }],
  },
}

/**
 * Where on a shop's pages products are recommended, and how they are chosen. A slot that is taken away is
 * filled as its page has it by default, or not at all; what was counted of it stays in its report.
 */
export function slotEndpoints(directory: ShopDirectory): Endpoint[] {
  return itemEndpoints(directory, {
    list: 'slots',
    name: 'slot',
    path: '/v1/slots',
    tag: 'slots',
    plural: 'slots',
    schema: slotSchema.meta({ title: 'Slot', examples: [example] }),
    takenIds: ['report'],
  })
}
