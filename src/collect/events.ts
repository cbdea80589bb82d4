/**
 * What happens at shops comes in here: from pages, by the tag, without a key; from shops' servers with one, in our
 * own form or as they already send it to Segment, RudderStack or Google Analytics.
 *
 * A page is believed what its visitor does now: not refunds, nothing older than a week, and only pages of the
 * shop's own origins. All else needs a key.
 */
import { AddressLimit, type AddressLimitOptions } from '../base/address-limit.js'
import { type Reading, readEvents } from '../people/dialects/read-events.js'
import { type SegmentCall, segmentCalls } from '../people/dialects/segment.js'
import { toEvent } from '../people/enrich.js'
import { Findings } from '../people/findings.js'
import { identifiersOf } from '../people/identifiers.js'
import { cookieUidIn, newCookieUid, uidCookie } from '../profiles/uid-cookie.js'
import type { Answer, BodyKind, Call, Endpoint, Role } from './endpoint.js'
import { refusal } from './endpoint.js'
import { isOriginOf } from './events-origin.js'
import {
  errorSchema,
  eventsAnswerSchema,
  eventsBodySchema,
  validationSchema,
} from './events-schema.js'
import type { EventShop } from './events-shop.js'
import {
  busyAnswer,
  EventTaker,
  namesNobody,
  type Sender,
  server,
  type TakeOptions,
} from './events-take.js'

export interface EventsOptions extends TakeOptions {
  /** null for a shop that there isn't. */
  shopOf(shopId: string): EventShop | null
  /** Of our cookie; '': the collector's host alone. */
  readonly cookieDomain: string
  /** Of calls without a key. */
  readonly addressLimit: AddressLimitOptions
}

const bytesMax = 1_048_576
export const eventCountMax = 1_000
/** A browser has no more than 64 KiB under way when a page is left. */
const browserBytesMax = 131_072
const browserEventCountMax = 100

const senders: readonly Role[] = ['developer', 'admin']
const body: BodyKind = {
  kind: 'bytes',
  bytesMax,
  types: ['application/json', 'text/plain'],
  schema: eventsBodySchema,
}
const responses = {
  200: { description: 'What became of the events.', schema: eventsAnswerSchema },
  400: {
    description: 'Nothing of it can be read, or nothing is as it must be.',
    schema: errorSchema,
  },
  503: { description: 'We are behind; nothing was taken.', schema: errorSchema },
}

export function eventsEndpoints(options: EventsOptions): Endpoint[] {
  const handler = new EventsHandler(options)
  const keyed = { method: 'POST', tag: 'Events', isAudited: false, body, responses } as const
  return [
    {
      ...keyed,
      path: '/v1/events',
      operationId: 'sendEvents',
      summary: 'Tells what people do at the shop.',
      description:
        'In our own form, Segment’s or GA4’s, each known by its shape. From a page of the shop’s own ' +
        'origins without a key, and with `shop` in the query; from servers with a key. Good events are ' +
        'taken whatever is wrong with the others.',
      access: 'public',
      responses: {
        ...responses,
        403: { description: 'The page isn’t one of the shop’s.', schema: errorSchema },
        429: { description: 'Too often from one address.', schema: errorSchema },
      },
      handle: (call) => handler.handle(call),
    },
    ...segmentCalls.map(
      (name): Endpoint => ({
        ...keyed,
        path: `/v1/${name}`,
        operationId: `segment${name[0]!.toUpperCase()}${name.slice(1)}`,
        summary: `Takes a \`${name}\` call as Segment’s and RudderStack’s libraries send it.`,
        access: senders,
        handle: (call) => handler.handle(call, name),
      }),
    ),
    {
      ...keyed,
      path: '/v1/batch',
      operationId: 'segmentBatch',
      summary: 'Takes a batch of calls as Segment’s and RudderStack’s libraries send it.',
      access: senders,
      handle: (call) => handler.handle(call),
    },
    {
      ...keyed,
      path: '/mp/collect',
      operationId: 'measurementProtocol',
      summary: 'Takes what is sent to Google Analytics 4; `api_secret` is the key.',
      access: senders,
      handle: (call) => handler.handle(call),
    },
    {
      ...keyed,
      path: '/debug/mp/collect',
      operationId: 'validateMeasurementProtocol',
      summary:
        'Says what is wrong with a body for `/mp/collect`, as Google’s validation server does.',
      description: 'Nothing is taken. An empty list: all of it would be.',
      access: senders,
      responses: { 200: { description: 'What is wrong.', schema: validationSchema } },
      handle: (call) => handler.validate(call),
    },
  ]
}

class EventsHandler {
  readonly #options: EventsOptions
  readonly #taker: EventTaker
  readonly #limit: AddressLimit

  constructor(options: EventsOptions) {
    this.#options = options
    this.#taker = new EventTaker(options)
    this.#limit = new AddressLimit(options.addressLimit)
  }

