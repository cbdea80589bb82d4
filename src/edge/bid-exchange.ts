import type { ByteWriter } from '../base/byte-writer.js'
import { keyOf } from '../base/key.js'
import type { Networks } from '../openrtb/networks.js'
import { Admission } from './admission.js'
import { JsonResponse } from './bid-response.js'
import type { Exchange } from './exchange.js'
import type { Headers } from './listener.js'
import { Markup } from './markup.js'
import { ProtobufResponse } from './protobuf-response.js'
import { Throttle } from './throttle.js'
import { Wire } from './wire.js'

/** One exchange as the bid handler works with it: all that depends on its settings alone. */
export class BidExchange {
  readonly index: number
  readonly settings: Exchange
  readonly key: number
  readonly admission: Admission
  readonly markup: Markup
  readonly throttle: Throttle
  /** By `Wire`. */
  readonly responses: readonly [JsonResponse, ProtobufResponse]
  readonly headers: readonly [Headers, Headers]
  /** With a body that was compressed. */
  readonly gzipHeaders: readonly [Headers, Headers]
  readonly noBidHeaders: Headers

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
    const json: Headers = [['Content-Type', 'application/json'], ...always]
    // Google's name for it; whoever calls it something else reads it all the same.
    const binary: Headers = [['Content-Type', 'application/octet-stream'], ...always]
    const gzip: Headers = [['Content-Encoding', 'gzip']]
    this.headers = [json, binary]
    this.gzipHeaders = [
      [...json, ...gzip],
      [...binary, ...gzip],
    ]
    this.noBidHeaders = always
  }

  response(wire: Wire): JsonResponse | ProtobufResponse {
    return this.responses[wire === Wire.protobuf ? 1 : 0]
  }
}
