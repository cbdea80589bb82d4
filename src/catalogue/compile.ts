import type { Column } from '../base/columns.js'
import { encodeColumns } from '../base/columns.js'
import { keyOf } from '../base/key.js'
import { Rates } from '../base/rates.js'
import { BitmapBuilder } from './bitmaps.js'
import { compileBrands } from './brands.js'
import { compileTargeting } from './compile-targeting.js'
import type { SignTarget } from './creative/link.js'
import { resolveHttp } from './creative/url.js'
import type { MediaTable } from './media-table.js'
import { compileMedia, mediaTableColumns } from './media-table.js'
import type { Campaign, Shop, ShopFile } from './model.js'
import type { OrderedRows, Row } from './rows.js'
import { makeRow, orderRows } from './rows.js'
import type { Schedule } from './schedule.js'
import { scheduleOf } from './schedule.js'
import type { RowFacts, SnapshotHeader } from './snapshot.js'
import { ModifierKind } from './snapshot.js'

/** Leaves room in 64 bytes for a creative's own name. */
const creativePrefixLengthMax = 40

export interface CompileOptions {
  readonly version: number
  /** Worth of one unit of each currency in a common one; the first is the snapshot's common currency. */
  readonly unitValue: Readonly<Record<string, number>>
  /** Signs a link of a shop's, so that a click is only ever sent where the shop wanted it. */
  readonly signTarget: SignTarget
}

/** What of a shop's products, which are compiled apart, its campaigns depend on. */
export interface ShopPlaces {
  /** Logo, home and every shown product may be used on a page over https. */
  readonly isSecure: boolean
  /** @returns where the product of this key is in the shop's table, shown or not; -1 where nowhere. */
  placeOf(productKey: number): number
}

export interface CompiledCampaign {
  readonly row: number
  readonly shop: Shop
  readonly campaign: Campaign
}

export interface Compiled {
  readonly file: Buffer
  /** Which campaign has which row: what the ledger needs to know. */
  readonly campaigns: readonly CompiledCampaign[]
  readonly rowCount: number
}

/**
 * Compiles checked shop files, all but their products, into the bytes of one Snapshot. Off the
 * request's way: seconds for 100,000 campaigns, and as much memory as it likes.
 *
 * Every shop's currency must be among `unitValue`'s (`ShopFiles` sees to it).
 *
 * @param places by shop: the table that the snapshot is going to be read with.
 */
export function compile(
  files: readonly ShopFile[],
  places: readonly ShopPlaces[],
  options: CompileOptions,
): Compiled {
  const rates = new Rates(options.unitValue)
  const ordered = orderRows(
    files.flatMap((file, shopIndex) =>
      file.campaigns.map((campaign) => makeRow(file, shopIndex, campaign, rates)),
    ),
  )
  const { rows } = ordered
  const used = rows.flatMap((row, number) => (row === undefined ? [] : [number]))
  const at = (number: number): Row => rows[number]!
  const media = compileMedia(files, options.signTarget)
  const schedules = distinctSchedules(ordered)
  const bitmaps = new BitmapBuilder(rows.length)
  const header: SnapshotHeader = {
    version: options.version,
    unitValue: options.unitValue,
    rowCount: rows.length,
    cpcStart: ordered.cpcStart,
    campaignCount: used.length,
    shops: files.map(({ shop }, index) => ({
      id: shop.id,
      name: shop.name,
      currency: shop.currency,
      language: shop.language,
      categories: shop.categories,
      payer: shop.payer ?? shop.name,
      eids: shop.eids ?? null,
      secure: places[index]!.isSecure,
    })),
    schedules: schedules.distinct,
    ...compileTargeting(bitmaps, used, at, (row) => places[row.shopIndex]!.isSecure),
  }
  const columns: Record<string, Column> = {
    bitmaps: bitmaps.column(),
    scheduleOf: schedules.ofRow,
    ...rowColumns(ordered),
    ...modifierColumns(ordered),
    ...shopColumns(ordered, files.length),
    ...pieceColumns(ordered),
    ...compileBrands(ordered, options.signTarget),
    ...rowProductColumns(ordered, places),
    ...rowMediaColumns(ordered, media),
    ...mediaTableColumns(media),
  }
  return {
    file: encodeColumns(header, columns),
    rowCount: rows.length,
    campaigns: used.map((row) => ({ row, shop: at(row).shop, campaign: at(row).campaign })),
  }
}

function distinctSchedules({ rows }: OrderedRows): { distinct: Schedule[]; ofRow: Int32Array } {
  const distinct: Schedule[] = []
  const numbers = new Map<string, number>()
  const ofRow = new Int32Array(rows.length)
  for (const [number, row] of rows.entries()) {
    if (row === undefined) continue
    const schedule = scheduleOf(row.campaign, row.shop.timeZone)
    const key = `${schedule.timeZone} ${schedule.hours}`
    if (!numbers.has(key)) numbers.set(key, distinct.push(schedule) - 1)
    ofRow[number] = numbers.get(key)!
  }
  return { distinct, ofRow }
}

function rowColumns({ rows }: OrderedRows): Record<string, Column> {
  const numbers = (read: (row: Row) => number, empty = 0): Float64Array =>
    Float64Array.from(rows, (row) => (row === undefined ? empty : read(row)))
  const instant = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : Date.parse(text)
  return {
    shopOf: Int32Array.from(rows, (row) => row?.shopIndex ?? -1),
    bidMicros: numbers((row) => row.bidMicros),
    maxCpmMicros: numbers((row) => row.maxCpmMicros),
    toCommon: numbers((row) => row.toCommon),
    strangerBoundMicros: numbers((row) => row.strangerBoundMicros),
    personBoundMicros: numbers((row) => row.personBoundMicros),
    flightStartMs: numbers((row) => instant(row.campaign.flight.start, 0)),
    flightEndMs: numbers((row) => instant(row.campaign.flight.end, Number.MAX_SAFE_INTEGER)),
    paused: Uint8Array.from(rows, (row) => (row?.campaign.paused === false ? 0 : 1)),
  }
}

