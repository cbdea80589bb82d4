/** Links and pictures of shops: absolute, http(s), and harmless inside markup that exchanges rewrite. */

/**
 * @param reference absolute, or relative to `base` (a shop's url).
 * @returns the absolute URL, without a name and password; or null for what isn't http(s) or can't be parsed.
 */
export function resolveHttp(reference: string, base: string): string | null {
  let url: URL
  try {
    url = new URL(reference, base)
  } catch {
    return null
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  url.username = ''
  url.password = ''
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
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:') return true
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
