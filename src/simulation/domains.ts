const bareDomain = (domain: string): string =>
  domain
    .trim()
    .toLowerCase()
    .replace(/^www\./, '')

/** `shop.example.com` is within `example.com`, `notexample.com` isn't; case and `www.` don't matter. */
export function isDomainWithin(domain: string, outer: string): boolean {
  const [inner, around] = [bareDomain(domain), bareDomain(outer)]
  return inner === around || (around !== '' && inner.endsWith(`.${around}`))
}

/** What may stand in `adomain`: a host name without scheme, port or path. */
export const isDomain = (text: string): boolean =>
  /^([\p{L}\d]([\p{L}\d_-]{0,61}[\p{L}\d])?\.)+[\p{L}\d-]{2,63}$/u.test(text)
