import { decodeBidResponse, encodeBidRequest } from '../openrtb/protobuf/codec.js'
import type { HttpAnswer } from './http-answer.js'
import type { BidAnswer } from './response-rules.js'

/** What requests and answers are written in. */
export const wires = ['json', 'protobuf'] as const
export type Wire = (typeof wires)[number]

export const contentTypes: Readonly<Record<Wire, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
}

/** A request's body; what is no JSON object is sent as it stands. */
export function bodyOf(wire: Wire, request: object | null, json: Buffer): Buffer {
  return wire === 'json' || request === null
    ? json
    : encodeBidRequest(request as Readonly<Record<string, unknown>>)
}

/** An answer as it is judged: in JSON, however it came. */
export function answerOf(wire: Wire, answer: HttpAnswer): BidAnswer {
  const { status, body, excessBytes } = answer
  const contentType = answer.header('content-type')
  const isMessage = wire === 'protobuf' && status === 200
  return {
    status,
    contentType,
    wire,
    text: isMessage ? jsonOf(body) : body.toString(),
    excessBytes,
  }
}

/** What can't be read is passed on as text that isn't JSON either, and says why. */
function jsonOf(body: Buffer): string {
  try {
    return JSON.stringify(decodeBidResponse(body))
  } catch (error) {
    return `no BidResponse: ${error instanceof Error ? error.message : error}`
  }
}
