import { campaignSchema } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import type { Endpoint } from './endpoint.js'
import { itemEndpoints } from './items.js'

const example = {
  id: 'spring-carts',
  name: 'Carts left behind, spring',
  goal: 'cpm',
  bid: 4.5,
  maxCpm: 18,
  budget: { total: 12_000, daily: 400 },
  targeting: { countries: ['POL'], sizes: ['300x250', '728x90'] },
  modifiers: [{ when: { cart: { valueAtLeast: 200, abandonedForAtLeastMinutes: 30 } }, factor: 3 }],
}

/** A campaign that is deleted keeps its spend in the ledger, where its account is closed. */
export function campaignEndpoints(directory: ShopDirectory): Endpoint[] {
  return itemEndpoints(directory, {
    list: 'campaigns',
    name: 'campaign',
    path: '/v1/campaigns',
    tag: 'campaigns',
    plural: 'campaigns',
    schema: campaignSchema.meta({ title: 'Campaign', examples: [example] }),
  })
}
