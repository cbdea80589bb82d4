// Why a request may rightly get no bid from campaigns that take anything: each reason that the bidder
// names, checked in the plainest way against the request's own JSON.
import { bannerSizes } from '../src/catalogue/sizes.js'

export type Json = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const has = (value: unknown): boolean => value !== undefined && value !== null
const isSet = (value: unknown): boolean => [1, true, '1', 'true'].includes(value as never)

const impsOf = (request: Json): readonly Json[] => listOf(request['imp']).map(objectOf)

/** `300x250` of each exact size. */
function sizesOf(imp: Json): string[] {
  const banner = objectOf(imp['banner'])
  return (
    [banner, ...listOf(banner['format']).map(objectOf)]
      // Larger ones are no size of any screen.
      .filter(({ w, h }) => Number(w) >= 1 && Number(h) >= 1 && Number(w) < 32_768)
      .map(({ w, h }) => `${Number(w)}x${Number(h)}`)
  )
}

const ourSizes = new Set(bannerSizes.map(({ width, height }) => `${width}x${height}`))

function nativeOf(imp: Json): Json | null {
  const native = objectOf(imp['native'])
  // Some put the request where its carrier should be.
  const carried = native['request'] ?? native['request_native'] ?? native
  try {
    const request = objectOf(typeof carried === 'string' ? JSON.parse(carried) : carried)
    const inner = has(request['native']) ? objectOf(request['native']) : request
    return listOf(inner['assets']).length > 0 ? inner : null
  } catch {
    return null
  }
}

const hasMedia = (imp: Json): boolean =>
  ['video', 'audio'].some((kind) => listOf(objectOf(imp[kind])['mimes']).length > 0)

/** What an impression offers that could be bid on at all, as exchanges would count it. */
export function formatsOf(request: Json): string[] {
  const formats = impsOf(request).flatMap((imp) => [
    ...(sizesOf(imp).length > 0 ? ['banner'] : []),
    ...(nativeOf(imp) === null ? [] : ['native']),
    ...['video', 'audio'].filter((kind) => listOf(objectOf(imp[kind])['mimes']).length > 0),
  ])
  return [...new Set(formats)]
}

const isOffered = (imp: Json): boolean =>
  sizesOf(imp).length > 0 || nativeOf(imp) !== null || hasMedia(imp)

/** A native request that no shop could answer: what it requires has no id, or is of a kind that shops lack. */
function isUnanswerable(native: Json): boolean {
  const assets = listOf(native['assets']).map(objectOf)
  const ids = assets.map(({ id }) => id)
  const isOdd = ids.some((id) => !has(id)) || new Set(ids).size < ids.length
  const hasNothing = (asset: Json): boolean => {
    const data = Number(objectOf(asset['data'])['type'])
    const image = Number(objectOf(asset['img'])['type'] ?? 0)
    const kinds = ['title', 'img', 'video', 'data'].filter((kind) => has(asset[kind]))
    if (kinds.length !== 1 || kinds[0] === 'video') return true
    if (kinds[0] === 'data') return ![1, 2, 3, 6, 7, 10, 11, 12].includes(data)
    return kinds[0] === 'img' && ![0, 1, 2, 3].includes(image)
  }
  return (
    isOdd ||
    assets.every(hasNothing) ||
    assets.some((it) => isSet(it['required']) && hasNothing(it))
  )
}

/** HTML banners are kept out, or only sizes without a layout are offered. */
function isRestricted(imp: Json): boolean {
  const { btype, mimes } = objectOf(imp['banner'])
  const types = listOf(mimes).map((type) => String(type).toLowerCase())
  const takesHtml =
    !listOf(btype).some((type) => Number(type) === 2) &&
    (!Array.isArray(mimes) ||
      mimes.length === 0 ||
      types.some((type) => /html|javascript/.test(type)))
  const hasBanner = takesHtml && sizesOf(imp).some((size) => ourSizes.has(size))
  const native = nativeOf(imp)
  return !hasBanner && (native === null || isUnanswerable(native)) && !hasMedia(imp)
}

/** Whether the reason is a true one of this request; a name that isn't here is never true. */
export const isTrueReason: Readonly<Record<string, (request: Json) => boolean>> = {
  unsupported_format: (request) => impsOf(request).every((imp) => !isOffered(imp)),
  format_restricted: (request) => impsOf(request).every((imp) => isRestricted(imp)),
  deals_only: (request) =>
    impsOf(request).some((imp) => isSet(objectOf(imp['pmp'])['private_auction'])),
  seat_blocked: (request) =>
    (listOf(request['wseat']).length > 0 && !listOf(request['wseat']).includes('grosz')) ||
    listOf(request['bseat']).includes('grosz'),
  crawler: (request) =>
    /bot|crawl|spider|slurp|fetcher|headless|preview/i.test(
      String(objectOf(request['device'])['ua']),
    ),
  unknown_currency: (request) =>
    [
      ...listOf(request['cur']),
      ...impsOf(request).flatMap((imp) => [
        imp['bidfloorcur'],
        ...listOf(objectOf(imp['pmp'])['deals']).map((deal) => objectOf(deal)['bidfloorcur']),
      ]),
    ].some((code) => has(code) && !['PLN', 'EUR', 'USD'].includes(String(code).toUpperCase())),
  transparency_not_rendered: (request) =>
    Number(objectOf(objectOf(objectOf(request['regs'])['ext'])['dsa'])['dsarequired']) >= 2,
  no_campaign: (request) =>
    ['bcat', 'acat', 'badv', 'wlang', 'wlangb', 'bapp'].some(
      (field) => listOf(request[field]).length > 0,
    ) ||
    impsOf(request).some((imp) =>
      listOf(objectOf(imp['pmp'])['deals']).some((deal) => has(objectOf(deal)['wadomain'])),
    ),
  no_creative: (request) => impsOf(request).some((imp) => hasMedia(imp) || nativeOf(imp) !== null),
  below_floor: (request) => /"(bidfloor|mincpmpersec)":"?[1-9]/.test(JSON.stringify(request)),
  timeout: (request) => Number(request['tmax']) <= 20,
}
