// What a campaign could show on an impression: each banner size, product, video and spot that passes.
import { mimeBit } from '../../src/base/mime.js'
import type { Audio, Video } from '../../src/catalogue/media.js'
import type { Campaign, ShopFile } from '../../src/catalogue/model.js'
import type { AssetRequest, Deal, MediaOffer } from '../../src/openrtb/offers.js'
import { AssetKind } from '../../src/openrtb/offers.js'
import type { BidRequest, Impression } from '../../src/openrtb/request.js'
import { terms } from './world.js'

export interface NaiveCreative {
  readonly format: 'banner' | 'video' | 'audio' | 'native'
  /** `300x250`, a product's, video's or spot's id. */
  readonly name: string
  readonly seconds: number
  /** In the currency of the deal or the impression. */
  readonly floorMicros: number
}

export function naiveCreatives(
  file: ShopFile,
  campaign: Campaign,
  request: BidRequest,
  impression: Impression,
  deal: Deal | null,
): NaiveCreative[] {
  const found: NaiveCreative[] = []
  const floorMicros = (deal ?? impression).floorCpmMicros
  const shows = (format: NaiveCreative['format']): boolean =>
    campaign.formats?.includes(format) ?? true
  const speaks = (language: string): boolean =>
    request.languages.length === 0 || language === 'xx' || request.languages.includes(language)
  const isSpoken = speaks(file.shop.language)
  if (shows('banner') && isSpoken)
    for (const name of bannerSizes(campaign, impression))
      found.push({ format: 'banner', name, seconds: 0, floorMicros })
  if (shows('native') && isSpoken)
    for (const name of nativeProducts(file, campaign, impression))
      found.push({ format: 'native', name, seconds: 0, floorMicros })
  const media: ['video' | 'audio', readonly (Video | Audio)[], readonly string[] | undefined][] = [
    ['video', takesPlayer(campaign, impression.video) ? file.videos : [], campaign.videos],
    ['audio', file.audios, campaign.audios],
  ]
  for (const [format, all, ids] of media)
    for (const one of all) {
      const offer = impression[format]
      if (!shows(format) || !(ids?.includes(one.id) ?? true)) continue
      if (!speaks(one.language ?? file.shop.language)) continue
      if (!takesMedia(one, file, offer, impression.secure)) continue
      const seconds = one.durationSeconds
      const floor = floorFor(deal ?? offer, seconds) || floorMicros
      found.push({ format, name: one.id, seconds, floorMicros: floor })
    }
  return found
}

function bannerSizes(campaign: Campaign, impression: Impression): string[] {
  const { bannerMimes, blockedBannerTypes, sizeKeys, sizeCount } = impression
  const takesPage = ['text/html', 'application/javascript'].some((t) => bannerMimes & mimeBit(t))
  if (!impression.hasBanner || !takesPage || (blockedBannerTypes & (1 << 2)) !== 0) return []
  return Array.from(sizeKeys.subarray(0, sizeCount))
    .map((key) => `${key >>> 16}x${key & 0xffff}`)
    .filter((size) => campaign.targeting.sizes?.includes(size) ?? true)
}

/** Kind of player and place in the content. */
function takesPlayer({ targeting }: Campaign, offer: MediaOffer): boolean {
  const { plcmt, placement, startDelay } = offer
  const kind =
    plcmt !== 0
      ? ['', 'instream', 'accompanying', 'interstitial', 'standalone'][plcmt]
      : ['', 'instream', 'standalone', 'standalone', 'standalone', 'interstitial'][placement]
  const where =
    startDelay === -3 ? '' : startDelay === 0 ? 'pre' : startDelay === -2 ? 'post' : 'mid'
  return (
    (targeting.videoPlacements?.some((name) => name === kind) ?? true) &&
    (targeting.videoPositions?.some((name) => name === where) ?? true)
  )
}

