import { assert } from '../base/assert.js'
import type { CostNanos } from '../base/money.js'
import type { LedgerConfig } from './config.js'
import type { WalletReport, WalletUpdate } from './messages.js'
import { Reservations, reservationSlackSeconds } from './reservations.js'

/** Why nothing was reserved. */
export const NotReserved = {
  /** This worker hasn't that much of the account; more has been asked for. */
  NoFunds: -1,
  /** As many bids are in the air as may be. */
  TableFull: -2,
} as const

/** How urgently an account's money was asked for; it isn't asked for again until some comes. */
const Asked = { No: 0, RunsLow: 1, Lacks: 2 } as const

/**
 * The money that one worker may bid with: what the ledger leased to it, less what its bids have reserved.
 *
 * Synchronous and without I/O: what is to be said to the ledger gathers until `report` is called, what the
 * ledger says comes in through `apply`, in order. A reservation ends in exactly one way: the ledger settles
 * it (the money is gone), the ledger voids it, its time is over, or it is cancelled (the money may be bid
 * again). Only the ledger's clock says that its time is over, so that it never both expires here and is
 * charged there.
 */
export class Wallet {
  readonly #ttlSeconds: number
  readonly #floorNanos: number
  readonly #reservations: Reservations

  // Columns by account. Below 0 where the ledger charged a bid that was cancelled here.
  #available = new Float64Array(256)
  #reserved = new Float64Array(256)
  /** More is asked for when less than this is available. */
  #lowNanos = new Float64Array(256)
  #needNanos = new Float64Array(256)
  #asked = new Uint8Array(256)
  #isListed = new Uint8Array(256)
  /** Set by a bid, cleared by `giveIdle`. */
  #isUsed = new Uint8Array(256)

  /** Accounts to be asked for with the next report, each once. */
  #listed = new Uint32Array(256)
  #listedCount = 0
  #giveAccounts: number[] = []
  #giveNanos: number[] = []
  #isStopping = false
  #isStopToBeSaid = false

  /** Bids not made because the table was full, or money lacking. */
  tableFullCount = 0
  noFundsCount = 0

  constructor(
    config: Pick<LedgerConfig, 'reservationTtlMs' | 'reservationCountMax' | 'leaseFloorNanos'>,
  ) {
    this.#ttlSeconds = config.reservationTtlMs / 1_000
    this.#floorNanos = config.leaseFloorNanos
    this.#reservations = new Reservations(config.reservationCountMax)
  }

  /** What a bid of this account may cost now. */
  available(account: number): number {
    return account < this.#available.length ? this.#available[account]! : 0
  }

  reserved(account: number): number {
    return account < this.#reserved.length ? this.#reserved[account]! : 0
  }

  get reservationCount(): number {
    return this.#reservations.count
  }

