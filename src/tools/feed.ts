import { createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { Transform } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { RunningImport } from '../catalogue/feed-imports.js'
import type { FeedReport } from '../catalogue/feed-report.js'
import { ApiClient, ApiFailure } from './api-client.js'
import { type FeedState, feedText, type HeldDecision } from './feed-text.js'

export const feedUsage = `usage: grosz feed <shop> <file | url | ->   replaces a shop's catalogue by a feed
       grosz feed <shop> --accept              takes over the feed that was held back
       grosz feed <shop> --discard             forgets it
       grosz feed <shop>                       what became of the last feeds

  --force     takes the feed over even if it leaves less than half of the catalogue
  --json      one JSON line on standard output instead of text

Asks the running collector (GROSZ_COLLECTOR_URL, else host and port of the settings) with the key in
GROSZ_KEY, else the operator's in the data folder. A URL is fetched by the collector.
Exit code: 0 where the feed was taken, 1 where it is held back or broken, 2 where it could not be tried.`

/** Between two looks at a feed that the collector fetches. */
const pollMs = 500
/** Between two lines of progress. */
const progressMs = 250

/** @param args what follows the command's name. */
export async function runFeed(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      force: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      accept: { type: 'boolean', default: false },
      discard: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [shop, source] = positionals
  if (values.help) {
    process.stdout.write(`${feedUsage}\n`)
    return
  }
  const isDecision = values.accept || values.discard
  if (shop === undefined || positionals.length > 2 || (isDecision && source !== undefined))
    throw new ApiFailure(feedUsage)
  const client = ApiClient.fromEnvironment()
  const print = (json: object, text: string): void => {
    process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : text)
  }
  if (isDecision) {
    const decision: HeldDecision = values.accept ? 'accepted' : 'discarded'
    const method = values.accept ? 'POST' : 'DELETE'
    await client.ask({ method, path: '/v1/feed/held', query: { shop } })
    print({ held: decision }, feedText.decided(decision))
    return
  }
  if (source === undefined) {
    const { json } = await client.ask({ method: 'GET', path: '/v1/feed', query: { shop } })
    print(json as object, feedText.state(json as FeedState))
    return
  }
  const startMs = performance.now()
  const query = { shop, ...(values.force ? { force: 'true' } : {}) }
  const report = /^https?:\/\//i.test(source)
    ? await fetched(client, query, source)
    : await sent(client, query, source)
  const seconds = Math.round(performance.now() - startMs) / 1_000
  print(
    {
      ...report,
      held: report.outcome === 'held',
      seconds,
      importSeconds: report.seconds,
      clientPeakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
    },
    feedText.report(report, shop),
  )
  if (report.outcome !== 'taken') process.exitCode = 1
}

interface Query extends Readonly<Record<string, string>> {
  readonly shop: string
}

/** A feed that takes long to be fetched is told of while it is under way. */
type Verdict = FeedReport | { readonly running: RunningImport }

/** Sends a file, or what comes on standard input, packed. */
async function sent(client: ApiClient, query: Query, source: string): Promise<FeedReport> {
  const progress = new Progress(source === '-' ? 0 : sizeOf(source))
  const file: Readable = source === '-' ? process.stdin : createReadStream(source)
  const body = file.pipe(progress)
  file.once('error', (error) => body.destroy(error))
  const isPacked = /\.(gz|zip|bz2)$/i.test(source)
  try {
    const answer = await verdict(() =>
      client.ask({
        method: 'PUT',
        path: '/v1/feed',
        query,
        body,
        contentType: 'application/octet-stream',
        gzip: !isPacked,
      }),
    )
    return answer as FeedReport
  } finally {
    say('')
  }
}

/** Lets the collector fetch it, and waits until it has. */
async function fetched(client: ApiClient, query: Query, url: string): Promise<FeedReport> {
  const put = () => client.ask({ method: 'PUT', path: '/v1/feed', query: { ...query, url } })
  const first = await verdict(put)
  if (!('running' in first)) return first
  const { atMs } = first.running
  for (;;) {
    await wait(pollMs)
    const { json } = await client.ask({
      method: 'GET',
      path: '/v1/feed',
      query: { shop: query.shop },
    })
    const { running, reports } = json as FeedState
    if (running?.atMs === atMs) {
      say(`fetching: ${running.rows} rows`)
      continue
    }
    say('')
    const report = reports.find((it) => it.atMs === atMs)
    if (report !== undefined) return report
    throw new ApiFailure('the collector gave the import up; its log says why')
  }
}

/** A broken feed is answered as a failure that has its report. */
async function verdict(ask: () => ReturnType<ApiClient['ask']>): Promise<Verdict> {
  try {
    return (await ask()).json as Verdict
  } catch (error) {
    const body = error instanceof ApiFailure ? (error.body as Partial<FeedReport> | null) : null
    if (body?.outcome === 'broken') return body as FeedReport
    throw error
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    throw new ApiFailure(`${path}: there is no such file`)
  }
}

/** A line on standard error that is written over; '' clears it. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

/** Passes bytes on and says how many. */
class Progress extends Transform {
  readonly #size: number
  #sent = 0
  #nextMs = 0

  /** @param size 0 where it isn't known. */
  constructor(size: number) {
    super()
    this.#size = size
  }

  override _transform(
    chunk: Buffer,
    _encoding: string,
    done: (error: Error | null, chunk: Buffer) => void,
  ): void {
    this.#sent += chunk.length
    const nowMs = performance.now()
    if (nowMs >= this.#nextMs) {
      this.#nextMs = nowMs + progressMs
      const share = this.#size === 0 ? '' : ` (${Math.floor((this.#sent / this.#size) * 100)} %)`
      say(`sending: ${(this.#sent / 1e6).toFixed(1)} MB${share}`)
    }
    done(null, chunk)
  }
}
