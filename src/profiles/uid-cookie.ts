/** The cookie by which a browser keeps our id: the same wherever it meets us, at a sync or at a shop. */
import { randomBytes } from 'node:crypto'

const cookieName = 'grosz_uid'
/** Thirteen months, the longest that data protection authorities allow; not renewed by later visits. */
const cookieSeconds = 395 * 86_400
/**
 * For all sites (SameSite=None), or none but the one that it was set on would be recognised. For the
 * same reason not Partitioned: a browser would have another id on each site.
 */
const cookieAttributes = `; Max-Age=${cookieSeconds}; Path=/; Secure; HttpOnly; SameSite=None`

const uidBytes = 16
const cookiePattern = new RegExp(`(?:^|;) *${cookieName}=([^;]*)`)
/** 22 characters of base64url hold 132 bits: the last one must leave the upper four empty. */
const uidPattern = /^[\w-]{21}[AQgw]$/

export const newCookieUid = (): string => randomBytes(uidBytes).toString('base64url')

/**
 * Our id among a browser's cookies; '' where there is none, or something that we would not have set.
 *
 * @param cookies the header's value.
 */
export function cookieUidIn(cookies: string): string {
  const uid = cookiePattern.exec(cookies)?.[1] ?? ''
  return uidPattern.test(uid) ? uid : ''
}

/**
 * Value of the `Set-Cookie` that gives a browser this id.
 *
 * @param domain whose hosts all get the cookie back; '': the host that sets it alone.
 */
export const uidCookie = (uid: string, domain: string): string =>
  `${cookieName}=${uid}${cookieAttributes}${domain === '' ? '' : `; Domain=${domain}`}`
