/** What an origin check needs of a shop (catalogue/model.ts). */
export interface OriginShop {
  readonly url: string
  readonly domain: string
  readonly origins: readonly string[] | null
}

const originPattern = /^https?:\/\/([a-z0-9.-]+)$/i

/**
 * Whether a page of this origin may send the shop's events: one of its `origins`; where it names none, the
 * one of its `url`, and its domain and those below it, on the usual ports.
 *
 * To try a shop on one's own machine, its file says so: `"origins": ["http://localhost:8000"]`.
 *
 * @param origin as the browser sends it; `null`, as from a file or a sandboxed frame, is nobody's.
 */
export function isOriginOf(shop: OriginShop, origin: string): boolean {
  if (shop.origins !== null) return shop.origins.includes(origin)
  const host = originPattern.exec(origin)?.[1]?.toLowerCase()
  if (host !== undefined && (host === shop.domain || host.endsWith(`.${shop.domain}`))) return true
  return URL.canParse(shop.url) && new URL(shop.url).origin === origin
}
