import { type CpmMicros, costOf, formatCpm, formatNanos } from '../base/money.js'
import { LossCode } from './auction.js'
import type { AuctionedBid } from './auction-house.js'
import { LatencyHistogram } from './latency-histogram.js'
import type {
  BrokenRuleReport,
  ClearingPrices,
  ExchangeReport,
  LatencyReport,
  SpendLine,
} from './report.js'
import type { BrokenRule } from './response-rules.js'
import { textOf } from './wire.js'

/** An example in a report is cut off after this many characters. */
const exampleLengthMax = 4_000

type Counted = Pick<
  ExchangeReport,
  | 'personalised'
  | 'inTime'
  | 'late'
  | 'bidResponses'
  | 'bidRate'
  | 'bids'
  | 'testBids'
  | 'wins'
  | 'winRate'
  | 'losses'
  | 'lossesByReason'
  | 'spend'
  | 'clearingPrices'
  | 'brokenRules'
>

/** Counts what the answers and auctions of one run come to. */
export class Tally {
  #answered = 0
  #personalised = 0
  #inTime = 0
  #bidResponses = 0
  #bids = 0
  #testBids = 0
  #wins = 0
  readonly #lossesByReason = new Map<number, number>()
  readonly #spend = new Map<string, Map<string, { nanos: bigint; impressions: number }>>()
  readonly #clearing = new Map<string, LatencyHistogram>()
  readonly #broken = new Map<string, { count: number; example: BrokenRuleReport['example'] }>()

  personalised(): void {
    this.#personalised++
  }

  answered(isLate: boolean): void {
    this.#answered++
    if (!isLate) this.#inTime++
  }

  broken(rules: readonly BrokenRule[], exchange: { request: unknown; response: string }): void {
    for (const { rule, detail } of rules) {
      const known = this.#broken.get(rule)
      if (known !== undefined) {
        known.count++
        continue
      }
      const request = JSON.stringify(exchange.request)
      const example = {
        detail,
        requestId: textOf((exchange.request as { id?: unknown } | null)?.id),
        request: request.slice(0, exampleLengthMax),
        response: exchange.response.slice(0, exampleLengthMax),
      }
      this.#broken.set(rule, { count: 1, example })
    }
  }

  auctioned(bids: readonly AuctionedBid[], isTest: boolean): void {
    if (bids.length > 0) this.#bidResponses++
    if (isTest) this.#testBids += bids.length
    else for (const bid of bids) this.#count(bid)
  }

  #count({ bid, currency, outcome }: AuctionedBid): void {
    this.#bids++
    const { lossCode, clearingMicros } = outcome
    if (lossCode !== LossCode.Won) {
      this.#lossesByReason.set(lossCode, (this.#lossesByReason.get(lossCode) ?? 0) + 1)
      return
    }
    this.#wins++
    const campaign = textOf(bid.cid)
    const byCurrency = this.#spend.get(campaign) ?? new Map()
    const sum = byCurrency.get(currency) ?? { nanos: 0n, impressions: 0 }
    sum.nanos += BigInt(costOf(clearingMicros as CpmMicros))
    sum.impressions++
    byCurrency.set(currency, sum)
    this.#spend.set(campaign, byCurrency)
    const clearing = this.#clearing.get(currency) ?? new LatencyHistogram()
    clearing.record(clearingMicros)
    this.#clearing.set(currency, clearing)
  }

  /** Nanos by campaign and currency. */
  spendNanos(): ReadonlyMap<string, ReadonlyMap<string, bigint>> {
    const nanos = new Map<string, Map<string, bigint>>()
    for (const [campaign, byCurrency] of this.#spend)
      nanos.set(campaign, new Map([...byCurrency].map(([currency, sum]) => [currency, sum.nanos])))
    return nanos
  }

  report(): Counted {
    const losses = [...this.#lossesByReason.values()].reduce((sum, count) => sum + count, 0)
    return {
      personalised: this.#personalised,
      inTime: this.#inTime,
      late: this.#answered - this.#inTime,
      bidResponses: this.#bidResponses,
      bidRate: share(this.#bidResponses, this.#answered),
      bids: this.#bids,
      testBids: this.#testBids,
      wins: this.#wins,
      winRate: share(this.#wins, this.#bids),
      losses,
      lossesByReason: Object.fromEntries(this.#lossesByReason),
      spend: this.#spendLines(),
      clearingPrices: [...this.#clearing].map(([currency, prices]) =>
        priceReport(currency, prices),
      ),
      brokenRules: [...this.#broken]
        .map(([rule, found]) => ({ rule, ...found }))
        .sort((a, b) => b.count - a.count),
    }
  }

  #spendLines(): readonly SpendLine[] {
    const lines = [...this.#spend].flatMap(([campaign, byCurrency]) =>
      [...byCurrency].map(([currency, { nanos, impressions }]) => ({
        campaign,
        currency,
        impressions,
        nanos: String(nanos),
        units: formatNanos(nanos),
      })),
    )
    return lines.sort((a, b) => (a.campaign < b.campaign ? -1 : 1))
  }
}

const share = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 1e4) / 1e4

function priceReport(currency: string, prices: LatencyHistogram): ClearingPrices {
  const cpm = (micros: number): string => formatCpm(micros as CpmMicros)
  return {
    currency,
    count: prices.count,
    p10: cpm(prices.percentile(10)),
    p50: cpm(prices.percentile(50)),
    p90: cpm(prices.percentile(90)),
    max: cpm(prices.max),
  }
}

/** @param latency  in microseconds. */
export function latencyReport(latency: LatencyHistogram): LatencyReport {
  const ms = (micros: number): number => Math.round(micros / 10) / 100
  return {
    p50: ms(latency.percentile(50)),
    p90: ms(latency.percentile(90)),
    p99: ms(latency.percentile(99)),
    p999: ms(latency.percentile(99.9)),
    max: ms(latency.max),
  }
}
