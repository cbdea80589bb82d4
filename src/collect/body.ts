/** Bodies of requests: bounded, unpacked, and waited for only so long. */
import type { IncomingMessage } from 'node:http'
import { Readable, Transform } from 'node:stream'
import { promisify } from 'node:util'
import { createGunzip, gunzip, type ZlibOptions } from 'node:zlib'

export class TooLarge extends Error {}

/** What can't be read, and the status that says so. */
export class Unreadable extends Error {
  readonly status: number

  constructor(status: number, reason: string) {
    super(reason)
    this.status = status
  }
}

/** Of an endpoint that takes none. */
export const emptyBody = {
  json: null,
  bytes: Buffer.alloc(0),
  get stream(): Readable {
    return Readable.from([])
  },
}

/**
 * A request's body as it comes, gzip undone.
 *
 * @param bytesMax of what comes out: once it is passed, the stream fails with `TooLarge`.
 * @throws Unreadable for an encoding that isn't gzip; TooLarge where the length is said beforehand.
 */
export function streamOf(request: IncomingMessage, bytesMax: number): Readable {
  const isGzip = isPacked(request)
  refuseLong(request, bytesMax)
  const bounded = new Bounded(bytesMax)
  // Whoever reads it gets the error; where nobody does any more, it would end the process.
  bounded.on('error', () => {})
  if (!isGzip) return follow(request, bounded)
  const unpacked = createGunzip()
  unpacked.once('error', (error) =>
    bounded.destroy(error instanceof Unreadable ? error : new Unreadable(400, 'is not gzip')),
  )
  follow(request, unpacked)
  return follow(unpacked, bounded)
}

const overLimit = (bytesMax: number): string => `is over ${bytesMax} bytes`

class Bounded extends Transform {
  #left: number
  readonly #bytesMax: number

  constructor(bytesMax: number) {
    super()
    this.#left = bytesMax
    this.#bytesMax = bytesMax
  }

  override _transform(
    chunk: Buffer,
    _encoding: string,
    done: (error: Error | null, chunk?: Buffer) => void,
  ): void {
    this.#left -= chunk.length
    if (this.#left < 0) done(new TooLarge(overLimit(this.#bytesMax)))
    else done(null, chunk)
  }
}

/** Joins two streams; a connection that ends too early is an error of the second, not an end. */
function follow<T extends Transform | ReturnType<typeof createGunzip>>(from: Readable, to: T): T {
  from.once('error', (error) => {
    if (!to.destroyed) to.destroy(error)
  })
  from.once('close', () => {
    if (!from.readableEnded) to.destroy(new Unreadable(400, 'was cut off'))
  })
  from.pipe(to)
  return to
}

/**
 * All of a request's body, gzip undone.
 *
 * @param bytesMax as sent, and once unpacked.
 * @throws TooLarge, Unreadable
 */
export async function readWhole(
  request: IncomingMessage,
  bytesMax: number,
  timeoutMs: number,
): Promise<Buffer> {
  const isGzip = isPacked(request)
  const bytes = await gather(request, bytesMax, timeoutMs)
  if (!isGzip) return bytes
  try {
    return await unpack(bytes, { maxOutputLength: bytesMax })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new TooLarge(overLimit(bytesMax))
    throw new Unreadable(400, 'is not gzip')
  }
}

const unpack = promisify<Buffer, ZlibOptions, Buffer>(gunzip)

function gather(request: IncomingMessage, bytesMax: number, timeoutMs: number): Promise<Buffer> {
  refuseLong(request, bytesMax)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => end(new Unreadable(408, 'did not come in time')), timeoutMs)
    const end = (error: Error | null): void => {
      clearTimeout(timer)
      request.off('data', onData)
      if (error === null) resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
      else reject(error)
    }
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > bytesMax) end(new TooLarge(overLimit(bytesMax)))
      else chunks.push(chunk)
    }
    request.on('data', onData)
    request.once('end', () => end(null))
    request.once('close', () => end(new Unreadable(400, 'was cut off')))
    request.once('error', end)
  })
}

/** @throws Unreadable where it is packed in a way that we don't know. */
function isPacked(request: IncomingMessage): boolean {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (/^(x-)?gzip$/i.test(encoding)) return true
  if (/^identity$/i.test(encoding)) return false
  throw new Unreadable(415, `content-encoding must be gzip, not ${encoding.slice(0, 40)}`)
}

function refuseLong(request: IncomingMessage, bytesMax: number): void {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax)
    throw new TooLarge(overLimit(bytesMax))
}
