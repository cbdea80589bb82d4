import type { Metrics } from '../base/metrics.js'
import { cookieUidIn, newCookieUid, uidCookie } from '../profiles/uid-cookie.js'
import type { Exchange } from './exchange.js'
import type { GetRequest, Headers, Reply, Route } from './listener.js'
import { errorBody, jsonHeaders } from './listener.js'
import { pixel, pixelHeaders } from './pixel.js'

/** Whether a browser may be given an id and recognised by it. */
export interface SyncConsent {
  /**
   * @param params `gdpr`, `gdpr_consent`, `us_privacy`, `gpp`, `gpp_sid` as in exchanges' URLs.
   * @param hasPrivacyControl the browser sent `Sec-GPC: 1`.
   */
  maySync(params: URLSearchParams, hasPrivacyControl: boolean): boolean
}

export interface SyncOptions {
  readonly exchanges: readonly Pick<Exchange, 'name' | 'sync'>[]
  readonly consent: SyncConsent
  /** Of our cookie; '': this host alone. */
  readonly cookieDomain: string
  readonly metrics: Metrics
}

/** Query parameters that are passed on as they came. */
const passedOn = ['gdpr', 'gdpr_consent', 'us_privacy', 'gpp', 'gpp_sid', 'partner_uid'] as const
/** Consent strings can be long; ids are not. */
const valueLengthMax = 2_048
const locationLengthMax = 8_192

/**
 * Lets an exchange and us recognise the same browser: `GET /sync/<exchange>`.
 *
 * The browser gets our id as a cookie, or keeps the one that it has. It is then sent to
 * the exchange's `sync.url`, or to what the query's `redirect` names, if that leads to one of
 * `sync.redirectHosts`; or it gets a pixel. `{uid}` (in `redirect` also `$UID`) is filled in, escaped, and
 * so are the privacy signals and `{partner_uid}`, all as they came. The exchange then sends that id as
 * `user.buyeruid`, and profiles are kept under it.
 *
 * Without consent nothing is read, set or passed on that says who it is: the way is the same, with
 * the ids empty, so that the exchange's own chain of redirects goes on.
 */
export class SyncHandler {
  #exchanges: ReadonlyMap<string, Exchange['sync']>
  readonly #consent: SyncConsent
  readonly #cookieDomain: string
  readonly #metrics: Metrics

  constructor({ exchanges, consent, cookieDomain, metrics }: SyncOptions) {
    this.#exchanges = syncsOf(exchanges)
    this.#consent = consent
    this.#cookieDomain = cookieDomain
    this.#metrics = metrics
  }

  /** From the next browser on. */
  useExchanges(exchanges: SyncOptions['exchanges']): void {
    this.#exchanges = syncsOf(exchanges)
  }

  routes(): Route[] {
    return [
      {
        method: 'GET',
        path: '/sync/*',
        handle: (request, reply) => this.#handle(request, reply),
      },
    ]
  }

  #handle(request: GetRequest, reply: Reply): void {
    const { syncs } = this.#metrics.slots
    const sync = this.#exchanges.get(request.parameter)
    if (sync === undefined) {
      this.#refuse(reply, 404, 'exchange: is unknown')
      return
    }
    const params = new URLSearchParams(request.query)
    const maySync = this.#maySync(request, params)
    const known = maySync ? cookieUidIn(request.header('cookie')) : ''
    // A HEAD asks where this leads, which is no reason to begin with somebody.
    const uid = maySync && known === '' && !request.isHead ? newCookieUid() : known
    const location = locationOf(sync, params, uid, maySync)
    if (location === null) {
      this.#refuse(reply, 400, 'redirect: must lead to a host that was agreed, over http or https')
      return
    }
    if (!request.isHead)
      this.#metrics.inc(!maySync ? syncs.no_consent : known === '' ? syncs.new : syncs.known)
    const cookie: Headers =
      uid !== known ? [['Set-Cookie', uidCookie(uid, this.#cookieDomain)]] : []
    if (location === '') reply.send(200, [...pixelHeaders, ...cookie], pixel)
    else {
      const headers: Headers = [
        ['Location', location],
        ['Cache-Control', 'no-store'],
      ]
      reply.send(302, [...headers, ...cookie], '')
    }
  }

  #maySync(request: GetRequest, params: URLSearchParams): boolean {
    if (request.header('dnt') === '1' || params.get('coppa') === '1') return false
    return this.#consent.maySync(params, request.header('sec-gpc') === '1')
  }

  #refuse(reply: Reply, status: number, error: string): void {
    this.#metrics.inc(this.#metrics.slots.syncs.refused)
    reply.send(status, jsonHeaders, errorBody(error))
  }
}

const syncsOf = (exchanges: SyncOptions['exchanges']): ReadonlyMap<string, Exchange['sync']> =>
  new Map(exchanges.map(({ name, sync }) => [name, sync]))

/** Where the browser is sent; '' nowhere, null where it is asked to go but may not. */
function locationOf(
  sync: Exchange['sync'],
  params: URLSearchParams,
  uid: string,
  maySync: boolean,
): string | null {
  const redirect = params.get('redirect') ?? ''
  if (redirect === '') return sync.url === '' ? '' : filledIn(sync.url, params, uid, maySync)
  const filled = filledIn(redirect.replaceAll('$UID', '{uid}'), params, uid, maySync)
  return allowedUrl(filled, sync.redirectHosts)
}

function filledIn(
  template: string,
  params: URLSearchParams,
  uid: string,
  maySync: boolean,
): string {
  let url = template.replaceAll('{uid}', uid)
  for (const name of passedOn) {
    const isId = name === 'partner_uid'
    const value = isId && !maySync ? '' : (params.get(name) ?? '')
    const passed = value.length > valueLengthMax ? '' : value
    url = url.replaceAll(`{${name}}`, () => encodeURIComponent(passed))
  }
  return url
}

/**
 * The URL in the form that browsers make of it, if its host is one of these; else null.
 *
 * What browsers and URL parsers read differently is refused before it is parsed: backslashes,
 * spaces and control characters, a missing scheme. A user name before the host is nobody's need.
 */
function allowedUrl(text: string, hosts: readonly string[]): string | null {
  if (text.length > locationLengthMax || !/^https?:\/\/[^/\\@]/i.test(text)) return null
  if (/[\\\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return null
  return hosts.includes(url.host) ? url.href : null
}
