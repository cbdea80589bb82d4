import { systemClock } from '../base/clock.js'
import type { CorpusLine } from './corpus-lines.js'
import type { CorpusReport, ExplainedLine } from './corpus-report.js'
import { CorpusTally } from './corpus-tally.js'
import type { CurrencyRates } from './currencies.js'
import type { ExchangeHabits } from './habits.js'
import { type Load, LoadClient } from './http-client.js'
import { targetOf } from './http-connection.js'
import { explainNoBid, readNoBidReasons, reasonsBetween } from './no-bid-reasons.js'
import { postHead, RequestTemplate } from './request-template.js'
import { type BrokenRule, checkAnswer } from './response-rules.js'
import { answerOf, bodyOf, contentTypes, type Wire } from './wires.js'

export interface CorpusOptions {
  /** The bidder's endpoint, with the exchange's name in it. */
  readonly url: URL
  /** Sent as `Authorization: Bearer`; '' where none is agreed. */
  readonly secret: string
  readonly exchange: string
  /** The bidder's operators' port, where no-bid reasons are counted and explained. */
  readonly adminUrl: string
  /** Requests under way at a time. */
  readonly concurrency: number
  /** Requests without a bid that are explained. */
  readonly explainCount: number
  readonly wire: Wire
  readonly rates: CurrencyRates
  readonly habits: ExchangeHabits
}

/** After which an answer isn't waited for any more: slowness is measured elsewhere. */
const answerTimeoutMs = 5_000

const unanswered = (reason: string): BrokenRule => ({
  rule: 'request-answered',
  number: 18,
  detail: reason,
  bid: null,
})

/**
 * Posts every line to a running bidder and judges each answer. Rejects where it can't be reached.
 *
 * @param lines  at least one.
 * @param skippedCount  what was left out before, for the report.
 */
export async function postCorpus(
  options: CorpusOptions,
  lines: readonly CorpusLine[],
  skippedCount: number,
): Promise<CorpusReport> {
  const { url, secret, exchange, adminUrl, concurrency, explainCount, wire, rates, habits } =
    options
  const tally = new CorpusTally(explainCount)
  const authorization = secret === '' ? '' : `Authorization: Bearer ${secret}\r\n`
  const head = postHead(url, authorization, contentTypes[wire])
  const load: Load = {
    write(index, output) {
      const { body, request } = lines[index]!
      tally.posted(lines[index]!)
      RequestTemplate.ofBytes(bodyOf(wire, request, body)).write(output, head, '', '')
    },
    onAnswer(index, answer) {
      const line = lines[index]!
      const received = answerOf(wire, answer)
      const { broken, response } = checkAnswer(line.request, received, rates, habits)
      tally.answered(line, received.status, received.text, broken, response)
    },
    onFailure: (index, reason) => tally.failed(lines[index]!, unanswered(reason)),
  }
  const client = new LoadClient(targetOf(url), {
    connectionCount: Math.min(concurrency, lines.length),
    answerTimeoutMs,
    clock: systemClock,
  })
  await client.open()
  try {
    const before = await readNoBidReasons(adminUrl)
    const result = await client.runThrough(load, { count: lines.length })
    const after = await readNoBidReasons(adminUrl)
    const explained: ExplainedLine[] = []
    for (const { where, body } of tally.noBids)
      explained.push({ line: where, reasons: await explainNoBid(adminUrl, exchange, body) })

    const { closed, 'timed-out': timedOut, broken } = result.failures
    const failed = { closed, 'timed-out': timedOut, broken, unsent: result.unsentCount }
    const seconds = Math.max(result.elapsedMs, 1) / 1_000
    const isKnown = before.ok && after.ok
    return {
      requests: result.sentCount,
      failed: Object.fromEntries(Object.entries(failed).filter(([, count]) => count > 0)),
      ...tally.report(),
      reasons: {
        ...(isKnown ? reasonsBetween(before.counts, after.counts) : {}),
        ...tally.nbrs,
      },
      reasonsMissing: before.ok ? (after.ok ? '' : after.reason) : before.reason,
      explained,
      skipped: skippedCount,
      seconds: Math.round(seconds * 1_000) / 1_000,
      perSecond: Math.round(result.answeredCount / seconds),
    }
  } finally {
    client.close()
  }
}
