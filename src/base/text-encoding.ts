/**
 * Bytes of files that people send us, as text: feeds, lists of members, orders of tills.
 *
 * What they say of themselves is a hint; what they are decides. Shops' programs write windows-1250 and
 * call it UTF-8, and the other way round.
 */

export interface DecodedText {
  /** A WHATWG label: `utf-8`, `windows-1250` … */
  readonly encoding: string
  /** Without a byte order mark. What is no text in this encoding is U+FFFD. */
  readonly text: AsyncIterable<string>
}

const sampleBytesMax = 65_536

/**
 * Finds out the encoding from the first 64 KB and decodes from there, piece by piece.
 *
 * In this order: a byte order mark; UTF-8 where the sample has letters that are UTF-8; what an XML
 * declaration or the content type names; UTF-8 where nothing speaks against it; windows-1251 where the
 * letters look Cyrillic, windows-1250 otherwise.
 *
 * @param contentType as in HTTP: `text/csv; charset=iso-8859-2`; '' where nobody said.
 */
export async function decodeText(
  bytes: AsyncIterable<Uint8Array>,
  contentType: string,
): Promise<DecodedText> {
  const source = bytes[Symbol.asyncIterator]()
  const pieces: Uint8Array[] = []
  let length = 0
  while (length < sampleBytesMax) {
    const { done, value } = await source.next()
    if (done === true) break
    pieces.push(value)
    length += value.length
  }
  const sample = Buffer.concat(pieces)
  const encoding = encodingOf(sample.subarray(0, sampleBytesMax), contentType)
  return { encoding, text: decode(encoding, sample, source) }
}

async function* decode(
  encoding: string,
  sample: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding)
  try {
    yield decoder.decode(sample, { stream: true })
    for (;;) {
      const { done, value } = await source.next()
      if (done === true) break
      yield decoder.decode(value, { stream: true })
    }
    yield decoder.decode()
  } finally {
    await source.return?.()
  }
}

function encodingOf(sample: Buffer, contentType: string): string {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return 'utf-8'
  // Without a mark, a character of markup or a digit beside a zero byte.
  if (sample[0] === 0 && sample[1] !== 0) return 'utf-16be'
  if (sample[0] !== 0 && sample[1] === 0) return 'utf-16le'
  const { letterCount, brokenCount } = utf8Letters(sample)
  if (letterCount > brokenCount) return 'utf-8'
  const declared = declaredEncoding(sample, contentType)
  if (brokenCount === 0) return declared ?? 'utf-8'
  return declared === null || declared.startsWith('utf-') ? legacyEncoding(sample) : declared
}

/** How many characters past ASCII there are if it is UTF-8, and how many places where it isn't. */
function utf8Letters(sample: Buffer): { letterCount: number; brokenCount: number } {
  // A stream, as the sample may end inside of a character.
  const text = new TextDecoder('utf-8').decode(sample, { stream: true })
  let letterCount = 0
  let brokenCount = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0xfffd) brokenCount++
    else if (code > 0x7f) letterCount++
  }
  return { letterCount, brokenCount }
}

/** null where none is named that we know. */
function declaredEncoding(sample: Buffer, contentType: string): string | null {
  const head = sample.toString('latin1', 0, 200)
  const inXml = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(head)?.[1]
  const inType = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType)?.[1]
  for (const label of [inXml, inType]) {
    if (label === undefined) continue
    try {
      const { encoding } = new TextDecoder(label)
      // It says so in plain ASCII, so it is not that.
      if (!encoding.startsWith('utf-16')) return encoding
    } catch {
      // A label that nobody knows says nothing.
    }
  }
  return null
}

/** Cyrillic words are runs of letters past ASCII, where Latin ones have them here and there. */
function legacyEncoding(sample: Buffer): string {
  let highCount = 0
  let inRunCount = 0
  for (let at = 0; at < sample.length; at++) {
    if (sample[at]! < 0xc0) continue
    highCount++
    if (sample[at - 1]! >= 0xc0 || sample[at + 1]! >= 0xc0) inRunCount++
  }
  return inRunCount * 2 > highCount ? 'windows-1251' : 'windows-1250'
}
