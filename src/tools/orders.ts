/** `grosz orders`: sends a till's or an ERP's file of orders to the running Grosz. */
import { createReadStream } from 'node:fs'
import { parseArgs } from 'node:util'
import { ApiClient } from './api-client.js'

const usage = 'usage: grosz orders <shop> <file> [--json]      (- for standard input)'

/** What `POST /v1/orders` answers (collect/events-schema). */
interface Answer {
  readonly taken: number
  readonly duplicates: number
  readonly nobody: number
  readonly refusedOrders: number
  readonly rows: number
  readonly refusedRows: number
  readonly problemCount: number
  readonly problems: readonly { readonly where: string; readonly reason: string }[]
}

/**
 * CSV, TSV or lines of JSON, however its columns are called. What is wrong is told row by row; with `--json` all
 * of it as one line of JSON instead.
 *
 * @throws ApiFailure for a file that can't be taken at all, Error for wrong arguments or a missing file.
 */
export async function runOrders(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const [shop, path] = positionals
  if (shop === undefined || path === undefined || positionals.length > 2) throw new Error(usage)
  const startMs = performance.now()
  const { json } = await ApiClient.fromEnvironment().ask({
    method: 'POST',
    path: '/v1/orders',
    query: { shop },
    body: path === '-' ? process.stdin : createReadStream(path),
    // A table or lines of JSON: the collector sees which.
    contentType: 'text/plain',
    gzip: true,
  })
  const answer = json as Answer
  const seconds = (performance.now() - startMs) / 1_000
  if (values.json) console.info(JSON.stringify({ shop, ...answer, seconds: round(seconds) }))
  else for (const line of linesOf(answer, seconds)) console.info(line)
}

function linesOf(answer: Answer, seconds: number): string[] {
  const { taken, duplicates, nobody, refusedOrders, rows, refusedRows } = answer
  const lines = [
    `${taken} orders taken of ${rows} rows in ${round(seconds)} s`,
    ...(duplicates > 0 ? [`${duplicates} orders had been taken before`] : []),
    ...(nobody > 0 ? [`${nobody} orders don't say whose they are`] : []),
    ...(refusedOrders > 0 ? [`${refusedOrders} orders refused`] : []),
    ...(refusedRows > 0 ? [`${refusedRows} rows refused or left out`] : []),
    ...answer.problems.map(({ where, reason }) => `  ${where}: ${reason}`),
  ]
  const moreCount = answer.problemCount - answer.problems.length
  return moreCount > 0 ? [...lines, `  … and ${moreCount} more`] : lines
}

const round = (seconds: number): number => Math.round(seconds * 1_000) / 1_000
