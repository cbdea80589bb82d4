/** The simulated exchange: reads its options, plays, prints the report. */
import { type CommandLine, parseCommandLine, usage } from './simulation/options.js'
import { reportText } from './simulation/report-text.js'
import { generatedRequests, requestsOfFile } from './simulation/request-source.js'
import { runExchange } from './simulation/run.js'

const badArguments = 2

async function main(options: CommandLine): Promise<void> {
  const requests =
    options.requestFile === null ? generatedRequests(options) : requestsOfFile(options.requestFile)
  const stop = new AbortController()
  // The first Ctrl-C ends the sending and reports; the second ends the program.
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const report = await runExchange({ ...options, signal: stop.signal }, requests)
  process.stdout.write(options.isJson ? `${JSON.stringify(report)}\n` : reportText(report))
}

const parsed = parseCommandLine(process.argv.slice(2))
if (parsed.kind === 'help') {
  process.stdout.write(`${usage}\n`)
} else if (parsed.kind === 'mistake') {
  process.stderr.write(`exchange: ${parsed.message}\n`)
  process.exitCode = badArguments
} else {
  main(parsed.options).catch((error: Error) => {
    process.stderr.write(`exchange: ${error.message}\n`)
    process.exitCode = 1
  })
}
