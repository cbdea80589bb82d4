/**
 * Ids of answers, which views, clicks and orders name. One says where it was shown and when, and is signed with
 * the shop's own secret, so that nobody can make one up and none is worth anything at another shop.
 *
 *     0  u8   version, 1; 0x80 where the answer was made for the person
 *     1  u32  second of the answer, big-endian as all
 *     5  u56  placement: keyOf its slot, experiment and variant (recommend/report/placement.ts)
 *    12  u48  no other answer of that second has the same
 *    18  96 bits of HMAC-SHA-256 of all before it
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface AnswerId {
  readonly isPersonal: boolean
  readonly atSeconds: number
  readonly placementKey: number
  /** Tells it from all other answers of its second. Eight characters of base64url. */
  readonly nonce: string
}

const version = 1
const personalBit = 0x80
const placementAt = 5
const nonceAt = 12
const signedBytes = 18
const macBytes = 12
const idBytes = signedBytes + macBytes
export const answerIdLength = (idBytes / 3) * 4
/** How long what comes of an answer is counted. */
export const answerValidSeconds = 30 * 86_400
/** Clocks of two of our processes may differ by so much. */
const skewSeconds = 300

const keys = new WeakMap<Buffer, Buffer>()

function keyOfSecret(shopSecret: Buffer): Buffer {
  let key = keys.get(shopSecret)
  if (key === undefined) {
    key = createHmac('sha256', shopSecret).update('recommendation answer').digest()
    keys.set(shopSecret, key)
  }
  return key
}

const bytes = Buffer.alloc(idBytes)
const signed = bytes.subarray(0, signedBytes)
let counter = randomBytes(6).readUIntBE(0, 6)

/** @returns `answerIdLength` characters that need no escaping in URLs, HTML and JSON. */
export function makeAnswerId(
  shopSecret: Buffer,
  placementKey: number,
  isPersonal: boolean,
  nowMs: number,
): string {
  counter = (counter + 1) % 2 ** 48
  bytes[0] = isPersonal ? version | personalBit : version
  bytes.writeUInt32BE(Math.floor(nowMs / 1_000), 1)
  bytes.writeUIntBE(Math.floor(placementKey / 2 ** 32), placementAt, 3)
  bytes.writeUInt32BE(placementKey % 2 ** 32, placementAt + 3)
  bytes.writeUIntBE(counter, nonceAt, 6)
  macOf(shopSecret, signed).copy(bytes, signedBytes, 0, macBytes)
  return bytes.toString('base64url')
}

/** What tells it from all other answers of its second: its bytes start where a character does. */
export const nonceOf = (id: string): string => id.slice((nonceAt / 3) * 4, (signedBytes / 3) * 4)

export type ReadAnswerId =
  | { readonly ok: true; readonly value: AnswerId }
  | { readonly ok: false; readonly reason: 'forged' | 'expired' }

/** `forged`: we didn't make it for this shop, however it differs. */
export function readAnswerId(shopSecret: Buffer, text: string, nowMs: number): ReadAnswerId {
  const forged = { ok: false, reason: 'forged' } as const
  if (text.length !== answerIdLength) return forged
  const given = Buffer.from(text, 'base64url')
  // Foreign characters are left out by the decoder: what is left is shorter.
  if (given.length !== idBytes || (given[0]! & ~personalBit) !== version) return forged
  const mac = macOf(shopSecret, given.subarray(0, signedBytes))
  if (!timingSafeEqual(mac.subarray(0, macBytes), given.subarray(signedBytes))) return forged
  const atSeconds = given.readUInt32BE(1)
  const ageSeconds = nowMs / 1_000 - atSeconds
  if (ageSeconds > answerValidSeconds || ageSeconds < -skewSeconds)
    return { ok: false, reason: 'expired' }
  return {
    ok: true,
    value: {
      isPersonal: (given[0]! & personalBit) !== 0,
      atSeconds,
      placementKey:
        given.readUIntBE(placementAt, 3) * 2 ** 32 + given.readUInt32BE(placementAt + 3),
      nonce: given.toString('base64url', nonceAt, signedBytes),
    },
  }
}

const macOf = (shopSecret: Buffer, message: Buffer): Buffer =>
  createHmac('sha256', keyOfSecret(shopSecret)).update(message).digest()
