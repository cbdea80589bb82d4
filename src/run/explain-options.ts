import { systemClock } from '../base/clock.js'
import { ClickRate } from '../bidding/click-rate.js'
import type { Exchange } from '../edge/exchange.js'
import type { explain } from '../edge/explain.js'
import type { Authority } from '../ledger/authority.js'
import { ConsentRules } from '../openrtb/consent/decision.js'
import { Networks } from '../openrtb/networks.js'
import type { Settings } from './settings.js'

type ExplainOptions = Parameters<typeof explain>[0]

/** What an explanation of a bid goes by: what the bidders go by now, with all that the ledger has left. */
export function explainOptions(
  settings: Settings,
  exchanges: readonly Exchange[],
  publicUrl: string,
  authority: Authority,
  profiles: ExplainOptions['profiles'],
): ExplainOptions {
  const accounts = new Map(authority.accounts().map((it) => [it.account, it]))
  return {
    exchanges,
    publicUrl,
    clickRate: new ClickRate(settings.bidding.clickRate),
    profiles,
    consent: new ConsentRules(settings.privacy),
    networks: new Networks(settings.blockedNetworks),
    clock: systemClock,
    available: (number) => {
      const account = accounts.get(number)
      if (account === undefined || !account.isOpen) return 0
      return account.leftNanos === null ? Number.MAX_SAFE_INTEGER : Number(account.leftNanos)
    },
  }
}
