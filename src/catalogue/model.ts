/**
 * What a shop tells us of itself and its campaigns, as read from its file and checked once.
 *
 * Amounts are decimal numbers of the shop's currency here, as a person writes them; `compile` turns
 * them into whole micros and nanos.
 */
import { z } from '../base/schema.js'
import { coloursSchema } from './creative/colour.js'
import {
  audioSchema,
  creativeFormats,
  videoPlacements,
  videoPositions,
  videoSchema,
} from './media.js'
import { productSchema } from './products.js'
import { slotsSchema } from './slots.js'

export const campaignCountMax = 262_144
const listMax = 10_000

const identifier = z.string().regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits, _ . : -')
const country = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 3166-1 alpha-3 code in upper case')
const region = z.string().regex(/^[A-Z]{3}:[A-Z0-9-]{1,8}$/, 'must look like POL:14')
const size = z.string().regex(/^\d{1,4}x\d{1,4}$/, 'must look like 300x250')
const host = z.string().regex(/^[a-z0-9.-]+$/, 'must be a host name in lower case')
const amount = z.number().nonnegative().max(9_000_000)
const pictureSize = z.strictObject({
  width: z.number().int().min(1).max(16_384),
  height: z.number().int().min(1).max(16_384),
})
const hour = z.number().int().min(0).max(24)

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export const deviceTypes = ['desktop', 'phone', 'tablet', 'tv'] as const

const targetingSchema = z.strictObject({
  countries: z.array(country).max(listMax).optional(),
  regions: z.array(region).max(listMax).optional(),
  deviceTypes: z.array(z.enum(deviceTypes)).optional(),
  /** `ios`, `android`, `windows`, `macos`, `linux`, or another name in lower case. */
  os: z.array(z.string().max(32)).optional(),
  sizes: z.array(size).max(64).optional(),
  /** Sites; a host also stands for those below it. */
  domains: z.array(host).max(listMax).optional(),
  domainsExcluded: z.array(host).max(listMax).optional(),
  /** Apps, by their id in the store. */
  bundles: z.array(z.string().min(1).max(256)).max(listMax).optional(),
  /** What the page or app is about: IAB content categories; a parent stands for its children. */
  categories: z.array(z.string().min(1).max(32)).max(listMax).optional(),
  categoriesExcluded: z.array(z.string().min(1).max(32)).max(listMax).optional(),
  /** In the shop's time zone, `to` not included; a campaign without any is on all the time. */
  hours: z
    .array(
      z
        .strictObject({ days: z.array(z.enum(days)).min(1), from: hour, to: hour })
        .refine((h) => h.from < h.to, { message: 'from must be before to' }),
    )
    .max(64)
    .optional(),
  exchanges: z.array(z.string().max(64)).optional(),
  /** `any`: the person must be in one of these; `none`: in none of these. */
  segments: z
    .strictObject({
      any: z.array(identifier).max(64).optional(),
      none: z.array(identifier).max(64).optional(),
    })
    .optional(),
  /** False keeps the campaign off full-screen placements; `rewarded` off those that people are paid to see. */
  interstitial: z.boolean().optional(),
  rewarded: z.boolean().optional(),
  /** Deals that the campaign buys under, by the exchange's id; `*` stands for any. */
  deals: z.array(z.string().min(1).max(128)).max(listMax).optional(),
  /** Whether it also buys without a deal; where it isn't said: only if it names no deals. */
  openMarket: z.boolean().optional(),
  /** Video only: where in the content, and what kind of player (`plcmt`; 2.5's `placement` is mapped). */
  videoPlacements: z.array(z.enum(videoPlacements)).optional(),
  videoPositions: z.array(z.enum(videoPositions)).optional(),
})

/** One `when` each; all that hold are multiplied. */
const modifierSchema = z.strictObject({
  when: z.union([
    z.strictObject({ segment: identifier }),
    z.strictObject({
      cart: z.strictObject({
        valueAtLeast: amount.default(0),
        abandonedForAtLeastMinutes: z.number().nonnegative().default(0),
      }),
    }),
    z.strictObject({ viewedWithinMinutes: z.number().positive() }),
  ]),
  factor: z.number().min(0).max(100),
})

