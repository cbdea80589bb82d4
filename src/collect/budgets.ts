import { z } from '../base/schema.js'
import { campaignSchema } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { etagOf } from './etag.js'
import { partEndpoints } from './parts.js'
import type { Place } from './place.js'
import { budgetPlace } from './place.js'

/** What a campaign was charged, as the ledger has it. In nanos of the shop's currency. */
export interface CampaignSpend {
  readonly totalNanos: bigint
  readonly todayNanos: bigint
  /** What may still be bid; null: no limit. */
  readonly leftNanos: bigint | null
}

/** By campaign, also of campaigns that are gone; null where the ledger can't be asked now. */
export type SpendOf = (shopId: string) => Promise<ReadonlyMap<string, CampaignSpend> | null>

const budgetSchema = campaignSchema.shape.budget
const nanos = z.string().regex(/^-?\d+$/)
const shownSchema = z.strictObject({
  ...budgetSchema.shape,
  currency: z.string(),
  /** Billionths of the currency's unit, as decimal text; null where the ledger can't be asked now. */
  spend: z
    .strictObject({ totalNanos: nanos, todayNanos: nanos, leftNanos: nanos.nullable() })
    .nullable(),
})

/** Spending moves all the time, so the ETag is the budget's alone, and a GET is never answered with 304. */
export function budgetEndpoints(directory: ShopDirectory, spendOf: SpendOf): Endpoint[] {
  const place = (call: Call): Place => budgetPlace(call.params['campaign'] ?? '')
  const [get, put, patch] = partEndpoints(directory, {
    name: 'Budget',
    path: '/v1/campaigns/{campaign}/budget',
    tag: 'campaigns',
    what: 'what a campaign may spend',
    schema: budgetSchema.meta({ title: 'Budget', examples: [{ total: 12_000, daily: 400 }] }),
    shownSchema,
    place,
  })
  const handle = async (call: Call): Promise<Answer> => {
    const file = directory.get(call.shopId)
    const budget = file === null ? null : place(call).shown(file)
    if (file === null || budget === null) return refusal(404, 'path: there is nothing here')
    const spends = await spendOf(call.shopId)
    const none = { totalNanos: 0n, todayNanos: 0n, leftNanos: null }
    const { totalNanos, todayNanos, leftNanos } = spends?.get(call.params['campaign']!) ?? none
    const text = (amount: bigint | null): string | null => (amount === null ? null : String(amount))
    const spend = {
      totalNanos: text(totalNanos),
      todayNanos: text(todayNanos),
      leftNanos: text(leftNanos),
    }
    return {
      status: 200,
      body: { ...budget, currency: file.shop.currency, spend: spends === null ? null : spend },
      headers: { ETag: etagOf(budget), 'Cache-Control': 'no-store' },
    }
  }
  return [{ ...get!, handle }, put!, patch!]
}
