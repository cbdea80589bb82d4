import { campaignSchema, type ShopFile } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import type { Answer, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { itemEndpoints } from './items.js'
import { segmentsNamed } from './segments-named.js'

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
    mayPut: refuseUnknown,
  })
}

/** Nobody is ever in a segment that there isn't: a slip of the pen. What named one before may go on so. */
function refuseUnknown(
  before: object | null,
  after: object,
  { segments }: ShopFile,
): Answer | null {
  const campaign = campaignSchema.safeParse(after)
  // What else is wrong with it is told later, by those who check all of the shop.
  if (!campaign.success) return null
  const known = new Set(segments.map(({ id }) => id))
  if (before !== null)
    for (const { segment } of segmentsNamed(before as ShopFile['campaigns'][number]))
      known.add(segment)
  const problems = Array.from(segmentsNamed(campaign.data))
    .filter(({ segment }) => !known.has(segment))
    .map(({ where, segment }) => ({ where, reason: `no segment is called ${segment}` }))
  return problems.length === 0
    ? null
    : refusal(400, 'body: names segments that there aren’t', problems.slice(0, 100))
}
