import type { Readable } from 'node:stream'

/** What is read and thrown away of a body at most, so that who sends it gets to read the answer. */
const drainBytesMax = 64 * 1024 * 1024
const drainMs = 5_000

/** The stream's pieces; whoever stops reading leaves it open, unlike with the stream itself. */
export const keptOpen = (stream: Readable): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false }),
})

/** Reads what is left of a body, as far as that is bearable. */
export async function drained(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return
  let left = drainBytesMax
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => end(), drainMs)
    const end = (): void => {
      clearTimeout(timer)
      stream.off('data', onData)
      stream.pause()
      resolve()
    }
    const onData = (chunk: Uint8Array): void => {
      left -= chunk.length
      if (left < 0) end()
    }
    // Whoever gave it up may have left it paused, or led elsewhere.
    stream.unpipe()
    stream.on('data', onData)
    stream.once('end', end)
    stream.once('close', end)
    stream.once('error', end)
    stream.resume()
  })
}
