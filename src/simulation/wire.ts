/**
 * OpenRTB objects as they come off the wire: any field may be missing or of another type than the
 * specification says, in requests from a file as in a bidder's answers.
 */

export interface LooseRequest {
  readonly id?: unknown
  readonly imp?: unknown
  readonly at?: unknown
  readonly tmax?: unknown
  readonly test?: unknown
  readonly cur?: unknown
  readonly bcat?: unknown
  readonly acat?: unknown
  readonly cattax?: unknown
  readonly badv?: unknown
  readonly bapp?: unknown
  readonly wlang?: unknown
  readonly wlangb?: unknown
  readonly wseat?: unknown
  readonly bseat?: unknown
  readonly site?: unknown
  readonly regs?: unknown
  readonly user?: unknown
}

export interface LooseImp {
  readonly id?: unknown
  readonly banner?: unknown
  readonly video?: unknown
  readonly audio?: unknown
  readonly native?: unknown
  readonly instl?: unknown
  readonly bidfloor?: unknown
  readonly bidfloorcur?: unknown
  readonly secure?: unknown
  readonly pmp?: unknown
  readonly ext?: unknown
}

/** Floors of creatives that play: by the second, or by range of duration (OpenRTB 2.6). */
export interface LoosePlayFloors {
  readonly mincpmpersec?: unknown
  readonly durfloors?: unknown
}

export interface LooseDeal extends LoosePlayFloors {
  readonly id?: unknown
  readonly bidfloor?: unknown
  readonly bidfloorcur?: unknown
  readonly at?: unknown
  readonly wseat?: unknown
  readonly wadomain?: unknown
}

/** What every kind of offer may restrict. */
export interface LooseOffer {
  readonly mimes?: unknown
  readonly battr?: unknown
  readonly api?: unknown
}

/** `imp.video` or `imp.audio`. */
export interface LooseMedia extends LooseOffer, LoosePlayFloors {
  readonly minduration?: unknown
  readonly maxduration?: unknown
  readonly maxextended?: unknown
  readonly rqddurs?: unknown
  readonly protocol?: unknown
  readonly protocols?: unknown
  readonly linearity?: unknown
  readonly skip?: unknown
  readonly minbitrate?: unknown
  readonly maxbitrate?: unknown
  readonly delivery?: unknown
  readonly companionad?: unknown
  readonly companiontype?: unknown
  readonly podid?: unknown
  readonly poddur?: unknown
  readonly maxseq?: unknown
  readonly poddedupe?: unknown
}

export interface LooseSize {
  readonly w?: unknown
  readonly h?: unknown
}

export interface LooseBanner extends LooseSize, LooseOffer {
  readonly format?: unknown
  readonly pos?: unknown
  readonly btype?: unknown
}

export interface LooseNative extends LooseOffer {
  readonly request?: unknown
  readonly request_native?: unknown
}

export interface LooseResponse {
  readonly id?: unknown
  readonly bidid?: unknown
  readonly cur?: unknown
  readonly nbr?: unknown
  readonly seatbid?: unknown
}

export interface LooseSeatBid {
  readonly seat?: unknown
  readonly group?: unknown
  readonly bid?: unknown
}

export interface LooseBid extends LooseSize {
  readonly id?: unknown
  readonly impid?: unknown
  readonly price?: unknown
  readonly adid?: unknown
  readonly adm?: unknown
  readonly nurl?: unknown
  readonly burl?: unknown
  readonly lurl?: unknown
  readonly adomain?: unknown
  readonly cid?: unknown
  readonly crid?: unknown
  readonly cat?: unknown
  readonly cattax?: unknown
  readonly attr?: unknown
  readonly api?: unknown
  readonly apis?: unknown
  readonly bundle?: unknown
  readonly dealid?: unknown
  readonly dur?: unknown
  readonly exp?: unknown
  readonly iurl?: unknown
  readonly language?: unknown
  readonly langb?: unknown
  readonly mtype?: unknown
  readonly protocol?: unknown
  readonly slotinpod?: unknown
  readonly wratio?: unknown
  readonly hratio?: unknown
  readonly adm_native?: unknown
  readonly ext?: unknown
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects in an array; none where it isn't an array. */
export const objectsIn = (value: unknown): readonly object[] =>
  Array.isArray(value) ? value.filter(isObject) : []

/** The texts in an array; none where it isn't an array. */
export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** The finite numbers in an array, decimal texts among them. */
export const numbersIn = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.map(numberOf).filter(Number.isFinite) : []

/** Ids that are sent as text or as numbers. */
export const idsIn = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.filter((it) => typeof it === 'string' || typeof it === 'number').map(String)
    : []

/** A field of what may be no object at all. */
export const fieldOf = (value: unknown, name: string): unknown =>
  isObject(value) ? (value as Record<string, unknown>)[name] : undefined

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Numbers and decimal texts; NaN for anything else. */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '')
    ? Number(value)
    : Number.NaN

/** OpenRTB's flags are 1 and 0; `true` and "1" are seen as well. */
export const isFlagSet = (value: unknown): boolean => value === true || numberOf(value) === 1

export const impsOf = (request: LooseRequest): readonly LooseImp[] => objectsIn(request.imp)

export const bannerOf = (imp: LooseImp): LooseBanner | null =>
  isObject(imp.banner) ? imp.banner : null

/** The sizes that a bid may have: `format` and `w` × `h`; several, one or none. */
export function sizesOf(
  banner: LooseBanner,
): readonly { readonly w: number; readonly h: number }[] {
  const sizes: LooseSize[] = [...objectsIn(banner.format), banner]
  return sizes
    .map(({ w, h }) => ({ w: numberOf(w), h: numberOf(h) }))
    .filter(({ w, h }) => w > 0 && h > 0)
}

export const dealsOf = (imp: LooseImp): readonly LooseDeal[] => objectsIn(fieldOf(imp.pmp, 'deals'))

/** The deal that a bid names, or null. */
export function dealOf(imp: LooseImp, bid: LooseBid): LooseDeal | null {
  const deals = dealsOf(imp)
  const isNamed = (deal: LooseDeal): boolean => deal.id !== undefined && deal.id === bid.dealid
  return deals.find(isNamed) ?? null
}

/** Whether a bidder has no reason to refuse it: an object with an id and impressions with ids of their own. */
export function isBidRequest(value: unknown): value is LooseRequest {
  if (!isObject(value)) return false
  const { id, imp } = value as LooseRequest
  if (textOf(id) === '' || !Array.isArray(imp) || imp.length === 0) return false
  const ids = impsOf(value).map((it) => textOf(it.id))
  return ids.length === imp.length && !ids.includes('') && new Set(ids).size === ids.length
}
