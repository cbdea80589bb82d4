/**
 * Thread of the supervisor that compiles the catalogue, so that neither it nor any bidder stands
 * still meanwhile. Message in: `ToCompiler`; messages out: `FromCompiler`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { ProductRef } from '../catalogue/product-files.js'
import { LmdbProductStore } from '../catalogue/store-lmdb.js'
import { Signer } from '../edge/signer.js'
import { CatalogueBuilder } from './catalogue-builder.js'

/** Between two looks at the store: the longest that a change of price or stock isn't noticed. */
const pollMs = 100

export interface CompilerOptions {
  /** Folder of shop files, and folder for what is compiled from them. */
  readonly shopsDir: string
  readonly snapshotsDir: string
  /** Folder of the store of fed products. */
  readonly productsDir: string
  readonly currencies: Readonly<Record<string, number>>
  readonly secret: Uint8Array
}

export type ToCompiler =
  | { readonly type: 'build'; readonly version: number }
  | { readonly type: 'close' }

export interface CompileResult {
  readonly type: 'built'
  readonly version: number
  /** The snapshot's file, whole and under its final name; '' where compiling failed. */
  readonly path: string
  /** By shop. */
  readonly products: readonly ProductRef[]
  readonly rowCount: number
  readonly campaigns: readonly CampaignAccount[]
  readonly faults: readonly string[]
}

export type FromCompiler =
  | CompileResult
  /** Some products of a table have changed. */
  | { readonly type: 'products'; readonly ref: ProductRef }
  /** There is reason to build again. */
  | { readonly type: 'due' }
  | { readonly type: 'fault'; readonly fault: string }

export interface CampaignAccount {
  readonly row: number
  readonly shopId: string
  readonly campaignId: string
  readonly currency: string
  readonly timeZone: string
  /** Null: no limit. */
  readonly totalNanos: bigint | null
  readonly dailyNanos: bigint | null
}

if (parentPort !== null) {
  const port = parentPort
  const tell = (message: FromCompiler): void => port.postMessage(message)
  const options = workerData as CompilerOptions
  const signer = await Signer.open(Buffer.from(options.secret))
  const products = await LmdbProductStore.open(options.productsDir, { isWriter: false })
  const builder = new CatalogueBuilder(
    { ...options, products, signTarget: (shopKey, url) => signer.signTarget(shopKey, url) },
    {
      onProducts: (ref) => tell({ type: 'products', ref }),
      onDue: () => tell({ type: 'due' }),
      onFault: (fault) => tell({ type: 'fault', fault }),
    },
  )
  const poll = setInterval(() => builder.poll(), pollMs)
  port.on('message', (message: ToCompiler) => {
    if (message.type === 'build') {
      void run(builder, message.version).then(tell)
      return
    }
    clearInterval(poll)
    void builder
      .idle()
      .then(() => products.close())
      .then(() => process.exit(0))
  })
}

async function run(builder: CatalogueBuilder, version: number): Promise<CompileResult> {
  try {
    const { built, faults } = await builder.build(version)
    return {
      type: 'built',
      ...built,
      faults,
      campaigns: built.campaigns.map(({ row, shop, campaign }) => ({
        row,
        shopId: shop.id,
        campaignId: campaign.id,
        currency: shop.currency,
        timeZone: shop.timeZone,
        totalNanos: nanos(campaign.budget.total),
        dailyNanos: nanos(campaign.budget.daily),
      })),
    }
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const nothing = { path: '', products: [], rowCount: 0, campaigns: [] }
    return { type: 'built', version, ...nothing, faults: [fault] }
  }
}

const nanos = (amount: number | undefined): bigint | null =>
  amount === undefined ? null : BigInt(Math.round(amount * 1e9))
