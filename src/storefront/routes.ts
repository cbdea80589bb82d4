/** The recommender's routes: answers, one or several at a time, and what comes of them. */
import type { AddressLimit } from '../base/address-limit.js'
import type { Clock } from '../base/clock.js'
import {
  anyOriginHeaders,
  bearerOf,
  errorBody,
  type GetRequest,
  type Headers,
  jsonHeaders,
  noNames,
  nothingHere,
  type Reply,
  type RequestHead,
  type Route,
} from '../edge/listener.js'
import type { FeedbackType } from '../recommend/report/feedback-log.js'
import type { Answers } from './answers.js'
import { type CallerOptions, findCaller, findShop } from './caller.js'
import { eventCountMax, type FeedbackResult, type FeedbackTaker } from './feedback.js'
import { objectOf, plainObject } from './json-body.js'
import { jsonText } from './product-json.js'
import { type Fields, fieldsOfJson, fieldsOfQuery, readQuestion } from './question.js'
import type { StorefrontShop } from './shop.js'
import { labelsJson } from './words.js'

/** As the metrics have them: one slot, several, what came of answers. */
export type LimitedCall = 'one' | 'batch' | 'events'

export interface StorefrontRoutesOptions extends CallerOptions {
  readonly answers: Answers
  readonly feedback: FeedbackTaker
  readonly clock: Clock
  /** How many slots of one shop an address may ask for, without a key. */
  readonly askLimit: AddressLimit
  /** How often an address may send a body, without a key, whatever is in it. */
  readonly postLimit: AddressLimit
  /** Addresses come from `X-Forwarded-For`: a proxy of ours stands in front, and nobody gets past it. */
  readonly isBehindProxy: boolean
  /** A request was refused, as too many came from its address. */
  onLimited(call: LimitedCall): void
  /** A request was answered. @param seconds since its last byte was read. */
  onRequest(status: number, seconds: number): void
  /** @param type null where it has none that we know. */
  onFeedback(result: FeedbackResult, type: FeedbackType | null): void
  /** What was told of answers couldn't be kept, or something else that is ours went wrong. */
  onFault(error: unknown): void
}

const path = '/v1/recommendations'
const bodyBytesMax = 131_072
/** Slots of one page. */
export const slotsPerBatchMax = 20

/** Each answer has an id of its own: nobody else may be given it. */
const answerHeaders: Headers = [
  ...jsonHeaders,
  ...anyOriginHeaders,
  ['Cache-Control', 'private, no-store'],
]
const laterHeaders = (seconds: number): Headers => [
  ...answerHeaders,
  ['Retry-After', String(seconds)],
  ['Access-Control-Expose-Headers', 'Retry-After'],
]
/** After a fault of ours. */
const retryHeaders = laterHeaders(1)
const tooMany = errorBody('too many requests from this address')
const withKey: ReadonlySet<string> = new Set(['batch', 'events'])

export function storefrontRoutes(options: StorefrontRoutesOptions): Route[] {
  const handlers = new StorefrontHandlers(options)
  const address = options.isBehindProxy ? 'forwarded' : 'peer'
  return [
    {
      method: 'GET',
      path,
      address,
      isForAnyOrigin: true,
      handle: (request, reply) => handlers.guarded(reply, () => handlers.one(request, reply)),
    },
    {
      method: 'POST',
      prefix: path,
      bodyBytesMax,
      bearerFor: withKey,
      gzipFor: noNames,
      address,
      isForAnyOrigin: true,
      handle: (head, body, reply) =>
        handlers.guarded(reply, () => handlers.post(head, body, reply)),
    },
  ]
}

class StorefrontHandlers {
  readonly #options: StorefrontRoutesOptions
  /** By when the largest batch, or the next body, is let through again. */
  readonly #askLaterHeaders: Headers
  readonly #postLaterHeaders: Headers

  constructor(options: StorefrontRoutesOptions) {
    this.#options = options
    this.#askLaterHeaders = laterHeaders(options.askLimit.secondsFor(slotsPerBatchMax))
    this.#postLaterHeaders = laterHeaders(options.postLimit.secondsFor(1))
  }

  /** A fault of ours costs one answer, not the process. */
  guarded(reply: Reply, handle: () => void): void {
    const startMs = performance.now()
    try {
      handle()
    } catch (error) {
      this.#options.onFault(error)
      this.#send(reply, 503, retryHeaders, errorBody('we failed; it is logged'), startMs)
    }
  }