  /** @param segmentCall what the path says that the body is. */
  async handle(call: Call, segmentCall?: SegmentCall): Promise<Answer> {
    const { counts, shopOf } = this.#options
    const shop = shopOf(call.shopId)
    if (shop === null) return refusal(404, 'shop: is unknown')
    const isBrowser = call.key === null
    const refused = isBrowser ? this.#refuseBrowser(call, shop) : refuseKey(call)
    if (refused !== null) return refused
    const findings = new Findings()
    const reading = readBody(
      call,
      isBrowser ? browserEventCountMax : eventCountMax,
      findings,
      segmentCall,
    )
    if (typeof reading === 'string') {
      counts.bodyRefused('malformed')
      return refusal(400, `body: ${reading}`)
    }
    const unreadableCount = findings.faultCount
    const sender = isBrowser ? browserOf(call) : server
    const context = this.#taker.contextOf(shop, sender, findings)
    try {
      const { tally, events } = await this.#taker.take(shop.id, reading.events, context)
      counts.result('ignored', reading.ignoredCount)
      counts.result('refused', unreadableCount)
      counts.junkIds(findings.junkIdCount)
      tally.refused += unreadableCount
      const isKept =
        sender.isCookieNew && events.some((it) => it.who.uids.includes(sender.cookieUid))
      const headers: Record<string, string> = isKept
        ? { 'Set-Cookie': uidCookie(sender.cookieUid, this.#options.cookieDomain) }
        : {}
      const goodCount = tally.taken + tally.duplicates + reading.ignoredCount
      if (goodCount === 0 && tally.refused + tally.nobody > 0)
        return refusal(400, 'events: none of them can be taken', findings.problems)
      const { problems } = findings
      return { status: 200, headers, body: { ...tally, ignored: reading.ignoredCount, problems } }
    } catch (error) {
      return busyAnswer(error, counts)
    }
  }

  validate(call: Call): Answer {
    const shop = this.#options.shopOf(call.shopId)
    if (shop === null) return refusal(404, 'shop: is unknown')
    const findings = new Findings()
    const reading = readBody(call, eventCountMax, findings, undefined)
    if (typeof reading === 'string') findings.fault('', '', reading)
    else {
      const context = this.#taker.contextOf(shop, server, findings)
      for (const raw of reading.events) {
        const event = toEvent(raw, context)
        if (event !== null && identifiersOf(event.who).length === 0)
          findings.note(raw.where, '', namesNobody)
      }
    }
    const validationMessages = findings.problems.map(({ where, reason }) => ({
      fieldPath: where,
      description: reason,
      validationCode: 'VALUE_INVALID',
    }))
    return { status: 200, body: { validationMessages } }
  }

  #refuseBrowser(call: Call, shop: EventShop): Answer | null {
    const { counts, clock } = this.#options
    if (!isOriginOf(shop, call.header('origin'))) {
      counts.bodyRefused('origin')
      const reason = 'must be one of the shop’s (its file’s `origins`); servers send a key'
      return refusal(403, `origin: ${reason}`)
    }
    if (!this.#limit.take(call.remoteAddress, clock.nowMs())) {
      counts.bodyRefused('rate')
      return {
        ...refusal(429, 'too many calls from this address'),
        headers: { 'Retry-After': '1' },
      }
    }
    if (call.bytes.length > browserBytesMax) {
      counts.bodyRefused('size')
      return refusal(
        413,
        `body: is over ${browserBytesMax} bytes; servers with a key may send more`,
      )
    }
    return null
  }
}

/** Where a key is sent to an endpoint that asks for none, it must still be one for this. */
function refuseKey({ key }: Call): Answer | null {
  if (key === null || key.role === 'operator' || senders.includes(key.role)) return null
  return refusal(
    403,
    `authorization: a ${key.role} key may not do this; ${senders.join(' or ')} may`,
  )
}

/**
 * What a browser tells of itself besides. Global Privacy Control and its forerunner hold for everything in
 * the body. Without our cookie it gets one, if any event allows it.
 */
function browserOf(call: Call): Sender {
  const known = cookieUidIn(call.header('cookie'))
  return {
    source: 'tag',
    cookieUid: known === '' ? newCookieUid() : known,
    isCookieNew: known === '',
    deniesAds: call.header('sec-gpc') === '1' || call.header('dnt') === '1',
  }
}

/** What isn't UTF-8 costs only the events that it is in: it becomes U+FFFD, which no id may have. */
const utf8 = new TextDecoder('utf-8')

function readBody(
  { bytes }: Call,
  countMax: number,
  findings: Findings,
  segmentCall: SegmentCall | undefined,
): Reading | string {
  if (bytes.length === 0) return 'is empty'
  let json: unknown
  try {
    json = JSON.parse(utf8.decode(bytes)) as unknown
  } catch {
    return 'is not JSON'
  }
  return readEvents(json, countMax, findings, segmentCall)
}
