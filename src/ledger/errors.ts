/** The disk didn't take what it was to keep; what was decided stands and is written with the next batch. */
export class LedgerStoreError extends Error {
  override readonly name = 'LedgerStoreError'
  constructor(cause: unknown) {
    super(`ledger store: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Another process has opened this store since: two ledgers would spend the same budget twice. */
export class LedgerTakenError extends Error {
  override readonly name = 'LedgerTakenError'
  constructor() {
    super('ledger store: taken over by another process')
  }
}

/** As many notices wait as may: nothing of this one has been counted. */
export class LedgerBusyError extends Error {
  override readonly name = 'LedgerBusyError'
  constructor(waitingCount: number) {
    super(`ledger: ${waitingCount} notices are waiting already`)
  }
}

/** No outcome in time. The notice may have been counted all the same: sent again, it is a duplicate. */
export class LedgerTimeoutError extends Error {
  override readonly name = 'LedgerTimeoutError'
  constructor(waitedMs: number) {
    super(`ledger: no outcome within ${waitedMs} ms`)
  }
}

/** This process is stopping, or has lost the process that keeps the ledger. */
export class LedgerClosedError extends Error {
  override readonly name = 'LedgerClosedError'
  constructor() {
    super('ledger: closed')
  }
}

/** An account's currency can't change once money was posted or leased in it. */
export class LedgerCurrencyError extends Error {
  override readonly name = 'LedgerCurrencyError'
  constructor(account: number, from: string, to: string) {
    super(`ledger: account ${account} is kept in ${from}, can't be in ${to}`)
  }
}