export const campaignSchema = z.strictObject({
  id: identifier,
  name: z.string().max(200).default(''),
  /** `cpm`: `bid` is for 1,000 impressions. `cpc`: `bid` is for one click. */
  goal: z.enum(['cpm', 'cpc']),
  bid: amount,
  /** Most that is ever bid for 1,000 impressions, modifiers included. */
  maxCpm: amount,
  budget: z.strictObject({ total: amount.optional(), daily: amount.optional() }),
  flight: z
    .strictObject({ start: z.iso.datetime().optional(), end: z.iso.datetime().optional() })
    .default({}),
  paused: z.boolean().default(false),
  /** What to do without the person's profile (a stranger, no consent, a store that is late). */
  withoutProfile: z.enum(['bid', 'skip']).default('bid'),
  targeting: targetingSchema.default({}),
  modifiers: z.array(modifierSchema).max(16).default([]),
  /** Shown to a stranger, by product id, best first; the shop's own order where there are none. */
  products: z.array(z.string().max(128)).max(64).optional(),
  callToAction: z.string().max(40).optional(),
  /** Formats that it may show in; all that the shop has something for where it isn't said. */
  formats: z.array(z.enum(creativeFormats)).min(1).optional(),
  /** Which of the shop's videos and audio spots it shows, by id; any where it isn't said. */
  videos: z.array(identifier).max(64).optional(),
  audios: z.array(identifier).max(64).optional(),
})

export const shopSchema = z.strictObject({
  id: identifier,
  name: z.string().min(1).max(100),
  /** The advertiser's domain, as sent in `bid.adomain`. */
  domain: host,
  /** The shop's home; relative links and pictures of products start here. */
  url: z.url({ protocol: /^https?$/ }).max(500),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** IANA time zone: a day's budget and the hours of campaigns are meant in it. */
  timeZone: z.string().refine(isTimeZone, { message: 'is not an IANA time zone' }),
  language: z.string().regex(/^[a-z]{2}$/),
  logo: z.string().max(2_000),
  colours: coloursSchema,
  callToAction: z.string().max(40),
  /** What the shop advertises, in IAB content taxonomy 1.0, as sent in `bid.cat`. */
  categories: z
    .array(z.string().regex(/^IAB\d{1,2}(-\d{1,2})?$/))
    .min(1)
    .max(16),
  /** Size that every product's picture has at least, where a product doesn't say its own: for native. */
  pictures: pictureSize.optional(),
  /** The logo's size, for native. */
  logoSize: pictureSize.optional(),
  /** Who pays for the adverts, as the Digital Services Act wants it named; the shop's name where absent. */
  payer: z.string().min(1).max(100).optional(),
  /** Where people read what is done with their data. */
  privacyUrl: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  /** The shop's app, by its id in the store, where the adverts are for it (`bid.bundle`). */
  appBundle: z.string().min(1).max(256).optional(),
  /** Lets an exchange's `eids` of this source find the shop's own people, by the shop's salt. */
  eids: z.strictObject({ source: host, salt: z.string().min(16).max(128) }).optional(),
  /**
   * Web origins whose pages may send events without a key, as `https://shop.example`; that of `url`
   * and any below the shop's domain where it isn't said.
   */
  origins: z
    .array(z.string().regex(/^https?:\/\/[^/]+$/))
    .max(64)
    .optional(),
})

/**
 * A named set of the shop's people. With a `rule` (people/rules) it is worked out from what each has
 * done; without one it is a list that the shop sends.
 */
export const segmentSchema = z.strictObject({
  id: identifier,
  name: z.string().max(200).default(''),
  /** In the language of rules, as text or as JSON; read by the collector, which says what is wrong with it. */
  rule: z.union([z.string().min(1).max(4_000), z.record(z.string(), z.unknown())]).optional(),
})
export type Segment = z.output<typeof segmentSchema>

export const shopFileSchema = z.strictObject({
  shop: shopSchema,
  segments: z.array(segmentSchema).max(500).default([]),
  slots: slotsSchema.default([]),
  campaigns: z.array(campaignSchema).max(campaignCountMax),
  /** Of a shop without a feed; one that has been fed shows what the feed had. */
  products: z.array(productSchema).max(1_000_000).default([]),
  videos: z.array(videoSchema).max(1_000).default([]),
  audios: z.array(audioSchema).max(1_000).default([]),
})

export type Modifier = z.output<typeof modifierSchema>
export type Campaign = z.output<typeof campaignSchema>
export type Shop = z.output<typeof shopSchema>
/** One shop with all that it has. */
export type ShopFile = z.output<typeof shopFileSchema>
/** The same as written by hand: what has a default may be missing. */
export type ShopFileInput = z.input<typeof shopFileSchema>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
