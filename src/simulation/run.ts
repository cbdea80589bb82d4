import { type Clock, systemClock } from '../base/clock.js'
import { substituteMacros } from '../openrtb/macros.js'
import { LossCode } from './auction.js'
import { type AuctionedBid, auctionOff } from './auction-house.js'
import { Browser } from './browser.js'
import type { CurrencyRates } from './currencies.js'
import { type ExchangeHabits, habitsDefault } from './habits.js'
import type { HttpAnswer } from './http-answer.js'
import { type Load, LoadClient, type LoadResult } from './http-client.js'
import { targetOf } from './http-connection.js'
import { compareSpend, type LedgerAnswer, readLedger } from './ledger-check.js'
import { Market } from './market.js'
import { NoticeSender } from './notices.js'
import type { ExchangeReport } from './report.js'
import { type PreparedRequest, RequestSource, runNameOf } from './request-source.js'
import { checkAnswer } from './response-rules.js'
import { latencyReport, Tally } from './tally.js'
import { isFlagSet, textOf } from './wire.js'
import { answerOf, type Wire } from './wires.js'

export interface RunOptions {
  /** The bidder's endpoint. */
  readonly url: URL
  /** The bidder's operators' port, for its ledger. */
  readonly adminUrl: string
  readonly ratePerSecond: number
  readonly seconds: number
  readonly connectionCount: number
  readonly competitorCount: number
  readonly marketScale: number
  readonly seed: number
  readonly knownShare: number
  readonly uids: readonly string[]
  readonly clickShare: number
  /** What the exchange allows, where `tmax` doesn't allow less. */
  readonly timeoutMs: number
  readonly rates: CurrencyRates
  /** What was agreed upon with the bidder. Default: nothing beyond OpenRTB. */
  readonly habits?: ExchangeHabits
  /** Default: JSON. */
  readonly wire?: Wire
  /** Sent with each request; '' or absent where none is agreed. */
  readonly secret?: string
  /** How long the ledger may take to sum up the last notices. Default 5,000. */
  readonly ledgerLagMs?: number
  readonly clock?: Clock
  /** Ends the sending early; everything else is done as usual. */
  readonly signal?: AbortSignal
}

/** After which an answer isn't waited for any more: far past any deadline, so that late ones count. */
const answerTimeoutMs = 2_000
/** How long notices may take after the last answer. */
const drainMs = 10_000
const noticeConnectionCountMax = 16
/** Notices are on disk before they are answered, but a summary of them may come later. */
const ledgerLagMsDefault = 5_000
const ledgerPollMs = 250

/**
 * Sends requests at a constant rate, auctions what is bid, fires notices, and at the end holds what
 * was spent against the bidder's ledger. Rejects where the bidder can't be reached.
 */
export async function simulateExchange(
  options: RunOptions,
  requests: readonly PreparedRequest[],
): Promise<ExchangeReport> {
  const clock = options.clock ?? systemClock
  const client = new LoadClient(targetOf(options.url), {
    connectionCount: options.connectionCount,
    answerTimeoutMs,
    clock,
  })
  await client.open()
  const notices = new NoticeSender({
    connectionCount: Math.min(options.connectionCount, noticeConnectionCountMax),
    answerTimeoutMs,
    clock,
  })
  try {
    const ledgerBefore = await readLedger(options.adminUrl)
    const exchange = new Exchange(options, requests, notices, clock)
    const result = await client.runOpenLoop(exchange, {
      ratePerSecond: options.ratePerSecond,
      count: Math.max(1, Math.round(options.ratePerSecond * options.seconds)),
      signal: options.signal,
    })
    const drained = await notices.idle(drainMs)
    const ledger = await checkLedger(options, ledgerBefore, exchange.tally)
    return report(options, result, exchange.tally, notices, drained, ledger)
  } finally {
    client.close()
    notices.close()
  }
}

/** What is done with each request and its answer. */
class Exchange implements Load {
  readonly tally = new Tally()
  readonly #options: RunOptions
  readonly #source: RequestSource
  readonly #market: Market
  readonly #notices: NoticeSender
  readonly #browser: Browser
  readonly #clock: Clock

