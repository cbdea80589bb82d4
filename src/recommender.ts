/**
 * The recommender: which products people are shown, on shops' pages and in adverts. Started by the supervisor
 * (run/shop-programs), which tells it all it needs; or by itself (`grosz recommender`), beside a running Grosz or
 * without one, and then it serves pages alone.
 */
import { systemClock } from './base/clock.js'
import type { Log } from './base/log.js'
import { openLog } from './base/log.js'
import type { Metrics } from './base/metrics.js'
import { ProcessMetrics } from './base/metrics-process.js'
import type { FromRecommender, RecommenderStart, ToRecommender } from './run/messages.js'
import { makeMetrics } from './run/metrics.js'
import { openRecommendSide, type RecommendSide } from './run/recommender/side.js'

const reportPeriodMs = 1_000

class Recommender {
  readonly #start: RecommenderStart
  readonly #log: Log
  readonly #metrics: Metrics
  #processMetrics: ProcessMetrics | null = null
  #side: RecommendSide | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(start: RecommenderStart) {
    this.#start = start
    this.#log = openLog('recommender', start.settings.logLevel)
    this.#metrics = makeMetrics(start.settings, start.exchanges)
  }

  async listen(): Promise<void> {
    const { settings, port, secret } = this.#start
    this.#side = await openRecommendSide({
      settings,
      port,
      secret: Buffer.from(secret),
      log: this.#log,
      metrics: this.#metrics,
      clock: systemClock,
      sendPicks: (rows) => tell({ type: 'picks', rows }),
    })
    this.#processMetrics = new ProcessMetrics(this.#metrics, 'recommender')
    this.#report()
    this.#timer = setInterval(() => this.#report(), reportPeriodMs)
    tell({ type: 'ready', port: this.#side.port })
  }

  receive(message: ToRecommender): void {
    if (message.type === 'metrics?') this.#report()
    else if (message.type === 'drain') void this.#drain()
  }

  #report(): void {
    this.#processMetrics?.update()
    this.#side?.report()
    tell({ type: 'metrics', snapshot: this.#metrics.snapshot() })
  }

  /** Answers what is under way, writes down what was told of views and clicks, and ends. */
  async #drain(): Promise<void> {
    clearInterval(this.#timer)
    await this.#side?.close()
    tell({ type: 'metrics', snapshot: this.#metrics.snapshot() })
    process.disconnect()
    process.exitCode = 0
    setTimeout(() => process.exit(0), 100)
  }
}

/** A channel that is gone takes nothing: the process is about to end with it. */
function tell(message: FromRecommender): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}

// The terminal sends Ctrl-C to the whole group; the supervisor decides when the recommender stops.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// Without its supervisor it would go on holding the port, unseen.
process.on('disconnect', () => process.exit(0))

let recommender: Recommender | null = null
process.on('message', (message: ToRecommender) => {
  if (message.type !== 'start') {
    recommender?.receive(message)
    return
  }
  recommender = new Recommender(message)
  recommender.listen().catch((error: unknown) => {
    console.error(`recommender: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  })
})
tell({ type: 'hello' })
