import type { RedisClient } from './client.js'

/** Beats without an answer after which a connection counts as dead: one more beat than it was given. */
const missedMax = 2

/**
 * Asks over a connection, all the time, whether the other end is still there, and cuts it where it
 * isn't: TCP alone takes minutes to notice.
 */
export class Heartbeat {
  readonly #client: RedisClient
  readonly #timer: NodeJS.Timeout
  #isWaiting = false
  /** Counted in beats, not time: what came while this process stood still is read between two beats. */
  #missedCount = 0

  /** @param silenceMs that nothing may come back for. */
  constructor(client: RedisClient, silenceMs: number) {
    this.#client = client
    this.#timer = setInterval(() => this.#beat(), silenceMs / missedMax)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    if (this.#isWaiting) {
      if (++this.#missedCount >= missedMax) cut(this.#client)
      return
    }
    this.#isWaiting = true
    this.#missedCount = 0
    const answered = (): void => {
      this.#isWaiting = false
    }
    this.#client.ping().then(answered, answered)
  }
}

/**
 * Ends a connection so that nothing of what was written is still delivered: a write sent again over the
 * next connection must not be followed by its former self.
 */
function cut({ stream }: RedisClient): void {
  try {
    stream.resetAndDestroy()
  } catch {
    // Encrypted connections can't be reset.
    stream.destroy()
  }
}
