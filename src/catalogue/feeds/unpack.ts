/** Feeds as they are sent: packed or not, in pieces of any length. */
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { FeedBroken } from './feed.js'

/**
 * Unpacks what begins like gzip, whatever it is called.
 *
 * @param bytesMax most that there may be once it is unpacked.
 * @throws FeedBroken for a packed feed that is cut off or damaged, and past `bytesMax`.
 */
export async function* unpack(
  bytes: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = bytesMax
  for await (const piece of gunzipped(bytes)) {
    left -= piece.length
    if (left < 0) throw new FeedBroken(0, `the feed is longer than ${bytesMax} bytes`)
    yield piece
  }
}

async function* gunzipped(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = bytes[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  try {
    while (head.length < 2) {
      const { done, value } = await source.next()
      if (done === true) break
      head = Buffer.concat([head, value])
    }
    const rest = (async function* () {
      yield head
      for (;;) {
        const { done, value } = await source.next()
        if (done === true) return
        yield value
      }
    })()
    if (head[0] !== 0x1f || head[1] !== 0x8b) yield* rest
    else yield* inflated(rest)
  } finally {
    await source.return?.()
  }
}

async function* inflated(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  // What goes wrong in either comes out of the loop below.
  pipeline(Readable.from(packed), gunzip, () => undefined)
  try {
    for await (const piece of gunzip) yield piece as Uint8Array
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (!code.startsWith('Z_')) throw error
    throw new FeedBroken(
      0,
      code === 'Z_BUF_ERROR' ? 'cut off: the gzip is not whole' : 'the gzip is damaged',
    )
  }
}

/**
 * The same text in pieces of one length, so that what is made of it can't depend on how it arrived.
 */
export async function* evenly(
  text: AsyncIterable<string>,
  length: number,
): AsyncGenerator<string, void, undefined> {
  let open = ''
  for await (const piece of text) {
    open += piece
    let start = 0
    for (; open.length - start >= length; start += length) yield open.slice(start, start + length)
    if (start > 0) open = open.slice(start)
  }
  if (open !== '') yield open
}
