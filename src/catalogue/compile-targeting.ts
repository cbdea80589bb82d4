import type { BitmapBuilder, DimensionPlaces } from './bitmaps.js'
import {
  videoPlacementCount,
  videoPlacements,
  videoPositionCount,
  videoPositions,
  videoSlot,
} from './media.js'
import type { Row } from './rows.js'
import { bidsOnStrangers, showsIn } from './rows.js'
import { sizeIndexOf, sizeKeyOf } from './sizes.js'
import type { SnapshotHeader } from './snapshot.js'

/** Turns what campaigns ask for into bitmaps over their rows; `used` are the rows that hold a campaign. */
export function compileTargeting(
  bitmaps: BitmapBuilder,
  used: readonly number[],
  at: (row: number) => Row,
  isSecure: (row: Row) => boolean,
): Pick<SnapshotHeader, 'dimensions' | 'flags' | 'marks'> {
  const dimension = (
    valuesOf: (campaign: Row['campaign']) => readonly string[] | undefined,
  ): DimensionPlaces => bitmaps.dimension(used, (row) => valuesOf(at(row).campaign))
  const marks = (valuesOf: (row: Row) => readonly string[]) =>
    bitmaps.marks(used, (row) => valuesOf(at(row)))
  const flag = (passes: (row: Row) => boolean): number =>
    bitmaps.where(used, (row) => passes(at(row)))
  return {
    dimensions: {
      country: dimension((c) => c.targeting.countries),
      region: dimension((c) => c.targeting.regions),
      deviceType: dimension((c) => c.targeting.deviceTypes?.flatMap((d) => deviceNumbers[d])),
      os: dimension((c) => c.targeting.os),
      size: dimension((c) =>
        showsIn(c, 'banner') ? c.targeting.sizes?.flatMap(sizeIndexText) : [],
      ),
      inventory: dimension((c) =>
        c.targeting.domains === undefined && c.targeting.bundles === undefined
          ? undefined
          : [...(c.targeting.domains ?? []), ...(c.targeting.bundles ?? [])],
      ),
      category: dimension((c) => c.targeting.categories),
      exchange: dimension((c) => c.targeting.exchanges),
      segment: dimension((c) => c.targeting.segments?.any),
    },
    flags: {
      all: flag(() => true),
      strangers: flag((row) => bidsOnStrangers(row.campaign)),
      secure: flag(isSecure),
      interstitial: flag((row) => row.campaign.targeting.interstitial !== false),
      rewarded: flag((row) => row.campaign.targeting.rewarded !== false),
      openMarket: flag((row) => buysWithoutDeal(row.campaign)),
      anyDeal: flag((row) => row.campaign.targeting.deals?.includes('*') === true),
      native: flag((row) => showsIn(row.campaign, 'native')),
      audio: flag((row) => showsIn(row.campaign, 'audio') && row.audioIds.length > 0),
      none: flag(() => false),
    },
    marks: {
      inventoryExcluded: marks((row) => row.campaign.targeting.domainsExcluded ?? []),
      categoryExcluded: marks((row) => row.campaign.targeting.categoriesExcluded ?? []),
      segmentExcluded: marks((row) => row.campaign.targeting.segments?.none ?? []),
      advertiserDomain: marks((row) => domainAndAbove(row.shop.domain)),
      advertiserCategory: marks((row) => row.shop.categories.flatMap(categoryAndParent)),
      advertiserApp: marks((row) => (row.shop.appBundle === undefined ? [] : [row.shop.appBundle])),
      creativeLanguage: marks(({ shop, mediaLanguages }) => [shop.language, ...mediaLanguages]),
      deal: marks((row) => row.campaign.targeting.deals?.filter((id) => id !== '*') ?? []),
      video: marks((row) => (row.videoIds.length > 0 ? videoSlotsOf(row.campaign) : [])),
    },
  }
}

/** OpenRTB's numbers for a kind of device; 1 is "mobile or tablet", so both take it. */
const deviceNumbers = {
  desktop: ['2'],
  phone: ['1', '4'],
  tablet: ['1', '5'],
  tv: ['3', '6', '7'],
} as const

function sizeIndexText(size: string): string[] {
  const [width, height] = size.split('x')
  const index = sizeIndexOf(sizeKeyOf(Number(width), Number(height)))
  return index < 0 ? [] : [String(index)]
}

/** `a.shop.example` → itself, `shop.example`: a block of either keeps it out. */
function domainAndAbove(domain: string): string[] {
  const labels = domain.replace(/^www\./, '').split('.')
  return labels.slice(0, Math.max(1, labels.length - 1)).map((_, i) => labels.slice(i).join('.'))
}

/** A block of IAB7 keeps out IAB7-39 too. */
function categoryAndParent(category: string): string[] {
  const parent = category.split('-')[0]!
  return parent === category ? [category] : [category, parent]
}

const buysWithoutDeal = ({ targeting }: Row['campaign']): boolean =>
  targeting.openMarket ?? targeting.deals === undefined

/** Kinds of player and places in the content that a campaign's videos may be in, as `videoSlot` numbers them. */
function videoSlotsOf({ targeting }: Row['campaign']): string[] {
  const slots: string[] = []
  for (let placement = 0; placement < videoPlacementCount; placement++)
    for (let position = 0; position < videoPositionCount; position++) {
      const name = videoPlacements[placement - 1]
      const where = videoPositions[position - 1]
      const takes =
        (targeting.videoPlacements?.some((it) => it === name) ?? true) &&
        (targeting.videoPositions?.some((it) => it === where) ?? true)
      if (takes) slots.push(String(videoSlot(placement, position)))
    }
  return slots
}
