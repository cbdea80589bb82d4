import type { Authority } from './authority.js'
import type { LedgerConfig } from './config.js'
import { LedgerBusyError, LedgerClosedError, LedgerStoreError } from './errors.js'
import type { FromWorker, LedgerPort, NoticeBatch, ToWorker } from './messages.js'
import { OutcomeFault } from './messages.js'
import type { Notice } from './notice.js'
import { noticeOutcomes } from './notice.js'

/** The ledger's end of the channels to its workers. */
export class LedgerService {
  readonly #authority: Authority
  readonly #tickMs: number
  #timer: NodeJS.Timeout | null = null

  constructor(authority: Authority, config: Pick<LedgerConfig, 'tickMs'>) {
    this.#authority = authority
    this.#tickMs = config.tickMs
  }

  /** @param incarnation from the authority's `nextIncarnation`, for this worker alone. */
  join(incarnation: number, port: LedgerPort<FromWorker, ToWorker>): void {
    this.#authority.join(incarnation, (update) => port.send(update))
    port.onMessage((message) => {
      if (message.type === 'ledger.report') this.#authority.report(incarnation, message)
      else this.#notices(message, port)
    })
  }

  /** The worker is gone. Should its channel still deliver, only notices count. */
  leave(incarnation: number): void {
    this.#authority.leave(incarnation)
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#authority.tick(), this.#tickMs)
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #notices(batch: NoticeBatch, port: LedgerPort<FromWorker, ToWorker>): void {
    let ids: number[] = []
    let outcomes: number[] = []
    const answer = (id: number, outcome: number): void => {
      // Notices of one commit come out of it one after the other: they are answered in one message.
      if (ids.length === 0)
        queueMicrotask(() => {
          port.send({
            type: 'ledger.outcomes',
            ids: Float64Array.from(ids),
            outcomes: Uint8Array.from(outcomes),
          })
          ids = []
          outcomes = []
        })
      ids.push(id)
      outcomes.push(outcome)
    }
    for (let i = 0; i < batch.notices.length; i++)
      void this.#outcomeOf(batch.notices[i]!).then((outcome) => answer(batch.firstId + i, outcome))
  }

  async #outcomeOf(notice: Notice): Promise<number> {
    try {
      return noticeOutcomes.indexOf(await this.#authority.notice(notice))
    } catch (error) {
      if (error instanceof LedgerBusyError) return OutcomeFault.Busy
      if (error instanceof LedgerStoreError || error instanceof LedgerClosedError)
        return OutcomeFault.Store
      // A fault of ours: the books may be half changed, and the process is to stop.
      throw error
    }
  }
}
