import type { ByteWriter } from '../base/byte-writer.js'
import { keyOf } from '../base/key.js'
import type { Metrics } from '../base/metrics.js'
import type { Networks } from '../openrtb/networks.js'
import { Admission } from './admission.js'
import { JsonResponse } from './bid-response.js'
import type { Exchange } from './exchange.js'
import type { Headers } from './listener.js'
import { Markup } from './markup.js'
import { ProtobufResponse } from './protobuf-response.js'
import { Throttle } from './throttle.js'
import { Wire } from './wire.js'

/** Google's name for it first, which also answers names in another case. */
const protobufTypes = ['application/octet-stream', 'application/x-protobuf', 'application/protobuf']

/** Of an answer with a body, as it is and compressed. */
export interface AnswerHeaders {
  readonly plain: Headers
  readonly gzip: Headers
}

const headersOf = (contentType: string, always: Headers): AnswerHeaders => {
  const plain: Headers = [['Content-Type', contentType], ...always]
  return { plain, gzip: [...plain, ['Content-Encoding', 'gzip']] }
}

interface Surroundings {
  readonly publicUrl: string
  readonly workerCount: number
  readonly networks: Networks
  readonly metrics: Metrics
}

/**
 * The exchanges that bids are made on, by name. One whose settings are as they were goes on as it was,
 * and what it has counted of this second's requests with it.
 */
export function bidExchanges(
  exchanges: readonly Exchange[],
  before: ReadonlyMap<string, BidExchange>,
  { publicUrl, workerCount, networks, metrics }: Surroundings,
  out: ByteWriter,
): ReadonlyMap<string, BidExchange> {
  const byName = new Map<string, BidExchange>()
  for (const settings of exchanges) {
    const { name } = settings
    const former = before.get(name)
    const isSame =
      former !== undefined && JSON.stringify(former.settings) === JSON.stringify(settings)
    const place = metrics.exchangePlace(name)
    byName.set(
      name,
      isSame ? former : new BidExchange(place, settings, publicUrl, workerCount, networks, out),
    )
  }
  return byName
}

/** One exchange as the bid handler works with it: all that depends on its settings alone. */
export class BidExchange {
  /** Its place in metrics. */
  readonly index: number
  readonly settings: Exchange
  readonly key: number
  readonly admission: Admission
  readonly markup: Markup
  readonly throttle: Throttle
  /** By `Wire`. */
  readonly responses: readonly [JsonResponse, ProtobufResponse]
  readonly noBidHeaders: Headers
  readonly #jsonHeaders: AnswerHeaders
  readonly #protobufHeaders: readonly AnswerHeaders[]

  constructor(
    index: number,
    settings: Exchange,
    publicUrl: string,
    workerCount: number,
    networks: Networks,
    out: ByteWriter,
  ) {
    this.index = index
    this.settings = settings
    this.key = keyOf(settings.name)
    this.admission = new Admission(settings, networks)
    this.markup = new Markup(publicUrl, settings)
    this.throttle = new Throttle(settings.qpsMax / workerCount)
    this.responses = [
      new JsonResponse(out, publicUrl, settings),
      new ProtobufResponse(out, publicUrl, settings),
    ]
    const { openrtbVersion: version } = settings
    const always: Headers = version === '' ? [] : [['x-openrtb-version', version]]
    this.#jsonHeaders = headersOf('application/json', always)
    this.#protobufHeaders = protobufTypes.map((type) => headersOf(type, always))
    this.noBidHeaders = always
  }

  /** The answer is called what the request was called; '' and other names of JSON are answered as JSON. */
  headersFor(wire: Wire, contentType: string): AnswerHeaders {
    if (wire === Wire.json) return this.#jsonHeaders
    for (let i = 1; i < protobufTypes.length; i++)
      if (contentType.includes(protobufTypes[i]!)) return this.#protobufHeaders[i]!
    return this.#protobufHeaders[0]!
  }

  response(wire: Wire): JsonResponse | ProtobufResponse {
    return this.responses[wire === Wire.protobuf ? 1 : 0]
  }
}