function takesMedia(
  one: Video | Audio,
  { shop }: ShopFile,
  offer: MediaOffer,
  secure: boolean,
): boolean {
  const tagUrl = 'tagUrl' in one ? (one.tagUrl ?? '') : ''
  const bits = (values: readonly number[]): number => values.reduce((sum, n) => sum | (1 << n), 0)
  const files = one.files.filter(
    ({ type, bitrateKbps }) =>
      (mimeBit(type) & offer.mimes) !== 0 &&
      bitrateKbps >= offer.minBitrateKbps &&
      (offer.maxBitrateKbps === 0 || bitrateKbps <= offer.maxBitrateKbps),
  )
  const seconds = one.durationSeconds
  const exact = Array.from(offer.requiredDurationsS.subarray(0, offer.requiredDurationCount))
  const urls = [shop.url, ...(tagUrl === '' ? one.files.map(({ url }) => url) : [tagUrl])]
  const isSkippable = 'skippableAfterSeconds' in one && one.skippableAfterSeconds !== undefined
  const attributes = bits(one.attributes) | (isSkippable && offer.skip !== 1 ? 1 << 16 : 0)
  const versions = tagUrl === '' ? [13, 11, 7, 3, 2] : [14, 12, 8, 6, 5]
  const speaksVast =
    offer.protocols === 0
      ? versions.includes(terms.videoProtocolDefault + (tagUrl === '' ? 0 : 3))
      : (offer.protocols & bits(versions)) !== 0
  return (
    offer.isOffered &&
    files.length > 0 &&
    offer.linearity !== 2 &&
    (exact.length > 0
      ? exact.includes(seconds)
      : seconds >= offer.minDurationS && seconds <= offer.maxDurationS) &&
    (!secure || urls.every((url) => url.startsWith('https:'))) &&
    (offer.delivery === 0 || (offer.delivery & bits([2, 3])) !== 0) &&
    ('apis' in one ? one.apis : []).every((api) => (offer.apis & (1 << api)) !== 0) &&
    (attributes & offer.blockedAttributes) === 0 &&
    !(offer.skip === 1 && one.attributes.includes(16)) &&
    speaksVast
  )
}

/** 0 where nothing is said by the second or by range. */
function floorFor({ minCpmPerSecondMicros, durationFloors }: MediaOffer | Deal, seconds: number) {
  const { count, fromS, toS, floorCpmMicros } = durationFloors
  return Array.from({ length: count }, (_, i) => i)
    .filter((i) => seconds >= fromS[i]! && seconds <= toS[i]!)
    .map((i) => floorCpmMicros[i]!)
    .reduce((a, b) => Math.max(a, b), Math.ceil(minCpmPerSecondMicros * seconds))
}

function nativeProducts(file: ShopFile, campaign: Campaign, { native }: Impression): string[] {
  const assets = native.assets.slice(0, native.assetCount)
  const isNamed = assets.every(({ id }, i) => id >= 0 && assets.findIndex((a) => a.id === id) === i)
  if (!native.isOffered || !isNamed) return []
  return file.products
    .filter((product) => {
      const fits = (asset: AssetRequest): boolean => fillsAsset(asset, file, campaign, product)
      return product.inStock && assets.some(fits) && assets.every((a) => !a.isRequired || fits(a))
    })
    .map(({ id }) => id)
}

function fillsAsset(
  { kind, type, lengthMax, width, height, minWidth, minHeight, mimes }: AssetRequest,
  { shop }: ShopFile,
  campaign: Campaign,
  product: ShopFile['products'][number],
): boolean {
  // Titles, names and what stands for descriptions are short enough for all that is asked here.
  if (kind === AssetKind.title) return true
  if (kind === AssetKind.data) {
    if (type === 3) return (product.rating ?? 0) > 0
    if (type === 7) return product.salePriceMicros !== undefined
    const action = campaign.callToAction ?? shop.callToAction
    if (type === 12) return lengthMax === 0 || action.length <= lengthMax
    return [1, 2, 6, 10, 11].includes(type)
  }
  if (kind !== AssetKind.image) return false
  const isIcon = type === 1 || type === 2
  const own =
    product.imageWidth === undefined || product.imageHeight === undefined
      ? null
      : { width: product.imageWidth, height: product.imageHeight }
  const size = (isIcon ? shop.logoSize : (own ?? shop.pictures)) ?? { width: 0, height: 0 }
  const isExact = isIcon || own !== null
  return (
    (mimes & mimeBit(isIcon ? 'image/svg+xml' : 'image/png')) !== 0 &&
    size.width >= minWidth &&
    size.height >= minHeight &&
    (width === 0 || minWidth !== 0 || (isExact && size.width === width)) &&
    (height === 0 || minHeight !== 0 || (isExact && size.height === height))
  )
}
