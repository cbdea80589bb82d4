import { type Log, Throttled } from '../base/log.js'

/** Kinds of failures that are told apart; of more, all are begun anew. */
const kindCountMax = 1_000
/** What an error's message begins with says of which kind it is; what follows are places and numbers. */
const kindLength = 40

/** Tells failed requests, each kind once in a while with how many there were: a full disk fails every one. */
export class FailureLog {
  readonly #log: Log
  readonly #told = new Map<string, Throttled>()

  constructor(log: Log) {
    this.#log = log
  }

  /** @param operationId '' where it came to none. */
  tell(error: unknown, operationId: string): void {
    const message = error instanceof Error ? error.message : String(error)
    const kind = `${operationId} ${message.slice(0, kindLength)}`
    if (this.#told.size >= kindCountMax && !this.#told.has(kind)) this.#told.clear()
    const told = this.#told.get(kind) ?? new Throttled()
    this.#told.set(kind, told)
    const held = told.due(performance.now())
    if (held >= 0) this.#log.error({ err: error, operationId, held }, 'api: a request failed')
  }
}