function modifierColumns({ rows }: OrderedRows): Record<string, Column> {
  const start = new Int32Array(rows.length + 1)
  const kind: number[] = []
  const value: number[] = []
  const ageMs: number[] = []
  const factor: number[] = []
  for (const [number, row] of rows.entries()) {
    for (const modifier of row?.campaign.modifiers ?? []) {
      const { when } = modifier
      factor.push(modifier.factor)
      if ('segment' in when) {
        kind.push(ModifierKind.segment)
        value.push(keyOf(when.segment))
        ageMs.push(0)
      } else if ('cart' in when) {
        kind.push(ModifierKind.cart)
        value.push(Math.round(when.cart.valueAtLeast * 1e6))
        ageMs.push(when.cart.abandonedForAtLeastMinutes * 60_000)
      } else {
        kind.push(ModifierKind.viewed)
        value.push(when.viewedWithinMinutes * 60_000)
        ageMs.push(0)
      }
    }
    start[number + 1] = kind.length
  }
  return {
    modifierStart: start,
    modifierKind: Uint8Array.from(kind),
    modifierValue: Float64Array.from(value),
    modifierAgeMs: Float64Array.from(ageMs),
    modifierFactor: Float64Array.from(factor),
  }
}

function shopColumns(
  { rows, cpcStart: cpcLane }: OrderedRows,
  shopCount: number,
): Record<string, Column> {
  const byShop = Array.from({ length: shopCount }, (): { cpm: number[]; cpc: number[] } => ({
    cpm: [],
    cpc: [],
  }))
  for (const [number, row] of rows.entries())
    if (row !== undefined) byShop[row.shopIndex]![number < cpcLane ? 'cpm' : 'cpc'].push(number)
  const falling = (a: number, b: number): number =>
    rows[b]!.personBoundMicros - rows[a]!.personBoundMicros
  const cpmStart = new Int32Array(shopCount)
  const cpcStart = new Int32Array(shopCount)
  const end = new Int32Array(shopCount)
  const shopRows: number[] = []
  for (const [shop, lanes] of byShop.entries()) {
    cpmStart[shop] = shopRows.length
    for (const row of lanes.cpm.sort(falling)) shopRows.push(row)
    cpcStart[shop] = shopRows.length
    for (const row of lanes.cpc.sort(falling)) shopRows.push(row)
    end[shop] = shopRows.length
  }
  return {
    shopRows: Int32Array.from(shopRows),
    shopCpmStart: cpmStart,
    shopCpcStart: cpcStart,
    shopEnd: end,
  }
}

/** The part of a bid that is the same for every request, as JSON text up to the creative's size. */
function pieceColumns({ rows }: OrderedRows): Record<string, Column> {
  const pieces: string[] = []
  const ids: string[] = []
  const pieceStart = new Uint32Array(rows.length + 1)
  const idStart = new Uint32Array(rows.length + 1)
  for (const [number, row] of rows.entries()) {
    let piece = ''
    if (row !== undefined) {
      const { shop, campaign } = row
      const logo = resolveHttp(shop.logo, shop.url)
      const facts: RowFacts = {
        cid: campaign.id,
        adomain: [shop.domain],
        cat: shop.categories,
        ...(shop.appBundle === undefined ? {} : { bundle: shop.appBundle }),
        ...(logo === null ? {} : { iurl: logo }),
        crid: creativePrefix(shop.id, campaign.id),
      }
      // Without the braces and the last quote: what makes it one creative's follows.
      piece = JSON.stringify(facts).slice(1, -2)
    }
    pieces.push(piece)
    ids.push(row?.campaign.id ?? '')
    pieceStart[number + 1] = pieceStart[number]! + Buffer.byteLength(piece)
    idStart[number + 1] = idStart[number]! + Buffer.byteLength(row?.campaign.id ?? '')
  }
  return {
    bidPieces: Buffer.from(pieces.join('')),
    bidPieceStart: pieceStart,
    campaignIds: Buffer.from(ids.join('')),
    campaignIdStart: idStart,
  }
}

/** `shop.campaign-`; a short stand-in where exchanges (64 bytes, some of them) would refuse a longer id. */
function creativePrefix(shopId: string, campaignId: string): string {
  const name = `${shopId}.${campaignId}-`
  return name.length <= creativePrefixLengthMax ? name : `${keyOf(name).toString(36)}-`
}

function rowMediaColumns({ rows }: OrderedRows, media: MediaTable): Record<string, Column> {
  const start = new Int32Array(rows.length + 1)
  const list: number[] = []
  for (const [number, row] of rows.entries()) {
    for (const id of row?.videoIds ?? []) list.push(media.find(row!.shopIndex, 'video', id))
    for (const id of row?.audioIds ?? []) list.push(media.find(row!.shopIndex, 'audio', id))
    start[number + 1] = list.length
  }
  return { rowMedia: Int32Array.from(list), mediaStart: start }
}

function rowProductColumns(
  { rows }: OrderedRows,
  places: readonly ShopPlaces[],
): Record<string, Column> {
  const start = new Int32Array(rows.length + 1)
  const list: number[] = []
  for (const [number, row] of rows.entries()) {
    for (const id of row?.campaign.products ?? []) {
      const product = places[row!.shopIndex]!.placeOf(keyOf(id))
      if (product >= 0) list.push(product)
    }
    start[number + 1] = list.length
  }
  return { rowProducts: Int32Array.from(list), productStart: start }
}
