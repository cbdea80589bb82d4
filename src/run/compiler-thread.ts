/**
 * Thread of the supervisor that compiles the catalogue, so that neither it nor any bidder stands
 * still meanwhile. Message in: `CompileRequest`; message out: `CompileResult`.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { compile } from '../catalogue/compile.js'
import { ShopFiles } from '../catalogue/shop-files.js'
import { Signer } from '../edge/signer.js'

export interface CompilerOptions {
  /** Folder of shop files, and folder for what is compiled from them. */
  readonly shopsDir: string
  readonly snapshotsDir: string
  readonly currencies: Readonly<Record<string, number>>
  readonly secret: Uint8Array
}

export interface CompileRequest {
  readonly version: number
}

export interface CompileResult {
  readonly version: number
  /** The snapshot's file, whole and under its final name; '' where compiling failed. */
  readonly path: string
  readonly rowCount: number
  readonly campaigns: readonly CampaignAccount[]
  readonly faults: readonly string[]
}

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

/** Older files stay while a worker may still be reading them. */
const keptCount = 3

if (parentPort !== null) {
  const port = parentPort
  const options = workerData as CompilerOptions
  const shops = new ShopFiles(options.shopsDir, Object.keys(options.currencies))
  const signer = await Signer.open(Buffer.from(options.secret))
  mkdirSync(options.snapshotsDir, { recursive: true })
  port.on('message', ({ version }: CompileRequest) => {
    port.postMessage(run(options, shops, signer, version))
  })
}

function run(
  options: CompilerOptions,
  shopFiles: ShopFiles,
  signer: Signer,
  version: number,
): CompileResult {
  try {
    const { shops, faults } = shopFiles.read()
    const { file, rowCount, campaigns } = compile(shops, {
      version,
      unitValue: options.currencies,
      signTarget: (shopKey, url) => signer.signTarget(shopKey, url),
    })
    const path = join(options.snapshotsDir, `catalogue-${version}.bin`)
    writeFileSync(`${path}.part`, file)
    renameSync(`${path}.part`, path)
    removeOld(options.snapshotsDir)
    return {
      version,
      path,
      rowCount,
      faults,
      campaigns: campaigns.map(({ row, shop, campaign }) => ({
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
    return { version, path: '', rowCount: 0, campaigns: [], faults: [fault] }
  }
}

const nanos = (amount: number | undefined): bigint | null =>
  amount === undefined ? null : BigInt(Math.round(amount * 1e9))

function removeOld(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.startsWith('catalogue-'))
  const versionOf = (name: string): number => Number(/\d+/.exec(name)?.[0])
  names.sort((a, b) => versionOf(b) - versionOf(a))
  for (const name of names.slice(keptCount)) rmSync(join(folder, name))
}
