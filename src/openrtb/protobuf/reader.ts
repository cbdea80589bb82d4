import { mimeBit } from '../../base/mime.js'
import { bitOf } from '../offers.js'
import { idLengthMax, listCountMax, textLengthMax } from '../request.js'
import { TextCache } from './text-cache.js'

/** Node's own decoder, which its types leave out: `toString` costs a microsecond more. */
type Utf8Buffer = Buffer & { utf8Slice(start: number, end: number): string }

const double = new Float64Array(1)
const doubleBytes = new Uint8Array(double.buffer)
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

const mimeBits = new TextCache(mimeBit)

/** Groups within groups that are skipped; protobuf's own readers stop at a hundred. */
const groupDepthMax = 64
/** A varint of 64 bits. */
const varintLengthMax = 10

/**
 * Protobuf's parts, read one after the other from a body that may be anything.
 *
 * Nothing is read past the body's end, and nothing is thrown: what is cut short or can't be makes the
 * reader `isBroken` and moves it to the end, which ends every loop of the kind
 * `while (reader.at < end)`. A message's reader calls `close` when its loop is over, which finds the
 * values that went past the message that they are in.
 */
export class ProtobufReader {
  bytes = Buffer.alloc(0) as unknown as Utf8Buffer
  at = 0
  isBroken = false
  hasMime = false
  idFault = ''
  #limit = 0

  begin(body: Buffer): void {
    this.bytes = body as Utf8Buffer
    this.at = 0
    this.isBroken = false
    this.#limit = body.length
  }

  /** For the caller's own reasons as well: a message that is nested too deep, say. */
  fail(): void {
    this.isBroken = true
    this.at = this.#limit
  }

  /** Begins an embedded message, or a packed list. @returns where it ends. */
  open(): number {
    const length = this.int()
    if (length >= 0 && length <= this.#limit - this.at) return this.at + length
    this.fail()
    return this.#limit
  }

  /** Ends what `open` began. */
  close(end: number): void {
    if (this.at !== end) this.fail()
  }

  /** `int32`, an enumeration, a tag or a length: the low 32 bits of a varint. */
  int(): number {
    const { at } = this
    if (at < this.#limit) {
      const byte = this.bytes[at]!
      if (byte < 0x80) {
        this.at = at + 1
        return byte
      }
    }
    return this.#longInt()
  }

  bool(): boolean {
    const { at } = this
    let payload = 0
    for (let length = 0; at + length < this.#limit && length < varintLengthMax; length++) {
      const byte = this.bytes[at + length]!
      payload |= byte & 0x7f
      if (byte < 0x80) {
        this.at = at + length + 1
        return payload !== 0
      }
    }
    this.fail()
    return false
  }

  /** 0 for what is no number. */
  double(): number {
    const { at } = this
    if (this.#limit - at < 8) {
      this.fail()
      return 0
    }
    for (let i = 0; i < 8; i++) doubleBytes[isLittleEndian ? i : 7 - i] = this.bytes[at + i]!
    this.at = at + 8
    const value = double[0]!
    return Number.isFinite(value) ? value : 0
  }

  /** @returns an `int64` in decimal; '' where the reader is broken. */
  long(): string {
    const { at } = this
    let value = 0n
    for (let length = 0; at + length < this.#limit && length < varintLengthMax; length++) {
      const byte = this.bytes[at + length]!
      value |= BigInt(byte & 0x7f) << BigInt(7 * length)
      if (byte < 0x80) {
        this.at = at + length + 1
        return String(BigInt.asIntN(64, value))
      }
    }
    this.fail()
    return ''
  }

  /** A text of which each is another: an id, a user agent. @returns '' for one longer than `lengthMax`. */
  text(lengthMax: number): string {
    const end = this.open()
    const start = this.at
    this.at = end
    return this.slice(start, end, lengthMax) ?? ''
  }

  /** An id that must come back as it is; what is wrong with it is then in `idFault`. */
  id(): string {
    const end = this.open()
    const id = this.slice(this.at, end, idLengthMax)
    this.at = end
    this.idFault =
      id === '' ? ': must not be empty' : id === null ? `: is longer than ${idLengthMax}` : ''
    return id ?? ''
  }

  /** A text in `bytes[start, end)`; null for one longer than `lengthMax`, in UTF-16 units. */
  slice(start: number, end: number, lengthMax: number): string | null {
    if (end === start) return ''
    // A unit takes three bytes at most.
    if (end - start > lengthMax * 3) return null
    const text = this.bytes.utf8Slice(start, end)
    return text.length > lengthMax ? null : text
  }

  /** A text that most requests have in common, as what it stands for. */
  cached<T>(cache: TextCache<T>): T {
    const end = this.open()
    const start = this.at
    this.at = end
    return cache.get(this.bytes, start, end)
  }

  /** One more of a list of such texts: but for those that stand for nothing, and past the most. */
  cachedInto(list: string[], cache: TextCache<string>): void {
    const meaning = this.cached(cache)
    if (meaning !== '' && list.length < listCountMax) list.push(meaning)
  }

  /** Bit of a media type; whether there was one, also one that isn't known, is then in `hasMime`. */
  mime(): number {
    const end = this.open()
    const start = this.at
    this.at = end
    this.hasMime =
      end > start &&
      (end - start <= textLengthMax || this.slice(start, end, textLengthMax) !== null)
    return this.hasMime ? mimeBits.get(this.bytes, start, end) : 0
  }

  /** Bits of a list of enumerations that is packed. */
  packedBits(): number {
    const end = this.open()
    let bits = 0
    while (this.at < end) bits |= bitOf(this.int())
    this.close(end)
    return bits
  }

  /** Passes over the field that `tag` begins, whatever it is. */
  skip(tag: number): void {
    this.#skip(tag, 0)
  }

  #skip(tag: number, depth: number): void {
    if (tag >>> 3 === 0) this.fail()
    else
      switch (tag & 7) {
        case 0:
          this.bool()
          break
        case 1:
          this.#pass(8)
          break
        case 2:
          this.at = this.open()
          break
        case 3:
          this.#skipGroup(tag >>> 3, depth)
          break
        case 5:
          this.#pass(4)
          break
        default:
          // The end of a group that never began, or a kind that there isn't.
          this.fail()
      }
  }

  #skipGroup(field: number, depth: number): void {
    if (depth === groupDepthMax) this.fail()
    while (this.at < this.#limit) {
      const tag = this.int()
      if ((tag & 7) === 4) {
        if (tag >>> 3 !== field) this.fail()
        return
      }
      this.#skip(tag, depth + 1)
    }
    this.fail()
  }

  #pass(length: number): void {
    if (this.#limit - this.at < length) this.fail()
    else this.at += length
  }

  #longInt(): number {
    const { at } = this
    let value = 0
    for (let length = 0; at + length < this.#limit && length < varintLengthMax; length++) {
      const byte = this.bytes[at + length]!
      // Past the fifth byte lie the upper half's bits: a negative number's are all set.
      if (length < 5) value |= (byte & 0x7f) << (7 * length)
      if (byte < 0x80) {
        this.at = at + length + 1
        return value
      }
    }
    this.fail()
    return 0
  }
}
