/** What pages report of their answers: read, checked and handed to be counted. */
import type { Clock } from '../base/clock.js'
import {
  type Feedback,
  type FeedbackLog,
  type FeedbackType,
  feedbackTypes,
} from '../recommend/report/feedback-log.js'
import { readAnswerId } from './answer-id.js'
import { type Caller, callerOf, identifierOf } from './caller.js'
import { plainObject } from './json-body.js'
import type { Storefront, StorefrontShop } from './shop.js'

export const eventCountMax = 100
const idLengthMax = 128
const valueMax = 9_000_000

/** As the metrics have them. `forged`: not an answer of this shop's. `expired`: too old to be told from others. */
export type FeedbackResult = 'counted' | 'duplicate' | 'forged' | 'expired' | 'refused'

export interface EventVerdict {
  readonly result: FeedbackResult
  /** What was wrong, as `type: must be view, click or order`; '' where nothing was. */
  readonly reason: string
  /** null where it has none that we know. */
  readonly type: FeedbackType | null
}

export interface FeedbackTakerOptions {
  readonly storefront: Storefront
  readonly log: Pick<FeedbackLog, 'feedback'>
  readonly clock: Clock
}

const refused = (reason: string, type: FeedbackType | null = null): EventVerdict => ({
  result: 'refused',
  reason,
  type,
})

const reasons: Readonly<Record<FeedbackResult, string>> = {
  counted: '',
  duplicate: '',
  forged: 'answer: is none of this shop’s',
  expired: 'answer: is too old',
  refused: '',
}

/** Takes events of one shop. */
export class FeedbackTaker {
  readonly #options: FeedbackTakerOptions

  constructor(options: FeedbackTakerOptions) {
    this.#options = options
  }

  /**
   * @param events the first 100 are looked at.
   * @param caller whom the events are of that don't say it themselves.
   * @returns one verdict for each that was looked at, once what was counted is on disk. Rejects where it can't be.
   */
  async take(caller: Caller, events: readonly unknown[]): Promise<EventVerdict[]> {
    const { log } = this.#options
    const verdicts: (EventVerdict | null)[] = []
    const list: Feedback[] = []
    for (const event of events.slice(0, eventCountMax)) {
      const read = this.#read(caller, event)
      verdicts.push('result' in read ? read : null)
      if (!('result' in read)) list.push(read)
    }
    const counted = list.length === 0 ? [] : await log.feedback(caller.shop.id, list)
    let at = 0
    return verdicts.map((verdict) => {
      if (verdict !== null) return verdict
      const result = counted[at]!
      return { result, reason: reasons[result], type: list[at++]!.type }
    })
  }

  #read(caller: Caller, event: unknown): Feedback | EventVerdict {
    const object = plainObject(event)
    if (object === null) return refused('event: must be an object')
    const type = feedbackTypes.find((it) => it === object['type'])
    if (type === undefined) return refused(`type: must be one of ${feedbackTypes.join(', ')}`)
    const { answer } = object
    if (typeof answer !== 'string') return refused('answer: must be the id of an answer', type)
    const nowMs = this.#options.clock.nowMs()
    const id = readAnswerId(caller.shop.secret, answer, nowMs)
    if (!id.ok) return { result: id.reason, reason: reasons[id.reason], type }
    const product = idIn(object, 'product')
    const orderId = idIn(object, 'orderId')
    const value = object['value'] ?? 0
    if (product === null) return refused(`product: must be 1 to ${idLengthMax} characters`, type)
    if (orderId === null) return refused(`orderId: must be 1 to ${idLengthMax} characters`, type)
    if (typeof value !== 'number' || !(value >= 0 && value <= valueMax))
      return refused(`value: must be a number from 0 to ${valueMax}`, type)
    const { atSeconds, placementKey, nonce } = id.value
    return {
      type,
      atSeconds,
      placementKey,
      nonce,
      product,
      personId: this.#personOf(caller, object['person']),
      orderId,
      valueMicros: Math.round(value * 1_000_000),
    }
  }

  /** '' for nobody whom the shop knows, or who said no. */
  #personOf(caller: Caller, person: unknown): string {
    if (typeof person !== 'string' || person === '') return caller.person?.personId ?? ''
    const identifier = identifierOf('anon', person)
    if (identifier === caller.identifier) return caller.person?.personId ?? ''
    return personIdOf(caller.shop, identifier, this.#options.storefront)
  }
}

const personIdOf = (shop: StorefrontShop, identifier: string, storefront: Storefront): string =>
  callerOf(shop, identifier, storefront).person?.personId ?? ''

/** '' where it isn't said; null where it can't be one. */
function idIn(object: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = object[name]
  if (value === undefined || value === null || value === '') return ''
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.length <= idLengthMax && !text.includes('\0')
    ? text
    : null
}
