import type { Clock } from '../base/clock.js'
import type { HttpAnswer } from './http-answer.js'
import { type FailureReason, type HttpConnection, targetOf } from './http-connection.js'
import { HttpPool, type PoolOwner } from './http-pool.js'
import { parseHttpUrl } from './markup.js'

export const noticeKinds = ['win', 'billing', 'loss', 'pixel', 'tracking', 'click'] as const
/**
 * `pixel`, `tracking` and `click` come from the browser, the others from the exchange. `tracking` is what
 * comes after the impression: a video's quarters, what is loaded when somebody clicks.
 */
export type NoticeKind = (typeof noticeKinds)[number]

export interface NoticeCounts {
  fired: number
  /** Answered as they should be. */
  confirmed: number
  /** Were not, after all attempts; `fired - confirmed - failed` are still under way. */
  failed: number
  /** Attempts after the first. */
  repeated: number
  /** The first that failed: why and which; '' where none did. */
  firstFailure: string
}

export interface NoticeOptions {
  readonly connectionCount: number
  readonly answerTimeoutMs: number
  readonly clock: Clock
}

interface Notice {
  readonly kind: NoticeKind
  readonly url: URL
  attemptCount: number
  readonly onDone: (isConfirmed: boolean) => void
}

/** Exchanges repeat what they are paid by, and only where nobody said no. */
const attemptsMax: Readonly<Record<NoticeKind, number>> = {
  win: 3,
  billing: 4,
  loss: 1,
  pixel: 1,
  tracking: 1,
  click: 1,
}
const repeatDelayMs = 300

const isConfirmation = (kind: NoticeKind, answer: HttpAnswer): boolean =>
  kind === 'click'
    ? answer.status === 302 && answer.header('location') !== ''
    : answer.status === 200 || answer.status === 204

/** A bidder that names ever new servers is not followed. */
const originCountMax = 8
const queueLengthMax = 200_000

/** Fires notices, pixels and clicks (GET) and counts what becomes of them. */
export class NoticeSender {
  readonly #options: NoticeOptions
  readonly #queues = new Map<string, NoticeQueue>()
  readonly #counts: Record<NoticeKind, NoticeCounts>
  #outstanding = 0
  #onIdle: (() => void) | null = null

  constructor(options: NoticeOptions) {
    this.#options = options
    this.#counts = Object.fromEntries(
      noticeKinds.map((kind) => [
        kind,
        { fired: 0, confirmed: 0, failed: 0, repeated: 0, firstFailure: '' },
      ]),
    ) as Record<NoticeKind, NoticeCounts>
  }

  get counts(): Readonly<Record<NoticeKind, Readonly<NoticeCounts>>> {
    return this.#counts
  }

  /** @param onDone  called once, with whether the notice was taken. */
  fire(kind: NoticeKind, url: string, onDone: (isConfirmed: boolean) => void = () => {}): void {
    this.#counts[kind].fired++
    this.#outstanding++
    const parsed = parseHttpUrl(url)
    if (parsed === null) {
      this.#fail(
        { kind, url: new URL('http://invalid/'), attemptCount: 1, onDone },
        `no URL: ${url}`,
      )
      return
    }
    this.#send({ kind, url: parsed, attemptCount: 1, onDone })
  }

  /** @returns whether all notices were done with before the time was over. */
  async idle(timeoutMs: number): Promise<boolean> {
    if (this.#outstanding === 0) return true
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#onIdle = null
        resolve(false)
      }, timeoutMs)
      this.#onIdle = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close()
  }

  #send(notice: Notice): void {
    const { origin } = notice.url
    let queue = this.#queues.get(origin)
    if (queue === undefined) {
      if (this.#queues.size === originCountMax) {
        this.#fail(notice, `more than ${originCountMax} notice servers`)
        return
      }
      queue = new NoticeQueue(notice.url, this.#options, {
        onAnswer: (sent, answer) => this.#onAnswer(sent, answer),
        onFailure: (sent, reason) => this.#onFailure(sent, reason),
      })
      this.#queues.set(origin, queue)
    }
    if (!queue.add(notice)) this.#fail(notice, `more than ${queueLengthMax} notices waiting`)
  }

  #onAnswer(notice: Notice, answer: HttpAnswer): void {
    if (isConfirmation(notice.kind, answer)) {
      this.#counts[notice.kind].confirmed++
      this.#done(notice, true)
    } else if (answer.status >= 500) {
      this.#repeatOrFail(notice, String(answer.status))
    } else {
      this.#fail(notice, `${answer.status} ${answer.body.toString('utf8', 0, 200)}`)
    }
  }

  #onFailure(notice: Notice, reason: string): void {
    this.#repeatOrFail(notice, reason)
  }

  #repeatOrFail(notice: Notice, reason: string): void {
    if (notice.attemptCount >= attemptsMax[notice.kind]) {
      this.#fail(notice, reason)
      return
    }
    this.#counts[notice.kind].repeated++
    setTimeout(() => this.#send(notice), repeatDelayMs * notice.attemptCount++)
  }

  #fail(notice: Notice, reason: string): void {
    const counts = this.#counts[notice.kind]
    counts.failed++
    if (counts.firstFailure === '') counts.firstFailure = `${reason} for ${notice.url.href}`
    this.#done(notice, false)
  }

  #done(notice: Notice, isConfirmed: boolean): void {
    notice.onDone(isConfirmed)
    this.#outstanding--
    if (this.#outstanding === 0) this.#onIdle?.()
  }
}

interface QueueOwner {
  onAnswer(notice: Notice, answer: HttpAnswer): void
  onFailure(notice: Notice, reason: string): void
}

/** The notices that wait for a connection to one server. */
class NoticeQueue implements PoolOwner<Notice> {
  readonly #pool: HttpPool<Notice>
  readonly #owner: QueueOwner
  readonly #clock: Clock
  /** First in, first out: those before `#head` are gone. */
  #waiting: Notice[] = []
  #head = 0
  #isUnreachable = false

  constructor(url: URL, options: NoticeOptions, owner: QueueOwner) {
    this.#owner = owner
    this.#clock = options.clock
    this.#pool = new HttpPool(targetOf(url), options, this)
    this.#pool.open().catch((error: Error) => {
      this.#isUnreachable = true
      for (const notice of this.#waiting.slice(this.#head)) owner.onFailure(notice, error.message)
      this.#waiting = []
      this.#head = 0
    })
  }

  /** False where too many are waiting. */
  add(notice: Notice): boolean {
    if (this.#isUnreachable) {
      this.#owner.onFailure(notice, 'server not reachable')
      return true
    }
    if (this.#waiting.length - this.#head >= queueLengthMax) return false
    this.#waiting.push(notice)
    this.onFree()
    return true
  }

  close(): void {
    this.#pool.close()
  }

  onFree(): void {
    while (this.#head < this.#waiting.length) {
      const connection = this.#pool.take()
      if (connection === null) return
      const notice = this.#waiting[this.#head++]!
      if (this.#head > 1_000 && this.#head * 2 > this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#head)
        this.#head = 0
      }
      const { pathname, search, host } = notice.url
      connection.output.reset()
      connection.output.ascii(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      connection.sentMs = this.#clock.elapsedMs()
      connection.send(notice)
    }
  }

  onAnswer(connection: HttpConnection<Notice>, answer: HttpAnswer): void {
    this.#owner.onAnswer(connection.job!, answer)
  }

  onFailure(connection: HttpConnection<Notice>, reason: FailureReason): void {
    this.#owner.onFailure(connection.job!, reason)
  }
}
