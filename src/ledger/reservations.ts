import { assert } from '../base/assert.js'

/**
 * Seconds that a worker keeps a reservation longer than its notices may settle it, so that the time of issue
 * in a token may be read a moment after the reservation was made.
 */
export const reservationSlackSeconds = 2

/** When a bid's reservation ends, by what its token says: the same for the worker, the edge and the ledger. */
export const reservationExpiresAtMs = (issuedSeconds: number, reservationTtlMs: number): number =>
  issuedSeconds * 1_000 + reservationTtlMs

/**
 * The bids in the air: sequence → account, cost, expiry, in a ring.
 *
 *     oldest                next
 *       │  ended ones         │
 *   ┌───▼──┬─────┬─────┬──────▼────┐
 *   │ live │  0  │ live │  …   free │      slot = sequence & mask
 *   └──────┴─────┴─────┴───────────┘
 *
 * All reservations live equally long, so they expire in the order in which they were made. A slot whose cost
 * is 0 has ended. Grows by doubling; otherwise allocates nothing. `find` understands the low 32 bits of a
 * sequence, which is what tokens carry.
 */
export class Reservations {
  readonly #countMax: number
  #accounts = new Uint32Array(4_096)
  #costs = new Float64Array(4_096)
  #expirySeconds = new Uint32Array(4_096)
  #oldest: number
  #next: number

  /** @param first the first sequence; 1 but for tests of what happens some billions later. */
  constructor(countMax: number, first = 1) {
    this.#countMax = countMax
    this.#oldest = first
    this.#next = first
  }

  /** Slots in use, ended ones in between included. */
  get count(): number {
    return this.#next - this.#oldest
  }

  /** @returns its sequence, from 1 up; or 0 where the table is full. */
  add(account: number, cost: number, expirySeconds: number): number {
    const count = this.#next - this.#oldest
    if (count >= this.#countMax) {
      this.#skipEnded()
      if (this.#next - this.#oldest >= this.#countMax) return 0
    }
    if (count === this.#costs.length) this.#grow()
    const slot = this.#next & (this.#costs.length - 1)
    this.#accounts[slot] = account
    this.#costs[slot] = cost
    this.#expirySeconds[slot] = expirySeconds
    return this.#next++
  }

  /** @returns the slot of a live reservation, for `account`, `cost` and `end`; -1 where it has ended. */
  find(sequence: number): number {
    const full = this.#next - ((this.#next - sequence) >>> 0)
    if (full < this.#oldest || full >= this.#next) return -1
    const slot = full & (this.#costs.length - 1)
    return this.#costs[slot]! > 0 ? slot : -1
  }

  /** The slot of the oldest live reservation that expired at this time or before; -1 where none has. */
  findExpired(nowMs: number): number {
    this.#skipEnded()
    if (this.#oldest === this.#next) return -1
    const slot = this.#oldest & (this.#costs.length - 1)
    return this.#expirySeconds[slot]! * 1_000 <= nowMs ? slot : -1
  }

  account(slot: number): number {
    return this.#accounts[slot]!
  }

  cost(slot: number): number {
    return this.#costs[slot]!
  }

  end(slot: number): void {
    this.#costs[slot] = 0
  }

  #skipEnded(): void {
    const mask = this.#costs.length - 1
    while (this.#oldest < this.#next && this.#costs[this.#oldest & mask] === 0) this.#oldest++
  }

  #grow(): void {
    const length = this.#costs.length * 2
    const accounts = new Uint32Array(length)
    const costs = new Float64Array(length)
    const expirySeconds = new Uint32Array(length)
    for (let sequence = this.#oldest; sequence < this.#next; sequence++) {
      const from = sequence & (this.#costs.length - 1)
      const to = sequence & (length - 1)
      accounts[to] = this.#accounts[from]!
      costs[to] = this.#costs[from]!
      expirySeconds[to] = this.#expirySeconds[from]!
    }
    assert(length <= 2 ** 30, 'reservations: a slot must stay a small integer')
    this.#accounts = accounts
    this.#costs = costs
    this.#expirySeconds = expirySeconds
  }
}
