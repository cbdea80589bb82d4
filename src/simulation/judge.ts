import { type CurrencyRates, ratesDefault } from './currencies.js'
import { type ExchangeHabits, habitsDefault } from './habits.js'
import { type BrokenRule, checkAnswer } from './response-rules.js'
import { isObject } from './wire.js'

/** What differs from an exchange without habits of its own, and the rates that floors are held against. */
export interface JudgeOptions extends Partial<ExchangeHabits> {
  readonly rates?: CurrencyRates
}

/**
 * Everything that is wrong with the body of a bidder's 200, for tests and tools that have no HTTP at hand.
 *
 * @param requestJson  text, or what was parsed of it; what is no JSON object was no request.
 * @param responseBody  as received; an empty one is a 204's.
 */
export function brokenRules(
  requestJson: unknown,
  responseBody: string | Buffer,
  options: JudgeOptions = {},
): readonly BrokenRule[] {
  const { rates = ratesDefault, ...habits } = options
  const text = responseBody.toString()
  const answer = {
    status: text === '' ? 204 : 200,
    contentType: 'application/json',
    text,
    excessBytes: 0,
  }
  return checkAnswer(requestOf(requestJson), answer, rates, { ...habitsDefault, ...habits }).broken
}

function requestOf(json: unknown): object | null {
  try {
    const request: unknown = typeof json === 'string' ? JSON.parse(json) : json
    return isObject(request) ? request : null
  } catch {
    return null
  }
}
