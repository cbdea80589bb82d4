/**
 * Click links: `<public URL>/n/click/<token>.<signature>.<target>`, the target in base64url.
 *
 * Exchanges that count clicks put their own address before ours, which is then a parameter of theirs:
 * some unescape it, some don't. So a link has nothing that escaping would change but the `:` and `/`
 * of the public URL, and those may stand in a query (RFC 3986, section 3.4). HTML, JSON and XML take
 * it as it is, too.
 */

/**
 * Signs a link of a shop's when the catalogue is compiled, so that a click can only be sent on to
 * where the shop wanted it.
 *
 * @param shopKey `keyOf` of the shop's id.
 * @returns letters, digits, `-` and `_`.
 */
export type SignTarget = (shopKey: number, url: string) => string

/** What stands before the token. @param clickMacro the exchange's own counter; '' where it has none. */
export const clickStart = (publicUrl: string, clickMacro: string): string =>
  `${clickMacro}${publicUrl}/n/click/`

/** What follows the token. */
export const clickTarget = (shopKey: number, url: string, signTarget: SignTarget): string =>
  `.${signTarget(shopKey, url)}.${encodeTarget(url)}`

const encodeTarget = (url: string): string => Buffer.from(url).toString('base64url')

export interface Click {
  readonly token: string
  readonly signature: string
  /** null where it isn't UTF-8, written in the one way in which we write it. */
  readonly target: string | null
}

/** Takes apart what follows `/n/click/`, whatever that is. */
export function readClick(text: string): Click {
  const [token = '', signature = '', encoded = ''] = text.split('.', 3)
  const target = Buffer.from(encoded, 'base64url').toString()
  // Decoding forgives a lot: what comes out counts only if it is written like this.
  const isOurs = text === `${token}.${signature}.${encodeTarget(target)}`
  return { token, signature, target: isOurs ? target : null }
}

/**
 * Whether a click on this can come back to us: uWebSockets.js takes a request's head up to 4 KB, of
 * which browsers need some for themselves.
 */
export const isClickable = (url: string): boolean =>
  Math.ceil((Buffer.byteLength(url) * 4) / 3) <= 2_500

/** Opens beside the page that shows the banner, which learns nothing of it and gets no hold of it. */
export const linkAttributes = ' target="_blank" rel="noopener"'
