import { assert } from '../base/assert.js'
import { leaseRowAccounts } from './store.js'

/** The most that one worker may hold of one account, so that its sums stay exact in a Number. */
export const heldNanosMax = 4e15

/**
 * What one incarnation of a worker holds on lease, by account.
 *
 * Once the worker has left, its bids may still be won: the hold stays to cover them until the last of their
 * reservations has expired.
 */
export class Hold {
  readonly incarnation: number
  /** When what is left of it becomes free; null while the worker lives. */
  expiresAtMs: number | null = null
  #nanos = new Float64Array(leaseRowAccounts)

  constructor(incarnation: number) {
    this.incarnation = incarnation
  }

  nanos(account: number): number {
    return this.#nanos[account] ?? 0
  }

  add(account: number, nanos: number): void {
    if (account >= this.#nanos.length) this.#grow(account + 1)
    const sum = this.#nanos[account]! + nanos
    assert(nanos > 0 && sum <= heldNanosMax, 'hold: lease')
    this.#nanos[account] = sum
  }

  take(account: number, nanos: number): void {
    const rest = this.nanos(account) - nanos
    assert(nanos > 0 && rest >= 0, 'hold: more is taken than was held')
    this.#nanos[account] = rest
  }

  /** Accounts of which it holds something. */
  *accounts(): Generator<number> {
    for (let account = 0; account < this.#nanos.length; account++)
      if (this.#nanos[account]! > 0) yield account
  }

  /** A copy of one row as it is stored; null where nothing is held in it. */
  row(row: number): Float64Array | null {
    const start = row * leaseRowAccounts
    const nanos = this.#nanos.slice(start, start + leaseRowAccounts)
    return nanos.some((held) => held > 0) ? nanos : null
  }

  restore(row: number, nanos: Float64Array): void {
    assert(nanos.length === leaseRowAccounts, 'hold: row')
    const start = row * leaseRowAccounts
    if (start + nanos.length > this.#nanos.length) this.#grow(start + nanos.length)
    this.#nanos.set(nanos, start)
  }

  #grow(leastLength: number): void {
    const rows = Math.ceil(Math.max(leastLength, this.#nanos.length * 2) / leaseRowAccounts)
    const grown = new Float64Array(rows * leaseRowAccounts)
    grown.set(this.#nanos)
    this.#nanos = grown
  }
}
