import type { CampaignSpend } from '../collect/budgets.js'
import type { FromCollector, SpendAnswer } from './messages.js'

const waitMs = 2_000

/** Asks the ledger, which lives in the supervisor, what campaigns were charged. */
export class SpendQuestions {
  readonly #tell: (message: FromCollector) => void
  readonly #waiting = new Map<
    number,
    (campaigns: ReadonlyMap<string, CampaignSpend> | null) => void
  >()
  #last = 0

  constructor(tell: (message: FromCollector) => void) {
    this.#tell = tell
  }

  /** @returns null where there is no answer in time. */
  ask(shopId: string): Promise<ReadonlyMap<string, CampaignSpend> | null> {
    const question = ++this.#last
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(question, null), waitMs)
      this.#waiting.set(question, (campaigns) => {
        clearTimeout(timer)
        resolve(campaigns)
      })
      this.#tell({ type: 'spend?', question, shopId })
    })
  }

  answered({ question, campaigns }: SpendAnswer): void {
    this.#settle(question, campaigns)
  }

  #settle(question: number, campaigns: ReadonlyMap<string, CampaignSpend> | null): void {
    this.#waiting.get(question)?.(campaigns)
    this.#waiting.delete(question)
  }
}
