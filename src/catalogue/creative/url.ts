/** Links and pictures of shops: absolute, http(s), and harmless inside markup that exchanges rewrite. */

/**
 * What a URL is when it has been read and written again, for most that shops have: a name of letters, no
 * port, no `.` or `..` in the path, nothing that would be escaped. A name that ends in a number is another
 * way to write an address, and one with `xn--` need not be sound.
 */
const name = String.raw`(?:(?!xn--)[a-z\d-]+\.)+(?!xn--)[a-z][a-z-]*`
const path = String.raw`(?:\/(?!\.)[\w~!()*+,;=:@.-]*)+(?:\?[\w~!()*+,;=:@/.?&-]*)?`
const isOrdinary = new RegExp(`^https?://${name}${path}$`)
const isOrdinaryPath = new RegExp(`^(?!//)${path}$`)

/** What references that begin with a slash were resolved against last, as they come one after the other. */
let lastBase = ''
let lastOrigin: string | null = null

function originOf(base: string): string | null {
  if (base === lastBase) return lastOrigin
  const url = URL.canParse(base) ? new URL(base) : null
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  lastBase = base
  lastOrigin = url !== null && isHttp ? url.origin : null
  return lastOrigin
}

/**
 * @param reference absolute, or relative to `base` (a shop's url).
 * @returns the absolute URL, without a name and password; or null for what isn't http(s) or can't be parsed.
 */
export function resolveHttp(reference: string, base: string): string | null {
  // Reading one costs microseconds, and shops have millions.
  const origin = originOf(base)
  if (origin !== null) {
    if (isOrdinary.test(reference)) return reference
    if (isOrdinaryPath.test(reference)) return origin + reference
  }
  let url: URL
  try {
    url = new URL(reference, base)
  } catch {
    return null
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  if (url.username !== '') url.username = ''
  if (url.password !== '') url.password = ''
  return (
    url.href
      // A query may hold braces and stray percent signs; written this way they mean the same, and
      // no exchange takes them for a macro (`${…}`, `%%…%%`), not even one that looks for encoded ones.
      .replace(/\{/g, '%7B')
      .replace(/\}/g, '%7D')
      .replace(/%(?![0-9a-f]{2})/gi, '%25')
      .replace(/%24(?=%7b)/gi, '$')
  )
}

/** Whether a page served over https may load this: https, or this machine, which browsers trust too. */
export function isSecureUrl(url: string): boolean {
  if (url.startsWith('https:')) return true
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:') return true
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
