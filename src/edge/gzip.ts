/**
 * gzip without a new zlib object for each body, which costs more than inflating a request does.
 *
 * What `gunzipSync` does in the end is one call of a zlib object's handle. Here that object is kept and
 * reset between bodies. The call is not documented: whether it is what we know is seen when the object
 * is made, and `gunzipSync` and `gzipSync` themselves stand in for it where not.
 */
import type { Gunzip, Gzip } from 'node:zlib'
import { constants, createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib'

/** Why a body is not taken: the HTTP status and the reason to answer with. */
export interface InflateFault {
  readonly status: 400 | 413
  readonly reason: string
}
export const notGzip: InflateFault = { status: 400, reason: 'body: is not gzip' }
export const tooLarge: InflateFault = { status: 413, reason: 'body: is too large once inflated' }

/** What Node 20 to 24 have behind `_handle`. */
interface Handle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void
  reset(): void
  onerror: (message: string, errno: number, code: string) => void
}

/** A zlib object whose handle is called directly. */
class KeptZlib {
  /** Held, as the handle is closed when its owner is collected. */
  readonly owner: Gunzip | Gzip
  readonly #handle: Handle
  /** Bytes of the output that the last call left unused; then of the input. */
  readonly #unused: Uint32Array
  #failed = false

  private constructor(owner: Gunzip | Gzip, handle: Handle, unused: Uint32Array) {
    this.owner = owner
    this.#handle = handle
    this.#unused = unused
    // In place of the stream's own, which would destroy it.
    handle.onerror = () => {
      this.#failed = true
    }
  }

  /** Null where this Node's zlib objects are made otherwise. */
  static of(owner: Gunzip | Gzip): KeptZlib | null {
    const inside = owner as unknown as { _handle?: Partial<Handle>; _writeState?: unknown }
    const handle = inside._handle
    if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function') return null
    if (!(inside._writeState instanceof Uint32Array)) return null
    return new KeptZlib(owner, handle as Handle, inside._writeState)
  }

  /** @returns bytes written, at most `outputLength`; -1 where the input is cut short or broken. */
  run(input: Uint8Array, output: Uint8Array, outputLength: number): number {
    this.#failed = false
    this.#handle.reset()
    this.#handle.writeSync(constants.Z_FINISH, input, 0, input.length, output, 0, outputLength)
    return this.#failed ? -1 : outputLength - this.#unused[0]!
  }
}

const sample = Buffer.from('gzip')

/** Inflates request bodies. One buffer is kept, as long as the largest body taken and one byte more. */
export class Inflater {
  readonly #zlib: KeptZlib | null
  #output = Buffer.alloc(0)

  /** @param mayKeep false inflates with `gunzipSync`, for comparison. */
  constructor(mayKeep = true) {
    this.#zlib = mayKeep ? trialled(KeptZlib.of(createGunzip()), gzipSync(sample), sample) : null
  }

  /** Whether the object is kept; false where this Node's zlib is unknown to us. */
  get isKept(): boolean {
    return this.#zlib !== null
  }

  /**
   * @param body     gzip, one member or more. Nothing past `bytesMax` is ever inflated.
   * @param bytesMax most that the body may hold.
   * @returns a view, valid until the next call; or why there is none.
   */
  inflate(body: Uint8Array, bytesMax: number): Buffer | InflateFault {
    if (this.#zlib === null) return inflateOnce(body, bytesMax)
    // One byte more than may be: whether it is written tells a full body from one that is too large.
    if (this.#output.length <= bytesMax) this.#output = Buffer.allocUnsafeSlow(bytesMax + 1)
    const length = this.#zlib.run(body, this.#output, bytesMax + 1)
    if (length < 0) return notGzip
    return length > bytesMax ? tooLarge : this.#output.subarray(0, length)
  }
}

/** Compresses replies. */
export class Deflater {
  readonly #zlib: KeptZlib | null
  readonly #level: number
  #output = Buffer.alloc(0)

  /**
   * @param level   1, the fastest, to 9. Markup is repetitive: the first level already finds most of it.
   * @param mayKeep false compresses with `gzipSync`, for comparison.
   */
  constructor(level = 1, mayKeep = true) {
    this.#level = level
    const expected = gzipSync(sample, { level })
    this.#zlib = mayKeep ? trialled(KeptZlib.of(createGzip({ level })), sample, expected) : null
  }

  get isKept(): boolean {
    return this.#zlib !== null
  }

  /** @returns a view, valid until the next call. */
  gzip(body: Uint8Array): Buffer {
    // What cannot be compressed grows by five bytes for each block of 16 KB, a header and a check.
    const lengthMax = body.length + (body.length >>> 8) + 128
    if (this.#output.length < lengthMax) this.#output = Buffer.allocUnsafeSlow(lengthMax * 2)
    const length = this.#zlib?.run(body, this.#output, this.#output.length) ?? -1
    if (length < 0) return gzipSync(body, { level: this.#level })
    return this.#output.subarray(0, length)
  }
}

/** The object if it does twice in a row, and after a broken input, what it is made for; else null. */
function trialled(zlib: KeptZlib | null, input: Buffer, expected: Buffer): KeptZlib | null {
  if (zlib === null) return null
  const output = Buffer.alloc(64)
  try {
    for (let round = 0; round < 2; round++) {
      const length = zlib.run(input, output, output.length)
      if (length < 0 || !output.subarray(0, length).equals(expected)) return null
      zlib.run(Buffer.alloc(0), output, output.length)
    }
  } catch {
    return null
  }
  return zlib
}

function inflateOnce(body: Uint8Array, bytesMax: number): Buffer | InflateFault {
  try {
    return gunzipSync(body, { maxOutputLength: bytesMax })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge : notGzip
  }
}
