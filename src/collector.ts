/**
 * The collector: what shops tell us, and their API. Started by the supervisor (run/kept-process), which
 * tells it all it needs over the channel between them, and without which it does not live.
 */
import { systemClock } from './base/clock.js'
import type { Log } from './base/log.js'
import { openLog } from './base/log.js'
import type { Metrics } from './base/metrics.js'
import { ProcessMetrics } from './base/metrics-process.js'
import type { Server } from './collect/server.js'
import type { CollectorStart, FromCollector, ToCollector } from './run/messages.js'
import { makeMetrics } from './run/metrics.js'
import { openShopSide, type ShopSide } from './run/shop-side.js'
import { SpendQuestions } from './run/spend-questions.js'

const reportPeriodMs = 1_000

class Collector {
  readonly #start: CollectorStart
  readonly #log: Log
  readonly #metrics: Metrics
  readonly #spend = new SpendQuestions(tell)
  /** Watches from when it listens: until then it keeps nobody waiting. */
  #processMetrics: ProcessMetrics | null = null
  #shopSide: ShopSide | null = null
  #server: Server | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(start: CollectorStart) {
    this.#start = start
    this.#log = openLog('collector', start.settings.logLevel)
    this.#metrics = makeMetrics(start.settings, start.exchanges)
  }

  async listen(): Promise<void> {
    const spendOf = (shopId: string) => this.#spend.ask(shopId)
    this.#shopSide = await openShopSide(this.#start, this.#log, this.#metrics, systemClock, spendOf)
    this.#server = await this.#shopSide.listen()
    this.#processMetrics = new ProcessMetrics(this.#metrics, 'collector')
    this.#reportMetrics()
    this.#timer = setInterval(() => this.#reportMetrics(), reportPeriodMs)
    tell({ type: 'ready', port: this.#server.port })
  }

  receive(message: ToCollector): void {
    switch (message.type) {
      case 'metrics?':
        this.#reportMetrics()
        break
      case 'spend':
        this.#spend.answered(message)
        break
      case 'picks':
        this.#shopSide?.leavePicks(message.rows)
        break
      case 'drain':
        void this.#drain()
        break
      case 'start':
        break
    }
  }

  #reportMetrics(): void {
    this.#processMetrics?.update()
    this.#shopSide?.report()
    this.#tellMetrics()
  }

  #tellMetrics(): void {
    tell({ type: 'metrics', snapshot: this.#metrics.snapshot() })
  }

  /** Answers what is under way, tells bidders what they don't know yet, and ends. */
  async #drain(): Promise<void> {
    clearInterval(this.#timer)
    await this.#server?.close()
    await this.#shopSide?.close()
    this.#tellMetrics()
    process.disconnect()
    process.exitCode = 0
    setTimeout(() => process.exit(0), 100)
  }
}

/** A channel that is gone takes nothing: the process is about to end with it. */
function tell(message: FromCollector): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

// The terminal sends Ctrl-C to the whole group; the supervisor decides when the collector stops.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// Without its supervisor it would go on holding the port, unseen.
process.on('disconnect', () => process.exit(0))

let collector: Collector | null = null
process.on('message', (message: ToCollector) => {
  if (message.type !== 'start') {
    collector?.receive(message)
    return
  }
  collector = new Collector(message)
  collector.listen().catch((error: unknown) => {
    console.error(`collector: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  })
})
tell({ type: 'hello' })
