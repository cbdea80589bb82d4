import type { Clock } from '../base/clock.js'
import type { Log } from '../base/log.js'
import { Throttled } from '../base/log.js'
import type { Metrics } from '../base/metrics.js'
import { videoEvents } from '../base/metrics-vocabulary.js'
import type { CostNanos, CpmMicros } from '../base/money.js'
import { readClick } from '../catalogue/creative/link.js'
import type { Notice, NoticeKind, NoticeOutcome } from '../ledger/notice.js'
import { noticeKinds } from '../ledger/notice.js'
import { lossReasonIndex } from '../openrtb/loss.js'
import { cookieUidIn } from '../profiles/uid-cookie.js'
import { chargeFor } from './charge.js'
import type { Exchange } from './exchange.js'
import type { GetRequest, Reply, Route } from './listener.js'
import { errorBody, jsonHeaders, noHeaders } from './listener.js'
import { NoticePrices, paidRefusals } from './notice-price.js'
import { pixel, pixelHeaders } from './pixel.js'
import type { Signer, Token } from './signer.js'

export const noticeRefusals = [
  'bad_token',
  'expired',
  ...paidRefusals,
  'bad_target',
  'bad_event',
  'over_budget',
  'ledger_down',
] as const
export type NoticeRefusal = (typeof noticeRefusals)[number]

export interface NoticeHandlerOptions {
  readonly exchanges: readonly Exchange[]
  readonly signer: Signer
  readonly clock: Clock
  readonly metrics: Metrics
  readonly log: Log
  /** Tokens older than this count for nothing. */
  readonly noticeExpiryMs: number
  /** Resolves when the notice is on disk; see ledger/link. */
  readonly ledger: { notice(notice: Notice): Promise<NoticeOutcome> }
  /** What tells a shop's page which browser comes from an advert; '' where it isn't told. */
  clickTokenFor(shopKey: number, uid: string): string
}

/** What a check gives: a reason to refuse, with what to tell the caller; or null. */
type Refusal = { readonly reason: NoticeRefusal; readonly error: string } | null

const noQuery = new URLSearchParams()

/**
 * Answers what comes back of a bid: win, billing and loss notices of the exchange, the pixel and the
 * clicks of a browser, the progress of a video.
 *
 * Query: `t` token; `p` price as the exchange writes it and `c` its currency (win, bill, and imp where
 * an exchange is charged on it); `r` loss reason; `e` what a video reports. `m`, the least that would have
 * won, comes with losses and is not read yet. A click has all that it says in its path, and its query is
 * whatever others have added.
 *
 * Exchanges get 200 once it is on disk (again for a repetition), 400 for what counts for nothing, 503
 * to try again. A browser gets its pixel or its page whatever the ledger says. A HEAD counts for nothing.
 */
export class NoticeHandler {
  readonly #options: NoticeHandlerOptions
  #prices: NoticePrices
  readonly #complaints = new Throttled()

  constructor(options: NoticeHandlerOptions) {
    this.#options = options
    this.#prices = new NoticePrices(options.exchanges, options.log)
  }

  /** From the next notice on. @param exchanges those that are gone, too: their bids may still be won. */
  useExchanges(exchanges: readonly Exchange[]): void {
    this.#prices = new NoticePrices(exchanges, this.#options.log)
  }

  routes(): Route[] {
    const notices = noticeKinds.map(
      (kind): Route => ({
        method: 'GET',
        path: kind === 'click' ? '/n/click/*' : `/n/${kind}`,
        handle: (request, reply) =>
          void (kind === 'click'
            ? this.#click(request, reply)
            : this.#handle(kind, request, reply)),
      }),
    )
    return [
      ...notices,
      {
        method: 'GET',
        path: '/n/track',
        handle: (request, reply) => {
          if (!request.isHead) this.#track(new URLSearchParams(request.query))
          reply.send(200, pixelHeaders, pixel)
        },
      },
    ]
  }

  /** Never rejects: whatever goes wrong is answered and counted here. */
  async #handle(kind: NoticeKind, request: GetRequest, reply: Reply): Promise<void> {
    const { isHead } = request
    const query = new URLSearchParams(request.query)
    const token = this.#receive(kind, query.get('t') ?? '', isHead)
    if (token === null) {
      this.#refuse(reply, isHead, { reason: 'bad_token', error: 't: is not a token of ours' })
      return
    }
    const refusal = await this.#keep(kind, token, query, isHead)
    if (kind === 'imp') reply.send(200, pixelHeaders, pixel)
    else if (refusal === null || refusal.reason === 'over_budget') {
      // Said again, a charge that came too late would not fit the budget any better.
      reply.send(200, noHeaders, '')
    } else {
      const status = refusal.reason === 'ledger_down' ? 503 : 400
      reply.send(status, jsonHeaders, errorBody(refusal.error))
    }
  }

