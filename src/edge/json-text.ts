import type { ByteWriter } from '../base/byte-writer.js'

const backslash = 0x5c
const letterU = 0x75
/** What a letter after a backslash stands for; 0 for none. */
const escapes = new Uint8Array(128)
for (const [letter, character] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}))
  escapes[letter.charCodeAt(0)] = character.charCodeAt(0)

/** Turns the inside of JSON strings into what they stand for. One buffer is kept. */
export class JsonText {
  #buffer = Buffer.alloc(0)

  /**
   * @param json the inside of a JSON string, well-formed: we wrote it.
   * @returns UTF-8; a view, valid until the next call.
   */
  plain(json: ByteWriter): Buffer {
    const { buffer: source, length } = json
    // Nothing grows: `\u0800`, six bytes, becomes three.
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length * 2)
    const target = this.#buffer
    // A banner's style comes first and has nothing escaped: it is copied as it is.
    const first = source.indexOf(backslash)
    let at = first < 0 || first > length ? length : first
    source.copy(target, 0, 0, at)
    for (let i = at; i < length; i++) {
      const byte = source[i]!
      if (byte !== backslash) {
        target[at++] = byte
        continue
      }
      const letter = source[++i]!
      if (letter !== letterU) {
        target[at++] = escapes[letter]!
        continue
      }
      let code = hex4(source, i + 1)
      i += 4
      // Two surrogates are one character of four bytes; one alone has no UTF-8.
      if (code >= 0xd800 && code < 0xdc00 && i + 6 < length && source[i + 2] === letterU) {
        const low = hex4(source, i + 3)
        if (low >= 0xdc00 && low < 0xe000) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
          i += 6
        }
      }
      at = putUtf8(target, at, code >= 0xd800 && code < 0xe000 ? 0xfffd : code)
    }
    return target.subarray(0, at)
  }
}

function putUtf8(target: Buffer, start: number, code: number): number {
  let at = start
  if (code < 0x80) target[at++] = code
  else if (code < 0x800) {
    target[at++] = 0xc0 | (code >> 6)
    target[at++] = 0x80 | (code & 0x3f)
  } else {
    if (code < 0x10000) target[at++] = 0xe0 | (code >> 12)
    else {
      target[at++] = 0xf0 | (code >> 18)
      target[at++] = 0x80 | ((code >> 12) & 0x3f)
    }
    target[at++] = 0x80 | ((code >> 6) & 0x3f)
    target[at++] = 0x80 | (code & 0x3f)
  }
  return at
}

function hex4(source: Buffer, at: number): number {
  let code = 0
  for (let i = at; i < at + 4; i++) {
    const byte = source[i]!
    code = (code << 4) | (byte < 0x3a ? byte - 0x30 : (byte | 0x20) - 0x57)
  }
  return code
}