  one(request: GetRequest, reply: Reply): void {
    const startMs = performance.now()
    if (request.isHead) {
      reply.send(200, answerHeaders, '')
      return
    }
    const fields = fieldsOfQuery(request.query)
    const asked = findShop(fields, bearerOf(request.header('authorization')), this.#options)
    if (!asked.ok) {
      this.#refuse(reply, asked.status, asked.fault, startMs)
      return
    }
    const { shop, hasKey } = asked.value
    if (!hasKey && !this.#mayAsk(shop, request.address, 1)) {
      this.#limit(reply, 'one', startMs)
      return
    }
    const found = findCaller(asked.value, fields, this.#options)
    if (!found.ok) {
      this.#refuse(reply, found.status, found.fault, startMs)
      return
    }
    const question = readQuestion(fields, isProductOf(shop))
    if (!question.ok) {
      this.#refuse(reply, 400, question.fault, startMs)
      return
    }
    const { answers } = this.#options
    answers.note(found.value, question.value)
    const warnings = [...question.warnings]
    const body = answers.answer(found.value, question.value, new Set(), warnings)
    this.#send(reply, 200, answerHeaders, body, startMs)
  }

  /** What is read of the head is read before anything waits. */
  post(head: RequestHead, body: Buffer, reply: Reply): void {
    const startMs = performance.now()
    const { name, secret, address, contentEncoding } = head
    if (name !== 'batch' && name !== 'events') {
      this.#send(reply, 404, answerHeaders, nothingHere, startMs)
      return
    }
    const { postLimit, clock, findKey, onFeedback } = this.#options
    const hasKey = secret !== '' && findKey(secret) !== null
    if (!hasKey && !postLimit.take(address, clock.nowMs())) {
      if (name === 'events') onFeedback('refused', null)
      this.#limit(reply, name, startMs)
      return
    }
    if (contentEncoding !== '' && contentEncoding !== 'identity') {
      this.#refuse(reply, 415, 'content-encoding: must be absent', startMs)
      return
    }
    const object = objectOf(body)
    if (object === null) {
      this.#refuse(reply, 400, 'body: must be a JSON object', startMs)
      return
    }
    if (name === 'batch') this.#batch(object, secret, address, reply, startMs)
    else void this.#events(object, secret, reply, startMs)
  }

  #batch(
    object: Readonly<Record<string, unknown>>,
    secret: string,
    address: string,
    reply: Reply,
    startMs: number,
  ): void {
    const { slots = [{}], labels, ...shared } = object
    const fields = fieldsOfJson(shared)
    const asked = findShop(fields, secret, this.#options)
    if (!asked.ok) {
      this.#refuse(reply, asked.status, asked.fault, startMs)
      return
    }
    if (!Array.isArray(slots) || slots.length > slotsPerBatchMax) {
      this.#refuse(reply, 400, `slots: must be a list of at most ${slotsPerBatchMax}`, startMs)
      return
    }
    const { shop, hasKey } = asked.value
    if (!hasKey && !this.#mayAsk(shop, address, slots.length)) {
      this.#limit(reply, 'batch', startMs)
      return
    }
    const found = findCaller(asked.value, fields, this.#options)
    if (!found.ok) {
      this.#refuse(reply, found.status, found.fault, startMs)
      return
    }
    const { answers } = this.#options
    const shown = new Set<string>()
    const isProduct = isProductOf(shop)
    const written: string[] = []
    for (const [index, slot] of (slots as unknown[]).entries()) {
      const question = readQuestion(ofSlot(fields, slot), isProduct)
      if (!question.ok) {
        written.push(`{"error":${jsonText(question.fault)}}`)
        continue
      }
      if (index === 0) answers.note(found.value, question.value)
      written.push(answers.answer(found.value, question.value, shown, [...question.warnings]))
    }
    const said = labels === true ? `,"labels":${labelsOf(found.value.shop, fields)}` : ''
    this.#send(reply, 200, answerHeaders, `{"answers":[${written.join(',')}]${said}}`, startMs)
  }

  async #events(
    object: Readonly<Record<string, unknown>>,
    secret: string,
    reply: Reply,
    startMs: number,
  ): Promise<void> {
    const { events, ...shared } = object
    const { feedback, onFeedback, onFault } = this.#options
    const fields = fieldsOfJson(shared)
    const asked = findShop(fields, secret, this.#options)
    const found = asked.ok ? findCaller(asked.value, fields, this.#options) : asked
    if (!found.ok) {
      onFeedback('refused', null)
      this.#refuse(reply, found.status, found.fault, startMs)
      return
    }
    if (!Array.isArray(events)) {
      onFeedback('refused', null)
      this.#refuse(reply, 400, 'events: must be a list', startMs)
      return
    }
    try {
      const verdicts = await feedback.take(found.value, events)
      for (const { result, type } of verdicts) onFeedback(result, type)
      const results = verdicts.map(({ result, reason }) =>
        reason === '' ? { result } : { result, reason },
      )
      this.#send(reply, 200, answerHeaders, JSON.stringify({ results }), startMs)
    } catch (error) {
      onFault(error)
      for (const _ of events.slice(0, eventCountMax)) onFeedback('refused', null)
      const body = errorBody('events: can’t be kept now; send them again later')
      this.#send(reply, 503, retryHeaders, body, startMs)
    }
  }

  #mayAsk({ id }: StorefrontShop, address: string, slotCount: number): boolean {
    const { askLimit, clock } = this.#options
    return askLimit.take(address, clock.nowMs(), id, slotCount)
  }

  #limit(reply: Reply, call: LimitedCall, startMs: number): void {
    this.#options.onLimited(call)
    const headers = call === 'events' ? this.#postLaterHeaders : this.#askLaterHeaders
    this.#send(reply, 429, headers, tooMany, startMs)
  }

  #refuse(reply: Reply, status: number, fault: string, startMs: number): void {
    this.#send(reply, status, answerHeaders, errorBody(fault), startMs)
  }

  #send(reply: Reply, status: number, headers: Headers, body: string, startMs: number): void {
    reply.send(status, headers, body)
    this.#options.onRequest(status, (performance.now() - startMs) / 1_000)
  }
}

const isProductOf =
  (shop: StorefrontShop) =>
  (id: string): boolean =>
    shop.product(id) !== null

const labelsOf = ({ shop }: StorefrontShop, fields: Fields): string =>
  labelsJson(fields.get('language')?.at(-1)?.trim() ?? '', shop.language)

/** What a slot says for itself stands before what all have in common. A text is its id. */
function ofSlot(shared: Fields, slot: unknown): Fields {
  const own = typeof slot === 'string' ? { slot } : (plainObject(slot) ?? {})
  return new Map([...shared, ...fieldsOfJson(own)])
}
