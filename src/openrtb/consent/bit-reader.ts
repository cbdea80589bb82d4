import { textLengthMax } from '../request.js'

const notBase64 = 64
/** What each ASCII character stands for in base64url. */
const sextetOf = new Uint8Array(128).fill(notBase64)
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
for (let i = 0; i < alphabet.length; i++) sextetOf[alphabet.charCodeAt(i)] = i

/** The longest Fibonacci code that is read: 24 places reach 121,392, far past any id. */
const fibonacciPlacesMax = 24

/**
 * Reads numbers bit by bit from a base64url text, the first bit of a character first, as the strings of
 * TCF and GPP are written. Padding isn't part of either.
 *
 * What can't be read sets `isBroken` and reads as 0, so that callers need to look only once.
 */
export class BitReader {
  readonly #sextets = new Uint8Array(textLengthMax)
  bitCount = 0
  /** Position of the next bit. */
  at = 0
  isBroken = false

  /** Begins to read `text` from `start` up to `end`; broken where that isn't base64url or too long. */
  load(text: string, start: number, end: number): void {
    const length = end - start
    this.at = 0
    this.bitCount = length * 6
    this.isBroken = length > textLengthMax
    if (this.isBroken) return
    let seen = 0
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(start + i)
      const sextet = unit < 128 ? sextetOf[unit]! : notBase64
      this.#sextets[i] = sextet
      seen |= sextet
    }
    this.isBroken = seen >= notBase64
  }

  /** @param width at most 30. */
  take(width: number): number {
    if (this.at + width > this.bitCount) {
      this.isBroken = true
      return 0
    }
    let index = Math.floor(this.at / 6)
    let left = 6 - (this.at - index * 6)
    this.at += width
    let value = 0
    let missing = width
    while (missing > 0) {
      const sextet = this.#sextets[index++]! & ((1 << left) - 1)
      if (missing < left) return (value << missing) | (sextet >>> (left - missing))
      value = (value << left) | sextet
      missing -= left
      left = 6
    }
    return value
  }

  takeFlag(): boolean {
    return this.take(1) === 1
  }

  /** A moment of 36 bits, in tenths of a second since 1970. */
  takeMoment(): number {
    const high = this.take(18)
    return high * 2 ** 18 + this.take(18)
  }

  /** A number of at least 1: places worth 1, 2, 3, 5, 8 … up to two ones in a row. */
  takeFibonacci(): number {
    let sum = 0
    let worth = 1
    let next = 2
    let last = 0
    for (let place = 0; place < fibonacciPlacesMax && !this.isBroken; place++) {
      const bit = this.take(1)
      if (bit === 1 && last === 1) return sum
      if (bit === 1) sum += worth
      last = bit
      const after = worth + next
      worth = next
      next = after
    }
    this.isBroken = true
    return 0
  }

  skip(width: number): void {
    this.at += width
    if (this.at > this.bitCount) this.isBroken = true
  }

  /** One bit somewhere; the place to read on at stays. False past the end. */
  isSet(at: number): boolean {
    if (at >= this.bitCount) return false
    const index = Math.floor(at / 6)
    return ((this.#sextets[index]! >>> (5 - (at - index * 6))) & 1) === 1
  }
}
