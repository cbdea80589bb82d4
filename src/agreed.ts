import type { Exchange } from './edge/exchange.js'
import { readExchanges } from './run/exchange-files.js'
import { readSettings } from './run/settings.js'
import { type CurrencyRates, ratesDefault } from './simulation/currencies.js'
import { type ExchangeHabits, habitsDefault } from './simulation/habits.js'

/** What an exchange and we have agreed upon, as its file says: what our bids are judged by. */
export interface Agreed {
  readonly habits: ExchangeHabits
  readonly rates: CurrencyRates
  /** '' where there is none. */
  readonly secret: string
  /** Where the exchange or the settings can't be read: why, and that the defaults stand in for them. */
  readonly fault: string
}

export function agreedWith(name: string, env: NodeJS.ProcessEnv): Agreed {
  const unknown = (fault: string): Agreed => ({
    habits: habitsDefault,
    rates: ratesDefault,
    secret: '',
    fault: `${fault}; judged by what exchanges have in common`,
  })
  const settings = readSettings(env)
  if (!settings.ok) return unknown(settings.faults.join('; '))
  const exchanges = readExchanges(settings.value)
  if (!exchanges.ok) return unknown(exchanges.faults.join('; '))
  const exchange = exchanges.value.find((it) => it.name === name)
  if (exchange === undefined) return unknown(`${name}: no such file in config/exchanges`)
  const { secret } = exchange
  return { habits: habitsOf(exchange), rates: settings.value.currencies, secret, fault: '' }
}

const habitsOf = ({
  multiBid,
  native,
  notices,
  priceMacro,
  clickMacro,
}: Exchange): ExchangeHabits => ({
  multiBid,
  nativeForm: native.form,
  nativeWrapped: native.wrapped,
  notices,
  priceMacro,
  clickMacro,
})
