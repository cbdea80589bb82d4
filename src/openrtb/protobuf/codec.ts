import protobufjs, { type Type } from 'protobufjs'
import { fieldValue } from './field-value.js'
import type { FieldSpec } from './schema.js'
import { fieldsOf, messages, protoText } from './schema.js'

/**
 * OpenRTB between JSON and protobuf, whole and slowly: what tests, tools and the simulated exchange
 * speak the binary wire with. A bid request's way has `parseProtobuf`.
 *
 * JSON is as OpenRTB writes it: flags 0 and 1, Google's extensions under `ext`. What the messages have
 * no field for is left out; 64-bit numbers are strings in JSON.
 */
type Json = { readonly [name: string]: unknown }

const typesOf = (isPacked: boolean): ReadonlyMap<string, Type> => {
  const { root } = protobufjs.parse(protoText(isPacked), { keepCase: true })
  return new Map(Object.keys(messages).map((name) => [name, root.lookupType(name)]))
}
const packed = typesOf(true)
const unpacked = typesOf(false)
const fields = new Map<string, ReadonlyMap<string, FieldSpec>>(
  Object.keys(messages).map((name) => [
    name,
    new Map(fieldsOf(name).map((field) => [field.name, field])),
  ]),
)

/** @param isPacked whether lists of numbers are packed: IAB's file says so, Google's mostly not. */
export const encodeBidRequest = (json: Json, isPacked = true): Buffer =>
  encode('BidRequest', json, isPacked)
export const encodeBidResponse = (json: Json, isPacked = true): Buffer =>
  encode('BidResponse', json, isPacked)
/** @throws Error where the bytes are not such a message. */
export const decodeBidRequest = (body: Uint8Array): Json => decode('BidRequest', body)
/** @throws Error where the bytes are not such a message. */
export const decodeBidResponse = (body: Uint8Array): Json => decode('BidResponse', body)

/** The reference's own objects, without what turns them into JSON: what it costs to have them made. */
export const decodeMessage = (body: Uint8Array): object => packed.get('BidRequest')!.decode(body)

function encode(name: string, json: Json, isPacked: boolean): Buffer {
  const type = (isPacked ? packed : unpacked).get(name)!
  return Buffer.from(type.encode(type.fromObject(toMessage(name, json))).finish())
}

function decode(name: string, body: Uint8Array): Json {
  const type = packed.get(name)!
  return toJson(name, type.toObject(type.decode(body), { longs: String }))
}

/** What protobufjs takes: known fields only, and nothing that it would refuse or read as something else. */
function toMessage(name: string, json: Json): Record<string, unknown> {
  const message: Record<string, unknown> = {}
  for (const [member, value] of Object.entries(json)) {
    const field = fields.get(name)!.get(member)
    if (field === undefined || value === null || value === undefined) continue
    if (!field.isRepeated) setIfKnown(message, member, valueOfField(field.type, value))
    else if (Array.isArray(value))
      message[member] = value
        .map((element: unknown) => valueOfField(field.type, element))
        .filter((element) => element !== undefined)
  }
  return message
}

function setIfKnown(message: Record<string, unknown>, member: string, value: unknown): void {
  if (value !== undefined) message[member] = value
}

function valueOfField(type: string, value: unknown): unknown {
  if (messages[type] === undefined) return fieldValue(type, value)
  return isObject(value) ? toMessage(type, value) : undefined
}

function toJson(name: string, message: Json): Json {
  const json: Record<string, unknown> = {}
  for (const [member, value] of Object.entries(message)) {
    const { type } = fields.get(name)!.get(member)!
    json[member] = Array.isArray(value)
      ? value.map((element: unknown) => plain(type, element))
      : plain(type, value)
  }
  return json
}

function plain(type: string, value: unknown): unknown {
  if (isObject(value)) return toJson(type, value)
  return typeof value === 'boolean' ? Number(value) : value
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
