import { agreedWith } from './agreed.js'
import { type CommandLine, parseCommandLine, usage } from './simulation/options.js'
import type { ExchangeReport } from './simulation/report.js'
import { reportText } from './simulation/report-text.js'
import { generatedRequests, requestsOfFile } from './simulation/request-source.js'
import { simulateExchange } from './simulation/run.js'

const exitCodes = { failed: 1, badArguments: 2 } as const

/**
 * The simulated exchange as a program: plays, then prints its report to standard output. Mistakes go to
 * standard error in one line and set the process's exit code.
 *
 * @param args  what follows the command's name.
 */
export async function runExchange(args: readonly string[]): Promise<void> {
  const parsed = parseCommandLine(args)
  if (parsed.kind === 'help') {
    process.stdout.write(`${usage}\n`)
  } else if (parsed.kind === 'mistake') {
    process.stderr.write(`exchange: ${parsed.message}\n`)
    process.exitCode = exitCodes.badArguments
  } else {
    try {
      const report = await play(parsed.options)
      const { isJson } = parsed.options
      process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : reportText(report))
    } catch (error) {
      process.stderr.write(`exchange: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = exitCodes.failed
    }
  }
}

async function play(options: CommandLine): Promise<ExchangeReport> {
  const requests =
    options.requestFile === null ? generatedRequests(options) : requestsOfFile(options.requestFile)
  const stop = new AbortController()
  // The first Ctrl-C ends the sending, and the report is of what was sent; the second ends all.
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  // What our bids are judged by, where the bidder's endpoint is one of ours.
  const name = /^\/openrtb2\/([^/]+)/.exec(options.url.pathname)?.[1] ?? ''
  const { habits, secret } = agreedWith(name, process.env)
  return simulateExchange({ secret, ...options, habits, signal: stop.signal }, requests)
}