  /** As `#handle`. */
  async #click(request: GetRequest, reply: Reply): Promise<void> {
    const { isHead } = request
    const click = readClick(request.parameter)
    const { signature, target } = click
    const token = this.#receive('click', click.token, isHead)
    if (token === null) {
      this.#refuse(reply, isHead, { reason: 'bad_token', error: 'token: is not one of ours' })
      return
    }
    if (target === null || !this.#options.signer.isTarget(token.shopKey, target, signature)) {
      this.#refuse(reply, isHead, { reason: 'bad_target', error: 'target: is not one of ours' })
      return
    }
    const browser = uidOfBrowser(request)
    await this.#keep('click', token, noQuery, isHead)
    const location = browser === '' ? target : this.#withBrowser(target, token.shopKey, browser)
    reply.send(
      302,
      [
        ['Location', location],
        ['Cache-Control', 'no-store'],
      ],
      '',
    )
  }

  /** The shop's page with word of which browser comes: its tag hands it on, and no other shop can read it. */
  #withBrowser(target: string, shopKey: number, uid: string): string {
    const clickToken = this.#options.clickTokenFor(shopKey, uid)
    if (clickToken === '') return target
    const url = new URL(target)
    url.searchParams.set('gzc', clickToken)
    return url.href
  }

  /** @returns null where the text is no token of ours. */
  #receive(kind: NoticeKind, text: string, isHead: boolean): Token | null {
    const { metrics, signer } = this.#options
    if (!isHead) metrics.inc(metrics.slots.notices[kind])
    return signer.verify(text)
  }

  /** Has it counted where it counts; a refusal is tallied. */
  async #keep(
    kind: NoticeKind,
    token: Token,
    query: URLSearchParams,
    isHead: boolean,
  ): Promise<Refusal> {
    const refusal = token.isTest || isHead ? null : await this.#count(kind, token, query)
    if (refusal !== null) this.#tally(refusal.reason)
    return refusal
  }

  /** Only counted: no money hangs on it, and nothing is kept of it. */
  #track(query: URLSearchParams): void {
    const { clock, metrics, noticeExpiryMs, signer } = this.#options
    const token = signer.verify(query.get('t') ?? '')
    const event = videoEvents.find((name) => name === query.get('e'))
    if (token === null) this.#tally('bad_token')
    else if (event === undefined) this.#tally('bad_event')
    else if (clock.nowMs() - token.issuedAtMs > noticeExpiryMs) this.#tally('expired')
    else if (!token.isTest) metrics.inc(metrics.slots.videoEvents[event])
  }

  async #count(kind: NoticeKind, token: Token, query: URLSearchParams): Promise<Refusal> {
    const { clock, ledger, log, metrics, noticeExpiryMs } = this.#options
    if (clock.nowMs() - token.issuedAtMs > noticeExpiryMs)
      return { reason: 'expired', error: 't: is too old' }
    const charges = this.#prices.chargesOn(token.exchangeKey) === kind
    const paid = charges ? this.#prices.paidFor(token, query, clock.nowMs()) : (0 as CpmMicros)
    if (typeof paid !== 'number') return paid
    const lossReason = query.get('r') ?? ''
    const notice: Notice = {
      token: token.id.toString('latin1'),
      kind,
      account: token.account,
      incarnation: token.incarnation,
      sequence: token.sequence % 2 ** 32,
      bidNanos: token.reservedNanos as CostNanos,
      expiresAtMs: token.expiresAtMs,
      charges,
      chargeNanos: chargeFor(paid, token),
      paidNanos: paid as number as CostNanos,
      paidCurrency: token.currency,
      lossReason: /^\d{1,5}$/.test(lossReason) ? Number(lossReason) : 0,
    }
    try {
      const outcome = await ledger.notice(notice)
      if (outcome === 'duplicate') metrics.inc(metrics.slots.noticesDuplicate)
      else if (outcome === 'over_budget')
        return { reason: 'over_budget', error: 't: came too late for what is left of the budget' }
      else if (outcome === 'unknown') return { reason: 'expired', error: 't: is too old' }
      else if (kind === 'loss') metrics.inc(metrics.slots.losses[lossReasonIndex(lossReason)]!)
      return null
    } catch (error) {
      const held = this.#complaints.due(clock.nowMs())
      if (held >= 0) log.error({ err: error, kind, held }, 'a notice could not be kept')
      return { reason: 'ledger_down', error: 'ledger: cannot keep this now, try again' }
    }
  }

  /** A HEAD is told what is wrong, too, but is not counted. */
  #refuse(reply: Reply, isHead: boolean, refusal: NonNullable<Refusal>): void {
    if (!isHead) this.#tally(refusal.reason)
    reply.send(400, jsonHeaders, errorBody(refusal.error))
  }

  #tally(reason: NoticeRefusal): void {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.noticesRefused[noticeRefusals.indexOf(reason)]!)
  }
}

/**
 * Our id of the browser, which it has only where the person agreed; '' where there is none, or where it
 * says now that it isn't to be followed.
 */
function uidOfBrowser(request: GetRequest): string {
  if (request.header('sec-gpc') === '1' || request.header('dnt') === '1') return ''
  return cookieUidIn(request.header('cookie'))
}
