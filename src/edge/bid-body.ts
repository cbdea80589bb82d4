import { parse } from '../openrtb/parse.js'
import { parseProtobuf } from '../openrtb/protobuf/parse.js'
import type { BidRequest } from '../openrtb/request.js'
import { BadRequest } from './bad-request.js'
import { Inflater } from './gzip.js'
import type { RequestHead } from './listener.js'
import { Wire } from './wire.js'

/** Reads the body of a bid request, whatever it is written and packed in. Reused. */
export class BidBody {
  /** Where `read` gives false: HTTP status, index into `badRequestReasons`, and what to answer. */
  status = 0
  reason: number = BadRequest.malformed
  fault = ''
  /** Where it gives true: the body inflated, valid until the handler returns. */
  plain: Buffer = Buffer.alloc(0)
  readonly #inflater = new Inflater()
  readonly #bytesMax: number

  /** @param bytesMax once inflated. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** @param wire null for a media type that we don't speak. */
  read(head: RequestHead, wire: Wire | null, body: Buffer, request: BidRequest): boolean {
    const { contentEncoding } = head
    if (wire === null) {
      const types = 'application/json or application/x-protobuf'
      return this.#refuse(415, BadRequest.encoding, `content-type: must be ${types}`)
    }
    let plain = body
    if (contentEncoding === 'gzip') {
      const inflated = this.#inflater.inflate(body, this.#bytesMax)
      if (!Buffer.isBuffer(inflated))
        return this.#refuse(inflated.status, BadRequest.encoding, inflated.reason)
      plain = inflated
    } else if (contentEncoding !== '' && contentEncoding !== 'identity')
      return this.#refuse(415, BadRequest.encoding, 'content-encoding: must be gzip or absent')
    this.plain = plain
    const fault = this.readPlain(wire, plain, request)
    return fault === '' || this.#refuse(400, BadRequest.malformed, fault)
  }

  /** @returns what is wrong with the body; '' where it could be read. */
  readPlain(wire: Wire, plain: Buffer, request: BidRequest): string {
    return wire === Wire.protobuf ? parseProtobuf(plain, request) : parse(plain, request)
  }

  #refuse(status: number, reason: number, fault: string): false {
    this.status = status
    this.reason = reason
    this.fault = fault
    return false
  }
}
