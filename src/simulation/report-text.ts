import { noticeKinds } from './notices.js'
import type { ExchangeReport, LatencyReport } from './report.js'

/** An example shows this much of a request and a response. */
const exampleLengthMax = 600

/** The report for a person: a screenful, and what broke the protocol below it. */
export function reportText(report: ExchangeReport): string {
  const { sent, unsent, answered, failed, inTime, late } = report
  const failedCount = failed.closed + failed['timed-out'] + failed.broken
  const lines = [
    `${report.url}, seed ${report.seed}`,
    '',
    line('sent', `${sent} in ${report.seconds} s`, [
      `${report.achievedRate}/s of ${report.targetRate}/s`,
      `${report.personalised} from known people`,
      unsent > 0 ? `${unsent} could not be sent` : '',
    ]),
    line('answered', `${answered}`, [
      listed(report.answeredByStatus),
      failedCount > 0 ? `${failedCount} not: ${listed(failed)}` : '',
      report.reconnects > 0 ? `${report.reconnects} reconnects` : '',
    ]),
    line('in time', `${inTime}`, [`${late} late`]),
    line('bids', `${report.bids}`, [
      `in ${report.bidResponses} answers (${percent(report.bidRate)})`,
      report.testBids > 0 ? `${report.testBids} more in tests` : '',
    ]),
    line('wins', `${report.wins}`, [`${percent(report.winRate)} of the bids`]),
    line('losses', `${report.losses}`, [listed(report.lossesByReason, 'code ')]),
    line('latency ms', latencies(report.latencyMs), ['from the due time']),
    line('service ms', latencies(report.serviceMs), ['from the sending']),
    '',
    ...noticeLines(report),
    '',
    ...report.clearingPrices.map(({ currency, p10, p50, p90, max }) =>
      line('cleared at', `${currency} CPM`, [`p10 ${p10}, p50 ${p50}, p90 ${p90}, max ${max}`]),
    ),
    ...report.spend.map(({ campaign, currency, impressions, nanos, units }) =>
      line('spent', campaign, [`${units} ${currency}`, `${nanos} nanos`, `${impressions} shown`]),
    ),
    ...ledgerLines(report),
    '',
    ...brokenRuleLines(report),
  ]
  return `${lines.join('\n')}\n`
}

const line = (name: string, value: string, details: readonly string[]): string =>
  `${name.padEnd(12)}${[value, ...details.filter((detail) => detail !== '')].join(', ')}`

const percent = (share: number): string => `${Math.round(share * 1e4) / 100} %`

const listed = (counts: Readonly<Record<string, number>>, prefix = ''): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${prefix}${name}: ${count}`)
    .join(', ')

const latencies = ({ p50, p90, p99, p999, max }: LatencyReport): string =>
  `p50 ${p50}, p90 ${p90}, p99 ${p99}, p99.9 ${p999}, max ${max}`

function noticeLines({ notices, drained }: ExchangeReport): readonly string[] {
  const lines = noticeKinds.map((kind) => {
    const { fired, confirmed, failed, repeated, firstFailure } = notices[kind]
    return line(kind, `${fired} fired`, [
      `${confirmed} confirmed`,
      failed > 0 ? `${failed} failed, first: ${firstFailure}` : '',
      repeated > 0 ? `${repeated} repeated` : '',
    ])
  })
  return drained ? lines : [...lines, 'Some notices were not answered before the end.']
}

function ledgerLines({ ledger, ledgerReason, spend }: ExchangeReport): readonly string[] {
  if (ledger === null) return [line('ledger', 'not compared', [ledgerReason ?? ''])]
  if (ledger.agrees) return [line('ledger', 'agrees', [`${spend.length} sums equal to the nano`])]
  return ledger.differences.map(({ campaign, currency, reportNanos, ledgerNanos }) =>
    line('ledger', 'DIFFERS', [
      `${campaign} ${currency}`,
      `spent here ${reportNanos}`,
      `posted there ${ledgerNanos} nanos`,
    ]),
  )
}

function brokenRuleLines({ brokenRules }: ExchangeReport): readonly string[] {
  if (brokenRules.length === 0) return ['No answer broke the protocol.']
  return brokenRules.flatMap(({ rule, count, example }) => [
    `BROKEN ${rule}: ${count} times, first: ${example.detail}`,
    `  request  ${example.request.slice(0, exampleLengthMax)}`,
    `  response ${example.response.slice(0, exampleLengthMax)}`,
  ])
}
