import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { ByteWriter } from '../base/byte-writer.js'
import { AnswerParser, type HttpAnswer, Progress } from './http-answer.js'

/** Where to connect to: taken from a URL by `targetOf`. */
export interface HttpTarget {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
}

export function targetOf(url: URL): HttpTarget {
  const isSecure = url.protocol === 'https:'
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port, isSecure }
}

/** Why a request got no answer: the peer closed, was too slow, or sent what is not HTTP. */
export type FailureReason = 'closed' | 'timed-out' | 'broken'

export interface ConnectionOwner<Job> {
  onConnected(connection: HttpConnection<Job>): void
  /** `answer` and its body are overwritten by the next one. The connection is idle if kept alive. */
  onAnswer(connection: HttpConnection<Job>, answer: HttpAnswer): void
  /** The request that was under way will not be answered; `job` is still set. */
  onFailure(connection: HttpConnection<Job>, reason: FailureReason): void
  onClosed(connection: HttpConnection<Job>, error: Error | null): void
}

const readBytes = 65_536

/**
 * One connection that is kept alive and carries one request at a time, as exchanges use them. Works
 * on the socket's bytes itself: a general HTTP client costs several times as much per request.
 */
export class HttpConnection<Job> {
  /** The request's bytes; filled by the owner before `send`, untouched until the answer came. */
  readonly output = new ByteWriter(4_096)
  /** What the request under way is for. */
  job: Job | null = null
  /** When the request should have been sent, and when it was (`Clock.elapsedMs`). */
  dueMs = 0
  sentMs = 0
  /** Stands in the pool's queue of idle connections. */
  isQueued = false

  readonly #target: HttpTarget
  readonly #owner: ConnectionOwner<Job>
  readonly #parser = new AnswerParser()
  #socket: Socket | null = null
  #isOpen = false
  #isBusy = false

  constructor(target: HttpTarget, owner: ConnectionOwner<Job>) {
    this.#target = target
    this.#owner = owner
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Connected and free for a request. */
  get isIdle(): boolean {
    return this.#isOpen && !this.#isBusy
  }

  connect(): void {
    const { host, port, isSecure } = this.#target
    let error: Error | null = null
    const onBytes = (bytes: Buffer): void => {
      if (this.#socket === socket) this.#onBytes(bytes)
    }
    const onConnect = (): void => {
      socket.setNoDelay(true)
      this.#isOpen = true
      this.#owner.onConnected(this)
    }
    // With `onread` the socket reads into one buffer again and again instead of a new one each time.
    const socket: Socket = isSecure
      ? connectSecure({ host, port, servername: host }, onConnect).on('data', onBytes)
      : connectPlain(
          {
            host,
            port,
            onread: {
              buffer: Buffer.allocUnsafeSlow(readBytes),
              callback: (length, buffer) => {
                onBytes((buffer as Buffer).subarray(0, length))
                return true
              },
            },
          },
          onConnect,
        )
    this.#parser.reset()
    this.#socket = socket
    socket.on('error', (cause) => {
      error = cause
    })
    socket.on('end', () => {
      if (this.#socket !== socket || !this.#isBusy) return
      if (this.#parser.end() === Progress.Complete) this.#finish(Progress.Complete)
      else this.abort('closed')
    })
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#detach()
      this.#owner.onClosed(this, error)
    })
  }

  /** Sends what stands in `output`. Only where `isIdle`. */
  send(job: Job): void {
    this.job = job
    this.#isBusy = true
    this.#socket!.write(this.output.view())
  }

  /** Gives up the request under way, if any, and the connection with it. */
  abort(reason: FailureReason): void {
    const socket = this.#socket
    if (socket === null) return
    this.#isOpen = false
    if (this.#isBusy) {
      this.#isBusy = false
      this.#owner.onFailure(this, reason)
    }
    socket.destroy()
  }

  /** Lets go of the connection without a word to the owner. */
  destroy(): void {
    const socket = this.#socket
    this.#socket = null
    this.#isOpen = false
    this.#isBusy = false
    socket?.destroy()
  }

  #onBytes(bytes: Buffer): void {
    if (!this.#isBusy) {
      // Nothing was asked: whatever this is, the next answer could not be told from it.
      this.abort('broken')
      return
    }
    const progress = this.#parser.push(bytes)
    if (progress !== Progress.Incomplete) this.#finish(progress)
  }

  #finish(progress: Progress): void {
    if (progress !== Progress.Complete) {
      this.abort('broken')
      return
    }
    const answer = this.#parser.answer
    this.#isBusy = false
    if (!answer.keepAlive) this.#isOpen = false
    this.#owner.onAnswer(this, answer)
    if (!answer.keepAlive) this.#socket?.destroy()
  }

  #detach(): void {
    const wasBusy = this.#isBusy
    this.#socket = null
    this.#isOpen = false
    this.#isBusy = false
    if (wasBusy) this.#owner.onFailure(this, 'closed')
  }
}
