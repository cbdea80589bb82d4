/** One HTTP/1.1 answer. `body` is a view of a connection's buffer: read it before returning. */
export class HttpAnswer {
  status = 0
  /** Status line and headers as received, without the empty line. */
  head = ''
  body: Buffer = Buffer.alloc(0)
  /** False where the peer will close the connection, or where its framing can't be trusted. */
  keepAlive = true
  /** Bytes that came after the answer's end, or that a 204 or 304 claimed to have as a body. */
  excessBytes = 0

  /** A header's value by its lower-case name; '' where absent. */
  header(name: string): string {
    for (let at = this.head.indexOf('\r\n'); at >= 0; ) {
      const start = at + 2
      at = this.head.indexOf('\r\n', start)
      const line = this.head.slice(start, at < 0 ? undefined : at)
      if (line.charCodeAt(name.length) === 58 && line.slice(0, name.length).toLowerCase() === name)
        return line.slice(name.length + 1).trim()
    }
    return ''
  }
}

export const Progress = { Incomplete: 0, Complete: 1, Broken: 2 } as const
export type Progress = (typeof Progress)[keyof typeof Progress]

const headEnd = Buffer.from('\r\n\r\n')
const emptyBody = Buffer.alloc(0)
const untilClose = -1
const inChunks = -2

/** Longest answer that is taken in; more counts as broken. */
const answerBytesMax = 8 * 1024 * 1024

/**
 * Takes one answer after the other out of a connection's bytes: status, a body of declared length, in
 * chunks or up to the connection's end. Requests are never pipelined, so bytes past an answer's end
 * are a fault of the peer.
 */
export class AnswerParser {
  readonly answer = new HttpAnswer()
  /** What arrived of an answer that is not complete; empty otherwise. */
  #held = Buffer.allocUnsafeSlow(8_192)
  #heldBytes = 0
  #bodyStart = 0
  /** Of the body; `untilClose` or `inChunks` where the head didn't say. Only where `#bodyStart > 0`. */
  #bodyBytes = 0
  #chunkAt = 0
  #chunks: Buffer[] = []

  /** Forgets what it holds, for a new connection. */
  reset(): void {
    this.#heldBytes = 0
    this.#bodyStart = 0
    this.#chunks = []
  }

  /** @param bytes what just arrived; may be overwritten as soon as this returns. */
  push(bytes: Buffer): Progress {
    const data = this.#heldBytes === 0 ? bytes : this.#hold(bytes)
    const progress = this.#read(data)
    if (progress === Progress.Incomplete) {
      if (this.#heldBytes === 0) this.#hold(bytes)
      if (this.#heldBytes > answerBytesMax) return Progress.Broken
    } else {
      this.reset()
    }
    return progress
  }

  /** The peer closed the connection: the end of a body that had no declared length. */
  end(): Progress {
    if (this.#bodyStart === 0 || this.#bodyBytes !== untilClose) return Progress.Broken
    this.answer.body = this.#held.subarray(this.#bodyStart, this.#heldBytes)
    this.reset()
    return Progress.Complete
  }

  #hold(bytes: Buffer): Buffer {
    const length = this.#heldBytes + bytes.length
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#held.length * 2))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    bytes.copy(this.#held, this.#heldBytes)
    this.#heldBytes = length
    return this.#held.subarray(0, length)
  }

  #read(data: Buffer): Progress {
    if (this.#bodyStart === 0) {
      const end = data.indexOf(headEnd)
      if (end < 0) return Progress.Incomplete
      if (!this.#readHead(data.toString('latin1', 0, end))) return Progress.Broken
      this.#bodyStart = end + headEnd.length
      this.#chunkAt = this.#bodyStart
    }
    if (this.#bodyBytes === untilClose) return Progress.Incomplete
    if (this.#bodyBytes === inChunks) return this.#readChunks(data)
    const end = this.#bodyStart + this.#bodyBytes
    if (data.length < end) return Progress.Incomplete
    this.answer.body = this.#bodyBytes === 0 ? emptyBody : data.subarray(this.#bodyStart, end)
    this.#endAt(end, data)
    return Progress.Complete
  }

  #readHead(head: string): boolean {
    const answer = this.answer
    if (!head.startsWith('HTTP/1.')) return false
    answer.status = Number(head.slice(9, 12))
    if (!(answer.status >= 200 && answer.status <= 599)) return false
    answer.head = head
    answer.excessBytes = 0
    const connection = answer.header('connection').toLowerCase()
    answer.keepAlive = head[7] === '0' ? connection === 'keep-alive' : connection !== 'close'

    const declared = answer.header('content-length')
    const isChunked = answer.header('transfer-encoding').toLowerCase().endsWith('chunked')
    if (answer.status === 204 || answer.status === 304) {
      this.#bodyBytes = 0
      if (declared === '' || declared === '0') return true
      answer.excessBytes = Number(declared)
      answer.keepAlive = false
      return true
    }
    if (isChunked) this.#bodyBytes = inChunks
    else if (declared === '') this.#bodyBytes = untilClose
    else if (/^\d{1,12}$/.test(declared)) this.#bodyBytes = Number(declared)
    else return false
    if (this.#bodyBytes === untilClose) answer.keepAlive = false
    return true
  }

  #readChunks(data: Buffer): Progress {
    for (;;) {
      const lineEnd = data.indexOf(10, this.#chunkAt)
      if (lineEnd < 0) return Progress.Incomplete
      const size = /^([0-9a-f]{1,8})(?:;.*)?\r$/i.exec(
        data.toString('latin1', this.#chunkAt, lineEnd),
      )
      if (size === null) return Progress.Broken
      const start = lineEnd + 1
      const bytes = Number.parseInt(size[1]!, 16)
      // The last chunk has no bytes; what may stand between it and the end (trailers) is not used.
      const end = bytes === 0 ? data.indexOf(headEnd, lineEnd - 1) + 2 : start + bytes
      if (end < start || data.length < end + 2) return Progress.Incomplete
      if (bytes === 0) {
        this.answer.body = Buffer.concat(this.#chunks)
        this.#endAt(end + 2, data)
        return Progress.Complete
      }
      this.#chunks.push(Buffer.from(data.subarray(start, end)))
      this.#chunkAt = end + 2
    }
  }

  #endAt(end: number, data: Buffer): void {
    if (data.length === end) return
    this.answer.excessBytes += data.length - end
    this.answer.keepAlive = false
  }
}
