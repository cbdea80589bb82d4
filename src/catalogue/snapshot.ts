import { decodeColumns } from '../base/columns.js'
import { keyOf } from '../base/key.js'
import { Rates } from '../base/rates.js'
import type { Bitmap, Dimension, DimensionPlaces } from './bitmaps.js'
import { BitmapReader } from './bitmaps.js'
import { videoPlacementCount, videoPositionCount, videoSlot } from './media.js'
import type { MediaTable } from './media-table.js'
import { readMediaTable } from './media-table.js'
import type { ProductTable } from './product-table.js'
import type { Schedule } from './schedule.js'
import { sizeCount } from './sizes.js'

/** What `when` a modifier asks for; see `Snapshot.modifierKind`. */
export const ModifierKind = { segment: 0, cart: 1, viewed: 2 } as const

/** The small parts of a snapshot that are text; the rest are columns. */
export interface SnapshotHeader {
  readonly version: number
  readonly unitValue: Readonly<Record<string, number>>
  readonly rowCount: number
  readonly cpcStart: number
  readonly campaignCount: number
  readonly shops: readonly SnapshotShop[]
  readonly schedules: readonly Schedule[]
  readonly dimensions: Readonly<Record<DimensionName, DimensionPlaces>>
  /** One bitmap each. */
  readonly flags: Readonly<Record<FlagName, number>>
  /** Rows by what would keep them out. */
  readonly marks: Readonly<Record<MarkName, DimensionPlaces['values']>>
}

export interface SnapshotShop {
  readonly id: string
  readonly name: string
  readonly currency: string
  readonly language: string
  /** What it advertises, in content taxonomy 1.0. */
  readonly categories: readonly string[]
  /** Who pays for the adverts. */
  readonly payer: string
  /** Where the shop's own ids of people come from, and its salt for them. */
  readonly eids: { readonly source: string; readonly salt: string } | null
  readonly secure: boolean
}

/** What is the same in each bid of a campaign, as the bid has it; `crid` lacks its end, the creative's name. */
export interface RowFacts {
  readonly cid: string
  readonly adomain: readonly string[]
  readonly cat: readonly string[]
  readonly bundle?: string
  readonly iurl?: string
  readonly crid: string
}

export type DimensionName =
  | 'country'
  | 'region'
  | 'deviceType'
  | 'os'
  | 'size'
  | 'inventory'
  | 'category'
  | 'exchange'
  | 'segment'
export type FlagName =
  | 'all'
  | 'none'
  | 'strangers'
  | 'secure'
  | 'interstitial'
  | 'rewarded'
  | 'openMarket'
  | 'anyDeal'
  | 'native'
  | 'audio'
export type MarkName =
  | 'inventoryExcluded'
  | 'categoryExcluded'
  | 'segmentExcluded'
  | 'advertiserDomain'
  | 'advertiserCategory'
  | 'advertiserApp'
  | 'creativeLanguage'
  | 'deal'
  | 'video'

/**
 * All shops' campaigns, creatives and products, compiled for reading: replaced whole; a request keeps
 * the one that it began with. A campaign is a row; rows mean nothing in another snapshot. Columns are
 * views of one file's bytes, shared by nothing and never written. Products lie apart, a table for each
 * shop, which the next snapshot may share.
 */
export class Snapshot {
  readonly version: number
  readonly campaignCount: number
  /** Length of the columns by row, a multiple of 32. Rows that fill up a lane have no bit anywhere. */
  readonly rowCount: number
  /** `cpm` campaigns have rows below this, `cpc` campaigns from here on. */
  readonly cpcStart: number
  readonly rates: Rates
  readonly shops: readonly SnapshotShop[]
  readonly schedules: readonly Schedule[]

  readonly country: Dimension
  readonly region: Dimension
  readonly os: Dimension
  readonly inventory: Dimension
  readonly category: Dimension
  readonly exchange: Dimension
  /** Rows that ask for no segment, and those that ask for one, by its key: only within its shop. */
  readonly withoutSegment: Bitmap
  readonly bySegment: ReadonlyMap<number, Bitmap>
  readonly bySegmentExcluded: ReadonlyMap<number, Bitmap>
  /** By OpenRTB's number; rows for an unknown one are `[0]`. */
  readonly byDeviceType: readonly Bitmap[]
  /** By index in catalogue/sizes. */
  readonly bySize: readonly Bitmap[]
  readonly all: Bitmap
  readonly strangers: Bitmap
  readonly secure: Bitmap
  readonly none: Bitmap
  readonly interstitial: Bitmap
  readonly rewarded: Bitmap
  /** Rows that buy without a deal, and those that buy under any; `hasDeals` where some row asks for one. */
  readonly openMarket: Bitmap
  readonly anyDeal: Bitmap
  readonly hasDeals: boolean
  readonly hasDealForAll: boolean
  readonly native: Bitmap
  readonly audio: Bitmap
  readonly inventoryExcluded: ReadonlyMap<string, Bitmap>
  readonly categoryExcluded: ReadonlyMap<string, Bitmap>
  readonly advertiserDomain: ReadonlyMap<string, Bitmap>
  readonly advertiserCategory: ReadonlyMap<string, Bitmap>
  readonly advertiserApp: ReadonlyMap<string, Bitmap>
  readonly creativeLanguage: ReadonlyMap<string, Bitmap>
  /** By the deal's id: rows that name it. */
  readonly deal: ReadonlyMap<string, Bitmap>
  /** By `videoSlot`. */
  readonly #video: readonly Bitmap[]

