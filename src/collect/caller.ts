/** Who sends a request, and for which shop. */
import type { Answer, Endpoint, KeyInfo, Problem } from './endpoint.js'
import { refusal } from './endpoint.js'

/** Thrown to answer at once. */
export class Refused extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(JSON.stringify(answer.body))
    this.answer = answer
  }

  /** @param faults each as `where: reason`. */
  static by(status: number, error: string, faults: readonly string[]): Refused {
    return new Refused(refusal(status, error, faults.slice(0, problemCountMax).map(problemOf)))
  }
}

const problemCountMax = 100

export function problemOf(fault: string): Problem {
  const colon = fault.indexOf(': ')
  return {
    where: fault.slice(0, Math.max(colon, 0)),
    reason: fault.slice(colon < 0 ? 0 : colon + 2),
  }
}

/**
 * The secret that a request carries: `Bearer <key>`, or `Basic` with the key as the name or as the
 * password, as Segment's libraries send it; or what Google's protocol calls `api_secret`.
 */
export function secretOf(authorization: string, apiSecret: string): string {
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S{1,1024}) *$/.exec(authorization) ?? []
  if (/^bearer$/i.test(scheme)) return credentials
  if (/^basic$/i.test(scheme)) {
    const [name = '', password = ''] = Buffer.from(credentials, 'base64').toString().split(':', 2)
    return name.startsWith('gz_') ? name : password
  }
  return apiSecret
}

/** Whether a call that needs no key comes with one of ours all the same: then it is a server's, and is checked. */
export const isKeySent = (authorization: string): boolean =>
  secretOf(authorization, '').startsWith('gz_')

/**
 * The shop that a request is about: the key's own; what an operator, or anybody at a public endpoint,
 * names in the query's `shop`.
 *
 * @throws Refused where none is named, or not the key's own.
 */
export function findShop(
  endpoint: Pick<Endpoint, 'isAboutNoShop'>,
  key: KeyInfo | null,
  query: Readonly<Record<string, string>>,
  hasShop: (id: string) => boolean,
): string {
  const asked = query['shop'] ?? ''
  const own = key?.shopId ?? ''
  if (own !== '' && asked !== '' && asked !== own)
    throw new Refused(refusal(403, 'shop: the key is another shop’s'))
  const shopId = own === '' ? asked : own
  if (endpoint.isAboutNoShop === true && shopId === '') return ''
  if (shopId === '') throw new Refused(refusal(400, 'shop: say which, as in ?shop=<id>'))
  if (!hasShop(shopId)) throw new Refused(refusal(404, 'shop: is unknown'))
  return shopId
}