  /**
   * Sets a bid's cost aside.
   *
   * Allocates nothing once its columns have grown.
   * @param nowMs when the bid is made; its token must not say a later second (but for the slack).
   * @returns the reservation's sequence, from 1 (a token carries its low 32 bits); or a `NotReserved` code.
   */
  reserve(account: number, cost: CostNanos, nowMs: number): number {
    if (account >= this.#available.length || this.#available[account]! < cost) {
      this.noFundsCount++
      this.want(account, cost)
      return NotReserved.NoFunds
    }
    const expirySeconds = Math.floor(nowMs / 1_000) + this.#ttlSeconds + reservationSlackSeconds
    const sequence = this.#reservations.add(account, cost, expirySeconds)
    if (sequence === 0) {
      this.tableFullCount++
      return NotReserved.TableFull
    }
    const rest = this.#available[account]! - cost
    this.#available[account] = rest
    this.#reserved[account]! += cost
    this.#isUsed[account] = 1
    if (rest < this.#lowNanos[account]! && this.#asked[account] === Asked.No)
      this.#ask(account, Asked.RunsLow, 0)
    return sequence
  }

  /** The bid was never sent: not one byte of it, as the ledger may charge what was. */
  cancel(sequence: number): void {
    const slot = this.#reservations.find(sequence)
    if (slot >= 0) this.#void(slot)
  }

  /** Asks for money to make a bid of this cost: for an account that was passed over for lack of it, or is new. */
  want(account: number, cost: CostNanos): void {
    if (account >= this.#available.length) this.#grow(account + 1)
    const lack = cost - this.#available[account]!
    if (lack > 0 && this.#asked[account] !== Asked.Lacks) this.#ask(account, Asked.Lacks, lack)
  }

  /** What is to be sent to the ledger now; null where there is nothing. */
  report(): WalletReport | null {
    if (this.#isStopping) {
      this.#listedCount = 0
      for (let account = 0; account < this.#available.length; account++)
        this.#give(account, this.#available[account]!)
    }
    const count = this.#listedCount
    if (count === 0 && this.#giveAccounts.length === 0 && !this.#isStopToBeSaid) return null
    this.#isStopToBeSaid = false
    const wantAccounts = this.#listed.slice(0, count)
    const wantNanos = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      wantNanos[i] = this.#needNanos[wantAccounts[i]!]!
      this.#isListed[wantAccounts[i]!] = 0
    }
    this.#listedCount = 0
    const report: WalletReport = {
      type: 'ledger.report',
      wantAccounts,
      wantNanos,
      giveAccounts: Uint32Array.from(this.#giveAccounts),
      giveNanos: Float64Array.from(this.#giveNanos),
      isStopping: this.#isStopping,
    }
    this.#giveAccounts = []
    this.#giveNanos = []
    return report
  }

  /** What the ledger decided. Each update once, in the order in which they were sent. */
  apply(update: WalletUpdate): void {
    for (let i = 0; i < update.settledSequences.length; i++) {
      // Freed and taken at once. Where it had been cancelled here, only taken: the ledger's word counts.
      this.cancel(update.settledSequences[i]!)
      this.#available[update.settledAccounts[i]!]! -= update.settledNanos[i]!
    }
    for (const sequence of update.voidedSequences) this.cancel(sequence)
    for (let i = 0; i < update.grantedAccounts.length; i++)
      this.#grant(update.grantedAccounts[i]!, update.grantedNanos[i]!)
    for (let i = 0; i < update.recalledAccounts.length; i++) {
      const account = update.recalledAccounts[i]!
      const half = Math.ceil(this.available(account) / 2)
      this.#give(account, Math.max(half, update.recalledNanos[i]!))
    }
    // Last: whatever was charged by then has been taken out above.
    for (;;) {
      const slot = this.#reservations.findExpired(update.watermarkMs)
      if (slot < 0) break
      this.#void(slot)
    }
  }

  /** Gives back what no bid has touched since the last call, but for a little to bid with at once. */
  giveIdle(): void {
    for (let account = 0; account < this.#available.length; account++) {
      if (this.#isUsed[account] === 0)
        this.#give(account, this.#available[account]! - this.#floorNanos)
      this.#isUsed[account] = 0
    }
  }

  /** No bids any more: from now on each report gives back everything that isn't reserved. */
  stop(): void {
    this.#isStopping = true
    this.#isStopToBeSaid = true
  }

  #void(slot: number): void {
    const account = this.#reservations.account(slot)
    const cost = this.#reservations.cost(slot)
    this.#reservations.end(slot)
    this.#reserved[account]! -= cost
    this.#available[account]! += cost
    assert(this.#reserved[account]! >= 0, 'wallet: more was freed than reserved')
  }

  #grant(account: number, nanos: number): void {
    if (account >= this.#available.length) this.#grow(account + 1)
    this.#available[account]! += nanos
    this.#lowNanos[account] = this.#available[account]! / 2
    this.#asked[account] = Asked.No
  }

  #give(account: number, mostNanos: number): void {
    const nanos = Math.min(mostNanos, this.available(account))
    if (nanos <= 0) return
    this.#available[account]! -= nanos
    // Or it would ask for the same money again at once.
    this.#lowNanos[account] = Math.min(this.#lowNanos[account]!, this.#available[account]! / 2)
    this.#giveAccounts.push(account)
    this.#giveNanos.push(nanos)
  }

  #ask(account: number, urgency: number, needNanos: number): void {
    this.#asked[account] = urgency
    this.#needNanos[account] = needNanos
    if (this.#isListed[account] === 1) return
    this.#isListed[account] = 1
    this.#listed[this.#listedCount++] = account
  }

  #grow(leastLength: number): void {
    const length = Math.max(leastLength, this.#available.length * 2)
    this.#available = longer(this.#available, length)
    this.#reserved = longer(this.#reserved, length)
    this.#lowNanos = longer(this.#lowNanos, length)
    this.#needNanos = longer(this.#needNanos, length)
    this.#asked = longer(this.#asked, length)
    this.#isListed = longer(this.#isListed, length)
    this.#isUsed = longer(this.#isUsed, length)
    this.#listed = longer(this.#listed, length)
  }
}

type Column = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>

function longer<C extends Column>(column: C, length: number): C {
  // `constructor` is the array's own type, which `C` names.
  const grown = new (column.constructor as new (length: number) => C)(length)
  grown.set(column)
  return grown
}