  /** By row: place in `shops`; -1 in a row without a campaign. */
  readonly shopOf: Int32Array
  /** By row, in the shop's currency: CPM of a `cpm` goal, price of a click of a `cpc` goal. */
  readonly bidMicros: Float64Array
  readonly maxCpmMicros: Float64Array
  /** By row: from the shop's currency to the common one in which campaigns are compared. */
  readonly toCommon: Float64Array
  /** By row, common currency, falling within each lane: most that is paid for a stranger. */
  readonly strangerBoundMicros: Float64Array
  /** By row, common currency: most that is paid for somebody the shop knows. */
  readonly personBoundMicros: Float64Array
  /** By row: place in `schedules`; and the flight in ms since 1970, `start <= now < end`. */
  readonly scheduleOf: Int32Array
  readonly flightStartMs: Float64Array
  readonly flightEndMs: Float64Array
  readonly paused: Uint8Array

  /** A row's modifiers are `[modifierStart[row], modifierStart[row + 1])`. */
  readonly modifierStart: Int32Array
  readonly modifierKind: Uint8Array
  /** Segment key; least cart value in micros; age in ms. */
  readonly modifierValue: Float64Array
  /** Least age of the cart in ms; 0 for other kinds. */
  readonly modifierAgeMs: Float64Array
  readonly modifierFactor: Float64Array

  /** A shop's rows, `cpm` lane first, each lane in falling order of `personBoundMicros`. */
  readonly shopRows: Int32Array
  readonly shopCpmStart: Int32Array
  readonly shopCpcStart: Int32Array
  readonly shopEnd: Int32Array
  readonly #shopKeys: Float64Array
  readonly #shopOfKey: ReadonlyMap<number, number>

  /** A row's part of a bid in JSON: `"cid":…,"adomain":…,"cat":…,"crid":"…` up to the creative's name. */
  readonly bidPieces: Buffer
  readonly bidPieceStart: Uint32Array
  /** A row's brand for catalogue/creative. */
  readonly brands: Buffer
  readonly brandStart: Uint32Array
  readonly brandEnd: Uint32Array
  /**
   * A row's own products for strangers: `[productStart[row], productStart[row + 1])` of `rowProducts`,
   * places in its shop's table; they may be out of stock.
   */
  readonly rowProducts: Int32Array
  readonly productStart: Int32Array
  /** By shop. */
  readonly products: readonly ProductTable[]
  /** A row's videos and spots: `[mediaStart[row], mediaStart[row + 1])` of `rowMedia`, places in `media`. */
  readonly rowMedia: Int32Array
  readonly mediaStart: Int32Array
  readonly media: MediaTable

  /** Names by row, for people (explain, reports): never on the request's way. */
  readonly #campaignIds: Buffer
  readonly #campaignIdStart: Uint32Array

