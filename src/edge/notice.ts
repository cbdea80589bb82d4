import type { Clock } from '../base/clock.js'
import { keyOf } from '../base/key.js'
import type { Log } from '../base/log.js'
import { Throttled } from '../base/log.js'
import type { Metrics } from '../base/metrics.js'
import type { CostNanos, CpmMicros } from '../base/money.js'
import { parseCpm } from '../base/money.js'
import type { Notice, NoticeKind, NoticeOutcome } from '../ledger/notice.js'
import { noticeKinds } from '../ledger/notice.js'
import { lossReasonIndex } from '../openrtb/loss.js'
import { chargeFor } from './charge.js'
import type { Exchange } from './exchange.js'
import type { Reply, Route } from './listener.js'
import { errorBody, jsonHeaders, noHeaders } from './listener.js'
import type { Signer, Token } from './signer.js'

export const noticeRefusals = [
  'bad_token',
  'expired',
  'bad_price',
  'above_bid',
  'wrong_currency',
  'bad_target',
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
}

/** A pixel that shows nothing: the smallest GIF that every browser takes. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const pixelHeaders = [
  ['Content-Type', 'image/gif'],
  ['Cache-Control', 'no-store'],
] as const

/** What a check gives: a reason to refuse, with what to tell the caller; or null. */
type Refusal = { readonly reason: NoticeRefusal; readonly error: string } | null

/**
 * Answers what comes back of a bid: win, billing and loss notices of the exchange, the pixel and the
 * clicks of a browser.
 *
 * Query: `t` token; `p` price as CPM and `c` its currency (win, bill, and imp where an exchange is
 * charged on it); `r` loss reason; `u`, `s` a click's target and its signature. Exchanges get 200 once
 * it is on disk (again for a repetition), 400 for what counts for nothing, 503 to try again. A
 * browser gets its pixel or its page whatever the ledger says.
 */
export class NoticeHandler {
  readonly #options: NoticeHandlerOptions
  readonly #chargeOn: ReadonlyMap<number, NoticeKind>
  readonly #complaints = new Throttled()

  constructor(options: NoticeHandlerOptions) {
    this.#options = options
    this.#chargeOn = new Map(options.exchanges.map((e) => [keyOf(e.name), e.chargeOn]))
  }

  routes(): Route[] {
    return noticeKinds.map((kind) => ({
      method: 'GET',
      path: `/n/${kind}`,
      handle: (query, reply) => void this.#handle(kind, new URLSearchParams(query), reply),
    }))
  }

  /** Never rejects: whatever goes wrong is answered and counted here. */
  async #handle(kind: NoticeKind, query: URLSearchParams, reply: Reply): Promise<void> {
    const { metrics, signer } = this.#options
    metrics.inc(metrics.slots.notices[kind])
    const token = signer.verify(query.get('t') ?? '')
    if (token === null) {
      this.#refuse(reply, { reason: 'bad_token', error: 't: is not a token of ours' })
      return
    }
    const target = query.get('u') ?? ''
    if (kind === 'click' && !signer.isTarget(token.shopKey, target, query.get('s') ?? '')) {
      this.#refuse(reply, { reason: 'bad_target', error: 'u: is not signed by s' })
      return
    }
    const refusal = token.isTest ? null : await this.#count(kind, token, query)
    if (refusal !== null) this.#tally(refusal.reason)
    if (kind === 'imp') reply.send(200, pixelHeaders, pixel)
    else if (kind === 'click') {
      reply.send(
        302,
        [
          ['Location', target],
          ['Cache-Control', 'no-store'],
        ],
        '',
      )
    } else if (refusal === null || refusal.reason === 'over_budget') {
      // Said again, a charge that came too late would not fit the budget any better.
      reply.send(200, noHeaders, '')
    } else {
      const status = refusal.reason === 'ledger_down' ? 503 : 400
      reply.send(status, jsonHeaders, errorBody(refusal.error))
    }
  }

  async #count(kind: NoticeKind, token: Token, query: URLSearchParams): Promise<Refusal> {
    const { clock, ledger, log, metrics, noticeExpiryMs } = this.#options
    if (clock.nowMs() - token.issuedAtMs > noticeExpiryMs)
      return { reason: 'expired', error: 't: is too old' }
    const charges = this.#chargeOn.get(token.exchangeKey) === kind
    const paid = charges ? paidFor(token, query) : (0 as CpmMicros)
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

  #refuse(reply: Reply, refusal: NonNullable<Refusal>): void {
    this.#tally(refusal.reason)
    reply.send(400, jsonHeaders, errorBody(refusal.error))
  }

  #tally(reason: NoticeRefusal): void {
    const { metrics } = this.#options
    metrics.inc(metrics.slots.noticesRefused[noticeRefusals.indexOf(reason)]!)
  }
}

/** The clearing price that the exchange reports, checked against the bid; or why it can't be charged. */
function paidFor(token: Token, query: URLSearchParams): CpmMicros | NonNullable<Refusal> {
  const paid = parseCpm(query.get('p') ?? '')
  if (paid < 0) return { reason: 'bad_price', error: 'p: must be a price such as 1.23' }
  if (paid > token.bidCpmMicros) return { reason: 'above_bid', error: 'p: is above the bid' }
  const currency = (query.get('c') ?? '').toUpperCase()
  // Exchanges that don't know the macro leave it as it is, or empty.
  if (/^[A-Z]{3}$/.test(currency) && currency !== token.currency)
    return { reason: 'wrong_currency', error: `c: must be ${token.currency}` }
  return paid as CpmMicros
}
