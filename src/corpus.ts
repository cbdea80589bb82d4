import { agreedWith } from './agreed.js'
import { readCorpus } from './simulation/corpus-lines.js'
import { type CorpusCommand, corpusUsage, parseCorpusCommand } from './simulation/corpus-options.js'
import { type CorpusReport, corpusText } from './simulation/corpus-report.js'
import { postCorpus } from './simulation/corpus-run.js'

const exitCodes = { broken: 1, untried: 2 } as const
/** Skipped lines that are named one by one. */
const skippedCountMax = 20

const say = (text: string): boolean => process.stderr.write(`corpus: ${text}\n`)

/**
 * Posts files of bid requests to a running bidder and prints what came of them. What can't be posted is
 * named on standard error.
 *
 * @param args  what follows the command's name.
 */
export async function runCorpus(args: readonly string[]): Promise<void> {
  const parsed = parseCorpusCommand(args)
  if (parsed.kind === 'help') {
    process.stdout.write(`${corpusUsage}\n`)
    return
  }
  let report: CorpusReport | null = null
  if (parsed.kind === 'mistake') say(parsed.message)
  else report = await post(parsed.command)
  if (report === null) {
    process.exitCode = exitCodes.untried
    return
  }
  const isJson = parsed.kind === 'run' && parsed.command.isJson
  process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : corpusText(report))
  if (report.brokenRules.length > 0) process.exitCode = exitCodes.broken
}

/** null where nothing could be posted; why was said. */
async function post(command: CorpusCommand): Promise<CorpusReport | null> {
  const { files, exchange, url, adminUrl, concurrency, explainCount, wire } = command
  const { lines, skipped } = readCorpus(files)
  for (const { where, reason } of skipped.slice(0, skippedCountMax)) say(`${where}: ${reason}`)
  if (skipped.length > skippedCountMax) say(`and ${skipped.length - skippedCountMax} more`)
  if (lines.length === 0) {
    say('no requests to post')
    return null
  }
  const { habits, rates, secret, fault } = agreedWith(exchange, process.env)
  if (fault !== '') say(fault)
  try {
    return await postCorpus(
      {
        url: new URL(`${url}/openrtb2/${exchange}`),
        secret: command.secret ?? secret,
        ...{ exchange, adminUrl, concurrency, explainCount, wire, rates, habits },
      },
      lines,
      skipped.length,
    )
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return null
  }
}
