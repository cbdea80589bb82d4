import type { ByteWriter } from '../base/byte-writer.js'
import { isObject } from './wire.js'

/** Stand in the serialised request where the id and the uid will be; no request holds them. */
const idMark = '\u0001id\u0001'
const uidMark = '\u0001uid\u0001'

/**
 * A bid request serialised once, with a place for an id and, if wanted, one for a known person's
 * uid: writing it costs three copies, not a JSON.stringify.
 */
export class RequestTemplate {
  readonly #pieces: readonly Buffer[]
  readonly #slots: readonly ('id' | 'uid')[]
  readonly #fixedBytes: number

  private constructor(pieces: readonly Buffer[], slots: readonly ('id' | 'uid')[]) {
    this.#pieces = pieces
    this.#slots = slots
    this.#fixedBytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
  }

  /** Bytes that are sent as they are, whatever they hold. */
  static ofBytes(body: Buffer): RequestTemplate {
    return new RequestTemplate([body], [])
  }

  /**
   * @param places.id   the request's own id is replaced by the one given to `write`.
   * @param places.uid  `user.buyeruid` is set to the one given to `write`.
   */
  static of(
    request: object,
    places: { readonly id: boolean; readonly uid: boolean },
  ): RequestTemplate {
    const marked: Record<string, unknown> = { ...request }
    if (places.id) marked['id'] = idMark
    if (places.uid) {
      const user = marked['user']
      marked['user'] = { ...(isObject(user) ? user : {}), buyeruid: uidMark }
    }
    const parts = JSON.stringify(marked).split(/\\u0001(u?id)\\u0001/)
    const pieces = parts.filter((_, i) => i % 2 === 0).map((part) => Buffer.from(part))
    return new RequestTemplate(pieces, parts.filter((_, i) => i % 2 === 1) as ('id' | 'uid')[])
  }

  /**
   * Writes the HTTP request.
   *
   * @param head  request line and headers up to and with `Content-Length: `.
   * @param id, uid  printable ASCII without `"` and `\`; unused where there is no place for them.
   */
  write(output: ByteWriter, head: Buffer, id: string, uid: string): void {
    let length = this.#fixedBytes
    for (const slot of this.#slots) length += slot === 'id' ? id.length : uid.length
    output.bytes(head)
    output.ascii(String(length))
    output.ascii('\r\n\r\n')
    for (let i = 0; i < this.#pieces.length; i++) {
      if (i > 0) output.ascii(this.#slots[i - 1] === 'id' ? id : uid)
      output.bytes(this.#pieces[i]!)
    }
  }
}

/**
 * @param extraHeaders  whole lines, each with its line end.
 * @returns the bytes of a POST's head that `RequestTemplate.write` begins with.
 */
export function postHead(url: URL, extraHeaders = '', contentType = 'application/json'): Buffer {
  return Buffer.from(
    `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: ${contentType}\r\n${extraHeaders}Content-Length: `,
  )
}
