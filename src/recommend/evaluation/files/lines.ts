import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { decodeText } from '../../../base/text-encoding.js'

/** Longer lines are left out; a session of some 100,000 products is shorter. */
const lengthMax = 4_000_000
const pieceBytes = 262_144

/** What people give us instead of text, by its first bytes. */
const packed: readonly (readonly [magic: string, name: string])[] = [
  ['504b0304', 'a zip file: unpack it first'],
  ['50415231', 'a Parquet file: write it out as CSV first'],
  ['fd377a58', 'an xz file: unpack it first'],
  ['28b52ffd', 'a zstd file: unpack it first'],
  ['425a68', 'a bzip2 file: unpack it first'],
]

/**
 * The lines of a text, plain or gzip, in any encoding that `base/text-encoding` knows, some thousand at a time and
 * empty ones among them: so numbers of lines are known. A line that is too long is null. Some MB are held at a time.
 *
 * @throws an Error that names the file: there is none, it can't be read, is cut off or is no text.
 */
export async function* linesOf(path: string): AsyncGenerator<(string | null)[], void, undefined> {
  try {
    const { text } = await decodeText(bytesOf(path), '')
    let open = ''
    let isSkipping = false
    let newline = ''
    for await (const piece of text) {
      if (piece.includes('\0') || (newline === '' && isRubbish(piece)))
        throw new Error('is not a text')
      // As Macs ended lines long ago.
      if (newline === '') newline = !piece.includes('\n') && piece.includes('\r') ? '\r' : '\n'
      const lines: (string | null)[] = (open + piece).split(newline)
      open = lines.pop()!
      if (lines.length > 0 && isSkipping) lines[0] = null
      if (lines.length > 0) isSkipping = false
      if (isSkipping || open.length > lengthMax) {
        isSkipping = true
        open = ''
      }
      for (let i = 0; i < lines.length; i++)
        if (lines[i]?.endsWith('\r')) lines[i] = lines[i]!.slice(0, -1)
      if (lines.length > 0) yield lines
    }
    if (isSkipping) yield [null]
    else if (open !== '') yield [open.endsWith('\r') ? open.slice(0, -1) : open]
  } catch (error) {
    throw new Error(`${path}: ${reasonOf(error)}`)
  }
}

/** Texts have hardly a control character beside tabs and ends of lines, or one that is none in their encoding. */
const isRubbish = (piece: string): boolean =>
  (piece.match(/[^\P{Cc}\t\r\n]|\ufffd/gu)?.length ?? 0) * 100 > piece.length

function bytesOf(path: string): AsyncIterable<Uint8Array> {
  const start = Buffer.alloc(4)
  const file = openSync(path, 'r')
  try {
    readSync(file, start, 0, 4, 0)
  } finally {
    closeSync(file)
  }
  const hex = start.toString('hex')
  for (const [magic, name] of packed) if (hex.startsWith(magic)) throw new Error(`is ${name}`)
  const bytes = createReadStream(path, { highWaterMark: pieceBytes })
  if (!hex.startsWith('1f8b')) return bytes
  // What goes wrong comes out of the last of them, too.
  return pipeline(bytes, createGunzip({ chunkSize: pieceBytes }), () => undefined)
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) return message
  if (code === 'ENOENT') return 'there is no such file'
  return code.startsWith('Z_') ? 'is not a whole gzip file' : `can't be read (${code})`
}
