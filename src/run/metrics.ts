import type { Metrics } from '../base/metrics.js'
import { createMetrics } from '../base/metrics.js'
import { noBidReasons } from '../bidding/no-bid.js'
import { badRequestReasons } from '../edge/bad-request.js'
import type { Exchange } from '../edge/exchange.js'
import { noticeRefusals } from '../edge/notice.js'
import { consentReasons } from '../openrtb/consent/consent.js'
import { lossReasons } from '../openrtb/loss.js'
import type { Settings } from './settings.js'

/** The same metrics in every process, so that they can be added up. */
export function makeMetrics(
  settings: Pick<Settings, 'currencies'>,
  exchanges: readonly Pick<Exchange, 'name'>[],
): Metrics {
  return createMetrics({
    exchanges: exchanges.map(({ name }) => name),
    currencies: Object.keys(settings.currencies),
    noBidReasons,
    noticeRefusals,
    lossReasons,
    consentReasons,
    badRequestReasons,
  })
}
