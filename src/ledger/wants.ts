import type { LedgerConfig } from './config.js'

/**
 * Which workers wait for money of which account, in the order in which they asked.
 *
 * A request that can't be met is kept here and met when money turns up, so that nobody has to ask again and a
 * budget that is spent costs nothing, however many bid on it.
 */
export class Wants {
  readonly #byAccount = new Map<number, Map<number, number>>()

  /** @param needNanos what the worker lacks for a bid that it would make; 0 where it only runs low. */
  add(account: number, incarnation: number, needNanos: number): void {
    let queue = this.#byAccount.get(account)
    if (queue === undefined) {
      queue = new Map()
      this.#byAccount.set(account, queue)
    }
    queue.set(incarnation, needNanos)
  }

  /** Need by incarnation, first come first; undefined where nobody waits. */
  of(account: number): ReadonlyMap<number, number> | undefined {
    return this.#byAccount.get(account)
  }

  met(account: number, incarnation: number): void {
    const queue = this.#byAccount.get(account)
    queue?.delete(incarnation)
    if (queue?.size === 0) this.#byAccount.delete(account)
  }

  drop(incarnation: number): void {
    for (const account of this.#byAccount.keys()) this.met(account, incarnation)
  }

  accounts(): IterableIterator<number> {
    return this.#byAccount.keys()
  }
}

/**
 * How much of what is free one worker gets: what it needs or its share, whichever is more.
 *
 * The share is a quarter of what would be fair, so that most of a budget stays where any worker can have it
 * and little is out of reach when one dies; near the end the floor takes over and hands out the rest, to all
 * who wait for it.
 * @returns whole nanos, at most what is free; 0 or less where nothing is.
 */
export function grantNanos(
  freeNanos: bigint,
  needNanos: number,
  counts: { readonly workers: number; readonly waiting: number },
  config: Pick<LedgerConfig, 'leaseFloorNanos' | 'leaseMaxNanos'>,
): number {
  const free =
    freeNanos > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(freeNanos)
  const share = Math.min(Math.floor(free / (4 * counts.workers)), config.leaseMaxNanos)
  const floor = Math.min(config.leaseFloorNanos, Math.ceil(free / counts.waiting))
  return Math.min(free, Math.max(needNanos, share, floor))
}
