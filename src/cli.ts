#!/usr/bin/env node
/** The `grosz` command: `start`, and one sub-command per tool. */
import { parseArgs } from 'node:util'
import { readExchanges } from './run/exchange-files.js'
import { localHost } from './run/port.js'
import { readSettings } from './run/settings.js'

const usage = `usage: grosz <command>

  start                        run everything: bidder, ledger, recommender, operator's pages, demo shops
  recommender                  run the recommender alone, on the data folder of the settings
  explain [--exchange NAME]    why (not) a bid: reads a bid request on standard input, asks the
          [--admin URL]        running Grosz, prints JSON
  exchange --help              a simulated exchange that sends load, runs auctions and fires notices
  corpus --help                posts files of bid requests to the running Grosz and judges the answers

  feed --help                  replaces a shop's catalogue by a feed
  orders SHOP FILE             takes a till's orders, a CSV
  segments --help              sends lists of members, shows segments
  keys --help                  makes, rotates and revokes keys of the API
  shops --help                 takes a shop out as one file, and in
  recommend --help             judges and tunes next products on a file of sessions
  migrate --help               copies the profile store to one of the other kind

Settings: config/default.yaml, GROSZ_CONFIG, and environment variables named there.
`

/** Ends the program with what is wrong, a line each. */
function fail(faults: readonly string[], code = 1): never {
  for (const fault of faults) console.error(`grosz: ${fault}`)
  process.exit(code)
}

async function start(): Promise<void> {
  const settings = readSettings(process.env)
  if (!settings.ok) fail(settings.faults)
  const exchanges = readExchanges(settings.value)
  if (!exchanges.ok) fail(exchanges.faults)
  const { startSupervisor } = await import('./supervisor.js')

  let stop: (code: number) => void = (code) => process.exit(code)
  let isStopping = false
  const stopOnce = (code: number): void => {
    if (isStopping) return
    isStopping = true
    stop(code)
  }
  const running = await startSupervisor(settings.value, exchanges.value, () => stopOnce(1)).catch(
    (error: unknown) => fail([error instanceof Error ? error.message : String(error)]),
  )
  stop = (code) => {
    running.stop().then(
      () => process.exit(code),
      (error: unknown) => fail([error instanceof Error ? error.message : String(error)]),
    )
  }
  process.on('SIGINT', () => stopOnce(0))
  process.on('SIGTERM', () => stopOnce(0))
  const { bidder, collector, recommender, admin, demo } = running.addresses
  console.info(`bidder      ${bidder}/openrtb2/<exchange>  (${settings.value.workers} workers)`)
  console.info(`collector   ${collector}`)
  console.info(`recommender ${recommender}`)
  console.info(`operator    ${admin}`)
  if (demo !== null) console.info(`demo shops  ${demo}`)
}

/** Beside a running Grosz on the same data, or without one: pages are served; picks are left to the supervised one. */
async function recommender(): Promise<void> {
  const settings = readSettings(process.env)
  if (!settings.ok) fail(settings.faults)
  const { serveAlone } = await import('./run/recommender/alone.js')
  await serveAlone(settings.value)
}

async function explain(args: string[]): Promise<void> {
  const settings = readSettings(process.env)
  if (!settings.ok) fail(settings.faults)
  const { host, ports } = settings.value
  const { values } = parseArgs({
    args,
    options: {
      exchange: { type: 'string', default: 'demo' },
      admin: { type: 'string', default: `http://${localHost(host)}:${ports.admin}` },
    },
  })
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  const url = `${values.admin.replace(/\/+$/, '')}/explain/${encodeURIComponent(values.exchange)}`
  const response = await fetch(url, { method: 'POST', body: Buffer.concat(chunks) }).catch(() =>
    fail([`nothing answers at ${values.admin}: is Grosz running? (grosz start)`]),
  )
  process.stdout.write(await response.text())
  if (!response.ok) process.exitCode = 1
}

/** Loaded only where they are asked for. */
const tools = {
  migrate: async (args: string[]) => (await import('./tools/migrate.js')).runMigrate(args),
  feed: async (args: string[]) => (await import('./tools/feed.js')).runFeed(args),
  segments: async (args: string[]) => (await import('./tools/segments.js')).runSegments(args),
  orders: async (args: string[]) => (await import('./tools/orders.js')).runOrders(args),
  keys: async (args: string[]) => (await import('./tools/keys.js')).runKeys(args),
  shops: async (args: string[]) => (await import('./tools/shops.js')).runShops(args),
  recommend: async (args: string[]) => (await import('./tools/recommend.js')).runRecommend(args),
} as const

const [command, ...rest] = process.argv.slice(2)
try {
  if (command === 'start') await start()
  else if (command === 'recommender') await recommender()
  else if (command === 'explain') await explain(rest)
  else if (command === 'exchange') {
    const { runExchange } = await import('./exchange.js')
    await runExchange(rest)
  } else if (command === 'corpus') {
    const { runCorpus } = await import('./corpus.js')
    await runCorpus(rest)
  } else if (command !== undefined && Object.hasOwn(tools, command)) {
    await tools[command as keyof typeof tools](rest)
  } else if (command === undefined || command === '--help' || command === 'help') {
    process.stdout.write(usage)
  } else fail([`${command} is not a command; see grosz --help`], 2)
} catch (error) {
  fail([error instanceof Error ? error.message : String(error)], 2)
}