  constructor(
    options: RunOptions,
    requests: readonly PreparedRequest[],
    notices: NoticeSender,
    clock: Clock,
  ) {
    this.#options = options
    this.#source = new RequestSource(requests, options, runNameOf(clock.nowMs(), options.seed))
    this.#market = new Market({
      competitorCount: options.competitorCount,
      seed: options.seed,
      rates: options.rates,
      scale: options.marketScale,
    })
    this.#notices = notices
    const { clickMacro } = options.habits ?? habitsDefault
    this.#browser = new Browser(notices, { ...options, clickMacro })
    this.#clock = clock
  }

  write(index: number, output: Parameters<Load['write']>[1]): void {
    this.#source.write(index, output)
    if (this.#source.isPersonalised(index)) this.tally.personalised()
  }

  onAnswer(index: number, answer: HttpAnswer, latencyMs: number): void {
    const { timeoutMs, rates, habits = habitsDefault, wire = 'json' } = this.#options
    const isLate = latencyMs > Math.min(timeoutMs, this.#source.tmaxMsOf(index))
    this.tally.answered(isLate)
    // The usual answer, and the only one that there is nothing more to do about.
    if (answer.status === 204 && answer.excessBytes === 0) return

    const request = this.#source.requestOf(index)
    const received = answerOf(wire, answer)
    const checked = checkAnswer(request, received, rates, habits)
    if (checked.broken.length > 0)
      this.tally.broken(checked.broken, { request, response: received.text })
    if (request === null || checked.response === null) return
    const auctioned = auctionOff(request, checked.response, checked.broken, {
      isLate,
      rates,
      nowMs: this.#clock.nowMs(),
      rivalBids: (imp, impIndex, currency) => this.#market.bidsFor(index, impIndex, imp, currency),
    })
    const isTest = isFlagSet(request.test)
    this.tally.auctioned(auctioned, isTest)
    // What is only a test is shown to nobody and paid by nobody.
    if (!isTest) for (const [i, bid] of auctioned.entries()) this.#notify(bid, index * 64 + i)
  }

  /** @param number  of the bid, for what chance decides about it. */
  #notify(auctioned: AuctionedBid, number: number): void {
    const { bid, macros, outcome } = auctioned
    const notice = (url: unknown): string => substituteMacros(textOf(url), macros)
    if (outcome.lossCode !== LossCode.Won) {
      if (textOf(bid.lurl) !== '') this.#notices.fire('loss', notice(bid.lurl))
      return
    }
    // All at once, as they come from different machines: a bidder has to take them in any order.
    if (textOf(bid.nurl) !== '') this.#notices.fire('win', notice(bid.nurl))
    this.#browser.show(bid, macros, number)
    if (textOf(bid.burl) !== '') this.#notices.fire('billing', notice(bid.burl))
  }
}

type LedgerCheck = Pick<ExchangeReport, 'ledger' | 'ledgerReason'>

/** Asks again for a while where it doesn't agree or answer: the last posts may not be summed up yet. */
async function checkLedger(
  { adminUrl, ledgerLagMs = ledgerLagMsDefault }: RunOptions,
  before: LedgerAnswer,
  tally: Tally,
): Promise<LedgerCheck> {
  if (!before.ok) return { ledger: null, ledgerReason: before.reason }
  for (let waitedMs = 0; ; waitedMs += ledgerPollMs) {
    const after = await readLedger(adminUrl)
    const differences = after.ok
      ? compareSpend(before.reading, after.reading, tally.spendNanos())
      : []
    const agrees = after.ok && differences.length === 0
    if (agrees || waitedMs >= ledgerLagMs) {
      if (!after.ok) return { ledger: null, ledgerReason: after.reason }
      return { ledger: { agrees, differences } }
    }
    await new Promise((resolve) => setTimeout(resolve, ledgerPollMs))
  }
}

function report(
  options: RunOptions,
  result: LoadResult,
  tally: Tally,
  notices: NoticeSender,
  drained: boolean,
  ledger: LedgerCheck,
): ExchangeReport {
  return {
    url: options.url.href,
    seed: options.seed,
    targetRate: options.ratePerSecond,
    achievedRate: Math.round(result.achievedRate * 100) / 100,
    seconds: Math.round(result.elapsedMs) / 1_000,
    sent: result.sentCount,
    unsent: result.unsentCount,
    answered: result.answeredCount,
    answeredByStatus: Object.fromEntries(result.countByStatus),
    failed: result.failures,
    reconnects: result.reconnectCount,
    ...tally.report(),
    notices: notices.counts,
    drained,
    latencyMs: latencyReport(result.latency),
    serviceMs: latencyReport(result.serviceTime),
    ...ledger,
  }
}
