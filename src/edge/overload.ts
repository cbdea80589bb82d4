/** What the guard sees of the event loop; tests hold it in their hands. */
export interface LoopView {
  /** Time so far in which the loop waited with nothing to do, in milliseconds. */
  idleMs(): number
  /** Calls back once all that is ready to be read now has been. */
  afterTurn(callback: () => void): void
}

const { nodeTiming } = performance as typeof performance & {
  readonly nodeTiming: { readonly idleTime: number }
}
const eventLoop: LoopView = { idleMs: () => nodeTiming.idleTime, afterTurn: setImmediate }

/** Requests further apart than this are no load; what else was done in between says nothing. */
const quietMs = 250
/**
 * Requests answered in any case once the loop has waited for work: it had caught up, so what looks like
 * their wait is mostly other work (a new catalogue, another process on the core), not a queue.
 */
export const caughtUpCount = 8

/**
 * Says which requests have waited too long for their turn to be worth an answer.
 *
 * Nobody tells when a request came: it waits unseen in its socket. But the loop reads, turn by turn,
 * all sockets that have something, and handles the requests back to back. So:
 *
 *     turn 1 |r r r r r r|turn 2 |r r r r r r r r|      handled
 *            ^ all that is handled in turn 2 came after this instant, or turn 1 had read it
 *
 * The longest that a request of this turn can have waited is thus the time since the turn before
 * began; or, where the loop has waited for work meanwhile, since it stopped waiting, because then
 * nothing was left. As long as that is over the limit, requests are to be shed. Shedding is cheap, so the
 * turn ends soon and the next one's requests have waited less: whatever the load, those that are
 * answered waited no longer than the limit (but for a few after the loop had caught up), and the processor
 * is never without work.
 *
 * That the loop has waited is seen from its idle time, which costs 0.03 µs to read. The end of a turn
 * without that is only watched for, with a callback each turn, while there is something of a queue.
 */
export class OverloadGuard {
  readonly #shedAfterMs: number
  readonly #loop: LoopView
  #idleMs = 0
  #seenMs = Number.NEGATIVE_INFINITY
  #turnStartMs = 0
  /** None of this turn's requests came before. */
  #oldestMs = 0
  #isWatching = false
  #turnHasEnded = false
  #freeCount = caughtUpCount
  readonly #onTurnEnd = (): void => {
    this.#isWatching = false
    this.#turnHasEnded = true
  }

  /** @param shedAfterMs longest wait of a request that is answered; 0 sheds none. */
  constructor(shedAfterMs: number, loop: LoopView = eventLoop) {
    this.#shedAfterMs = shedAfterMs
    this.#loop = loop
    this.#idleMs = loop.idleMs()
  }

  /** To be asked once for each request, as it is handed over. */
  shouldShed(nowMs: number): boolean {
    if (this.#shedAfterMs === 0) return false
    const idleMs = this.#loop.idleMs()
    if (idleMs !== this.#idleMs) {
      const sinceMs = nowMs - this.#seenMs
      // Whatever kept the loop busy besides requests (a new catalogue, a collection) was in their way.
      const busyMs = sinceMs > quietMs ? 0 : Math.max(0, sinceMs - (idleMs - this.#idleMs))
      this.#oldestMs = nowMs - busyMs
      this.#idleMs = idleMs
      this.#freeCount = caughtUpCount
      this.#turnStartMs = nowMs
      this.#turnHasEnded = false
    } else if (this.#turnHasEnded) {
      this.#oldestMs = this.#turnStartMs
      this.#turnStartMs = nowMs
      this.#turnHasEnded = false
    }
    this.#seenMs = nowMs
    const waitedMs = nowMs - this.#oldestMs
    if (waitedMs * 8 > this.#shedAfterMs && !this.#isWatching) {
      this.#isWatching = true
      this.#loop.afterTurn(this.#onTurnEnd)
    }
    if (waitedMs <= this.#shedAfterMs) return false
    return --this.#freeCount < 0
  }
}
