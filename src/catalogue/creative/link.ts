/**
 * Signs a link of a shop's when the catalogue is compiled, so that a click can only be sent on to
 * where the shop wanted it.
 *
 * @param shopKey `keyOf` of the shop's id.
 * @returns characters that need no escaping in a URL.
 */
export type SignTarget = (shopKey: number, url: string) => string

/** The part of a click link that follows the token: target and signature, escaped for an attribute. */
export function clickTarget(shopKey: number, url: string, signTarget: SignTarget): string {
  return `&amp;u=${encodeForUrl(url)}&amp;s=${encodeForUrl(signTarget(shopKey, url))}`
}

/**
 * Whether a click on this can come back to us: uWebSockets.js takes a request's head up to 4 KB, of
 * which browsers need some for themselves.
 */
export const isClickable = (url: string): boolean => encodeForUrl(url).length <= 2_500

/** Like encodeURIComponent, which lets `'` stand and throws on half a character. */
export const encodeForUrl = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/'/g, '%27')

/** Opens beside the page that shows the banner, which learns nothing of it and gets no hold of it. */
export const linkAttributes = ' target="_blank" rel="noopener"'