  /**
   * @param products by shop: the tables that the snapshot was compiled for.
   * @throws Error where `file` isn't a whole snapshot of this release.
   */
  constructor(file: Uint8Array, products: readonly ProductTable[]) {
    const { meta, column } = decodeColumns(file)
    const header = meta as SnapshotHeader
    const buffer = (name: string): Buffer => {
      const bytes = column(name, 'u8')
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.version = header.version
    this.campaignCount = header.campaignCount
    this.rowCount = header.rowCount
    this.cpcStart = header.cpcStart
    this.rates = new Rates(header.unitValue)
    this.shops = header.shops
    this.schedules = header.schedules

    const bitmaps = new BitmapReader(column('bitmaps', 'u32'), header.rowCount)
    const { dimensions, flags, marks } = header
    this.country = bitmaps.dimension(dimensions.country)
    this.region = bitmaps.dimension(dimensions.region)
    this.os = bitmaps.dimension(dimensions.os)
    this.inventory = bitmaps.dimension(dimensions.inventory)
    this.category = bitmaps.dimension(dimensions.category)
    this.exchange = bitmaps.dimension(dimensions.exchange)
    this.withoutSegment = bitmaps.bitmap(dimensions.segment.any)
    this.bySegment = byKey(bitmaps.map(dimensions.segment.values))
    this.bySegmentExcluded = byKey(bitmaps.map(marks.segmentExcluded))
    const deviceType = bitmaps.dimension(dimensions.deviceType)
    this.byDeviceType = Array.from({ length: deviceTypeCount }, (_, n) => deviceType.of(String(n)))
    const size = bitmaps.dimension(dimensions.size)
    this.bySize = Array.from({ length: sizeCount }, (_, index) => size.of(String(index)))
    this.all = bitmaps.bitmap(flags.all)
    this.strangers = bitmaps.bitmap(flags.strangers)
    this.secure = bitmaps.bitmap(flags.secure)
    this.none = bitmaps.bitmap(flags.none)
    this.interstitial = bitmaps.bitmap(flags.interstitial)
    this.rewarded = bitmaps.bitmap(flags.rewarded)
    this.openMarket = bitmaps.bitmap(flags.openMarket)
    this.anyDeal = bitmaps.bitmap(flags.anyDeal)
    this.native = bitmaps.bitmap(flags.native)
    this.audio = bitmaps.bitmap(flags.audio)
    this.inventoryExcluded = bitmaps.map(marks.inventoryExcluded)
    this.categoryExcluded = bitmaps.map(marks.categoryExcluded)
    this.advertiserDomain = bitmaps.map(marks.advertiserDomain)
    this.advertiserCategory = bitmaps.map(marks.advertiserCategory)
    this.advertiserApp = bitmaps.map(marks.advertiserApp)
    this.creativeLanguage = bitmaps.map(marks.creativeLanguage)
    this.deal = bitmaps.map(marks.deal)
    this.hasDealForAll = this.anyDeal.some((word) => word !== 0)
    this.hasDeals = this.openMarket.some((word, index) => word !== this.all[index])
    const video = bitmaps.map(marks.video)
    this.#video = Array.from(
      { length: videoPlacementCount * videoPositionCount },
      (_, slot) => video.get(String(slot)) ?? this.none,
    )

    this.shopOf = column('shopOf', 'i32')
    this.bidMicros = column('bidMicros', 'f64')
    this.maxCpmMicros = column('maxCpmMicros', 'f64')
    this.toCommon = column('toCommon', 'f64')
    this.strangerBoundMicros = column('strangerBoundMicros', 'f64')
    this.personBoundMicros = column('personBoundMicros', 'f64')
    this.scheduleOf = column('scheduleOf', 'i32')
    this.flightStartMs = column('flightStartMs', 'f64')
    this.flightEndMs = column('flightEndMs', 'f64')
    this.paused = column('paused', 'u8')
    this.modifierStart = column('modifierStart', 'i32')
    this.modifierKind = column('modifierKind', 'u8')
    this.modifierValue = column('modifierValue', 'f64')
    this.modifierAgeMs = column('modifierAgeMs', 'f64')
    this.modifierFactor = column('modifierFactor', 'f64')
    this.shopRows = column('shopRows', 'i32')
    this.shopCpmStart = column('shopCpmStart', 'i32')
    this.shopCpcStart = column('shopCpcStart', 'i32')
    this.shopEnd = column('shopEnd', 'i32')
    this.#shopKeys = Float64Array.from(header.shops, (shop) => keyOf(shop.id))
    this.#shopOfKey = new Map([...this.#shopKeys].map((key, index) => [key, index]))
    this.bidPieces = buffer('bidPieces')
    this.bidPieceStart = column('bidPieceStart', 'u32')
    this.brands = buffer('brands')
    this.brandStart = column('brandStart', 'u32')
    this.brandEnd = column('brandEnd', 'u32')
    this.rowProducts = column('rowProducts', 'i32')
    this.productStart = column('productStart', 'i32')
    if (products.length !== header.shops.length) throw new Error('snapshot: of other shops')
    this.products = products
    this.rowMedia = column('rowMedia', 'i32')
    this.mediaStart = column('mediaStart', 'i32')
    this.media = readMediaTable(column)
    this.#campaignIds = buffer('campaignIds')
    this.#campaignIdStart = column('campaignIdStart', 'u32')
  }

  /** Rows with a video for this kind of player and place in the content: see catalogue/media. */
  video(placement: number, position: number): Bitmap {
    return this.#video[videoSlot(placement, position)]!
  }

  /** Place in `shops` of the shop with this key; -1 where there is none. */
  shopIndexOf(shopKey: number): number {
    return this.#shopOfKey.get(shopKey) ?? -1
  }

  /** `keyOf` the id of the shop whose campaign this is. */
  shopKeyOf(row: number): number {
    return this.#shopKeys[this.shopOf[row]!]!
  }

  /** For people and rarer wires: parses the row's piece of a bid. */
  rowFacts(row: number): RowFacts {
    const piece = this.bidPieces.toString(
      'utf8',
      this.bidPieceStart[row],
      this.bidPieceStart[row + 1],
    )
    return JSON.parse(`{${piece}"}`) as RowFacts
  }

  campaignId(row: number): string {
    return this.#campaignIds.toString(
      'utf8',
      this.#campaignIdStart[row],
      this.#campaignIdStart[row + 1],
    )
  }
}

const byKey = (bitmaps: ReadonlyMap<string, Bitmap>): ReadonlyMap<number, Bitmap> =>
  new Map([...bitmaps].map(([name, bitmap]) => [keyOf(name), bitmap]))

/** OpenRTB 2.6 lists device types 1 to 8; 0 stands for unknown. */
export const deviceTypeCount = 9
