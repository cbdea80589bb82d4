import type { WalletUpdate } from './messages.js'

/** What one worker is to be told with its next update. */
export class Outbox {
  #settledSequences: number[] = []
  #settledAccounts: number[] = []
  #settledNanos: number[] = []
  #voidedSequences: number[] = []
  #grantedAccounts: number[] = []
  #grantedNanos: number[] = []
  #recalledAccounts: number[] = []
  #recalledNanos: number[] = []

  get isEmpty(): boolean {
    return (
      this.#settledSequences.length === 0 &&
      this.#voidedSequences.length === 0 &&
      this.#grantedAccounts.length === 0 &&
      this.#recalledAccounts.length === 0
    )
  }

  settle(sequence: number, account: number, nanos: number): void {
    this.#settledSequences.push(sequence)
    this.#settledAccounts.push(account)
    this.#settledNanos.push(nanos)
  }

  void(sequence: number): void {
    this.#voidedSequences.push(sequence)
  }

  grant(account: number, nanos: number): void {
    this.#grantedAccounts.push(account)
    this.#grantedNanos.push(nanos)
  }

  recall(account: number, nanos: number): void {
    this.#recalledAccounts.push(account)
    this.#recalledNanos.push(nanos)
  }

  /** Everything so far; the outbox is empty then. */
  take(watermarkMs: number): WalletUpdate {
    const update: WalletUpdate = {
      type: 'ledger.update',
      settledSequences: Uint32Array.from(this.#settledSequences),
      settledAccounts: Uint32Array.from(this.#settledAccounts),
      settledNanos: Float64Array.from(this.#settledNanos),
      voidedSequences: Uint32Array.from(this.#voidedSequences),
      grantedAccounts: Uint32Array.from(this.#grantedAccounts),
      grantedNanos: Float64Array.from(this.#grantedNanos),
      recalledAccounts: Uint32Array.from(this.#recalledAccounts),
      recalledNanos: Float64Array.from(this.#recalledNanos),
      watermarkMs,
    }
    this.#settledSequences = []
    this.#settledAccounts = []
    this.#settledNanos = []
    this.#voidedSequences = []
    this.#grantedAccounts = []
    this.#grantedNanos = []
    this.#recalledAccounts = []
    this.#recalledNanos = []
    return update
  }
}
