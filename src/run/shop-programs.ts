import type { Log } from '../base/log.js'
import type { Metrics } from '../base/metrics.js'
import type { MetricsHub } from '../base/metrics-hub.js'
import type { CampaignSpend } from '../collect/budgets.js'
import type { Exchange } from '../edge/exchange.js'
import { forRequests, KeptProcess } from './kept-process.js'
import type {
  CollectorStart,
  FromCollector,
  FromRecommender,
  PicksChosen,
  RecommenderStart,
  SpendAnswer,
} from './messages.js'
import type { Settings } from './settings.js'

export interface ShopProgramsOptions {
  readonly settings: Settings
  readonly ports: { readonly collector: number; readonly recommender: number }
  readonly secret: Buffer
  readonly log: Log
  readonly metrics: Metrics
  readonly hub: MetricsHub
  exchanges(): readonly Exchange[]
  /** Asks the ledger. */
  spendOf(shopId: string): ReadonlyMap<string, CampaignSpend>
  /** One that was not ready is. */
  onReady(): void
}

/** Keeps the programs of the shops' side alive, and carries what they say to each other. */
export class ShopPrograms {
  readonly #options: ShopProgramsOptions
  readonly #collector: KeptProcess<FromCollector>
  readonly #recommender: KeptProcess<FromRecommender>
  readonly #notReady = new Set(['collector', 'recommender'])

  constructor(options: ShopProgramsOptions) {
    this.#options = options
    this.#collector = this.#keepCollector()
    this.#recommender = this.#keepRecommender()
  }

  get unready(): string[] {
    return Array.from(this.#notReady, (name) => `the ${name} is not ready`)
  }

  /** @param key as the hub knows it, `collector-1`. */
  askMetrics(key: string): void {
    const program = key.startsWith('recommender') ? this.#recommender : this.#collector
    program.send({ type: 'metrics?' })
  }

  async stop(timeoutMs: number): Promise<void> {
    // The collector goes last, as it writes down what the recommender has chosen.
    await this.#recommender.stop(timeoutMs)
    await this.#collector.stop(timeoutMs)
  }

  #keepCollector(): KeptProcess<FromCollector> {
    const { settings, ports, secret, exchanges, spendOf, metrics } = this.#options
    const collector: KeptProcess<FromCollector> = this.#keep<FromCollector>({
      name: 'collector',
      restarts: metrics.slots.collectorRestarts,
      start: (): CollectorStart => ({
        type: 'start',
        settings,
        exchanges: exchanges(),
        port: ports.collector,
        secret,
      }),
      onMessage: (message) => {
        if (message.type !== 'spend?') return
        const { question, shopId } = message
        const answer: SpendAnswer = { type: 'spend', question, campaigns: spendOf(shopId) }
        collector.send(answer)
      },
    })
    return collector
  }

  #keepRecommender(): KeptProcess<FromRecommender> {
    const { settings, ports, secret, exchanges, metrics } = this.#options
    return this.#keep<FromRecommender>({
      name: 'recommender',
      nodeOptions: forRequests,
      restarts: metrics.slots.recommenderRestarts,
      start: (): RecommenderStart => ({
        type: 'start',
        settings,
        exchanges: exchanges().map(({ name }) => ({ name })),
        port: ports.recommender,
        secret,
      }),
      onMessage: (message) => {
        if (message.type === 'picks') this.#collector.send(message satisfies PicksChosen)
      },
    })
  }

  #keep<In extends FromCollector | FromRecommender>(options: {
    readonly name: 'collector' | 'recommender'
    readonly nodeOptions?: readonly string[]
    /** The metric that counts them. */
    readonly restarts: number
    readonly start: () => object
    readonly onMessage: (message: In) => void
  }): KeptProcess<In> {
    const { name, nodeOptions = [], restarts, start, onMessage } = options
    const { log, hub, metrics, onReady } = this.#options
    let life = 0
    return new KeptProcess<In>({
      name,
      program: `../${name}.js`,
      nodeOptions,
      log,
      onHello: (tell) => {
        life++
        tell(start())
      },
      onMessage: (message) => {
        if (message.type === 'metrics') hub.receive(`${name}-${life}`, message.snapshot)
        else if (message.type === 'ready') {
          this.#notReady.delete(name)
          onReady()
        } else onMessage(message)
      },
      onEnd: (wasAsked) => {
        hub.ended(`${name}-${life}`)
        this.#notReady.add(name)
        if (!wasAsked) metrics.inc(restarts)
      },
    })
  }
}
