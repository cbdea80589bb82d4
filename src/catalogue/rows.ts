import type { Rates } from '../base/rates.js'
import type { creativeFormats } from './media.js'
import type { Campaign, Modifier, Shop, ShopFile } from './model.js'

/** One campaign with what its place in the order depends on. Amounts in micros. */
export interface Row {
  readonly shopIndex: number
  readonly shop: Shop
  readonly campaign: Campaign
  /** Per 1,000 impressions (`cpm`) or per click (`cpc`), in the shop's currency. */
  readonly bidMicros: number
  readonly maxCpmMicros: number
  /** From the shop's currency to the snapshot's common one. */
  readonly toCommon: number
  /**
   * The most that the campaign could pay, in the common currency: per 1,000 impressions for `cpm`,
   * per click for `cpc`. For a stranger, 0 where it doesn't bid on strangers; for a person that the
   * shop knows, with every modifier that could raise it.
   */
  readonly strangerBoundMicros: number
  readonly personBoundMicros: number
  /** Videos and spots of the shop's that it shows, by id, and the languages that they are in. */
  readonly videoIds: readonly string[]
  readonly audioIds: readonly string[]
  readonly mediaLanguages: readonly string[]
}

/** Whether the campaign may show in a format, as far as it is for the campaign to say. */
export const showsIn = ({ formats }: Campaign, format: (typeof creativeFormats)[number]): boolean =>
  formats === undefined || formats.includes(format)

/** True where the campaign may show without the person's profile. */
export const bidsOnStrangers = (campaign: Campaign): boolean =>
  campaign.withoutProfile === 'bid' && campaign.targeting.segments?.any === undefined

export function makeRow(file: ShopFile, shopIndex: number, campaign: Campaign, rates: Rates): Row {
  const toCommon = rates.rate(rates.indexOf(file.shop.currency), 0)
  const bidMicros = Math.round(campaign.bid * 1e6)
  const maxCpmMicros = Math.round(campaign.maxCpm * 1e6)
  const videos = shown(campaign, 'video', campaign.videos, file.videos)
  const audios = shown(campaign, 'audio', campaign.audios, file.audios)
  return {
    shopIndex,
    videoIds: videos.map(({ id }) => id),
    audioIds: audios.map(({ id }) => id),
    mediaLanguages: [...videos, ...audios].flatMap(({ language }) => language ?? []),
    shop: file.shop,
    campaign,
    bidMicros,
    maxCpmMicros,
    toCommon,
    strangerBoundMicros: bidsOnStrangers(campaign) ? bidMicros * toCommon : 0,
    personBoundMicros: bidMicros * mostFactor(campaign.modifiers) * toCommon,
  }
}

function shown<T extends { readonly id: string }>(
  campaign: Campaign,
  format: 'video' | 'audio',
  ids: readonly string[] | undefined,
  all: readonly T[],
): readonly T[] {
  if (!showsIn(campaign, format)) return []
  return ids === undefined ? all : all.filter(({ id }) => ids.includes(id))
}

/** Product of all factors that raise: an upper bound, as a person may meet every condition at once. */
function mostFactor(modifiers: readonly Modifier[]): number {
  return modifiers.reduce((most, { factor }) => most * Math.max(1, factor), 1)
}

export interface OrderedRows {
  /** By row number; undefined where a lane was filled up to whole words of the bitmaps. */
  readonly rows: readonly (Row | undefined)[]
  /** Row at which the `cpc` lane begins; a multiple of 32. `cpm` rows stand before it. */
  readonly cpcStart: number
}

/**
 * Puts campaigns into two lanes, each in falling order of what it could pay for a stranger.
 *
 * Two lanes, as a click's worth in CPM depends on the request, but is the same factor for the whole
 * lane: so the order within a lane is the order of value for every request, and a search may stop at
 * the first row that can't beat what it has.
 */
export function orderRows(rows: readonly Row[]): OrderedRows {
  const lane = (goal: Campaign['goal']): (Row | undefined)[] => {
    const own: (Row | undefined)[] = rows
      .filter((row) => row.campaign.goal === goal)
      .sort((a, b) => b.strangerBoundMicros - a.strangerBoundMicros)
    while (own.length % 32 !== 0) own.push(undefined)
    return own
  }
  const cpm = lane('cpm')
  return { rows: [...cpm, ...lane('cpc')], cpcStart: cpm.length }
}
