import { z } from '../base/schema.js'

const rate = z.number().positive().max(1)
const ratesBySize = z.record(z.string().regex(/^(default|native|video|audio|\d+x\d+)$/), rate)

/** Where on the page or screen an advert is: what the click rate depends on besides its size. */
export const placementKinds = [
  'siteAboveFold',
  'siteBelowFold',
  'site',
  'app',
  'interstitial',
] as const

export const biddingConfigSchema = z.strictObject({
  /**
   * Share of impressions that are clicked, by placement kind and banner size or format: turns the price
   * of a click into a CPM. `default` stands for what isn't listed.
   */
  clickRate: z.record(z.enum(placementKinds), ratesBySize),
})

export type BiddingConfig = z.output<typeof biddingConfigSchema>
