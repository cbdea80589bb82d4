import { parseArgs } from 'node:util'
import { parseHttpUrl } from './markup.js'
import { type Wire, wires } from './wires.js'

export const corpusUsage = `usage: npm run corpus -- FILE... [options]

Posts bid requests to a running bidder, judges every answer as an exchange would, and prints counts by
status, format and no-bid reason, and every rule that was broken with an example.

  FILE                 requests, one JSON object a line; or records that hold one in "request" or "json"
  --exchange NAME      whose endpoint is used, and whose file in config/exchanges says what was
                       agreed upon                    (demo)
  --url URL            the bidder                     (http://127.0.0.1:8080)
  --admin URL          its operators' port, where no-bid reasons are counted: those of all that
                       it is asked meanwhile          (http://127.0.0.1:8090)
  --secret S           the exchange's secret          (from its file)
  --concurrency N      requests under way at a time   (16)
  --wire json|protobuf what requests and answers are written in (json)
  --explain N          asks why the first N requests without a bid got none (0)
  --json               one JSON object on standard output instead of text
  --help

Exit code: 0 where no rule is broken, 1 where one is, 2 where it could not be tried.`

export interface CorpusCommand {
  readonly files: readonly string[]
  readonly exchange: string
  /** Without the path. */
  readonly url: string
  readonly adminUrl: string
  /** null: as the exchange's file says. */
  readonly secret: string | null
  readonly concurrency: number
  readonly explainCount: number
  readonly wire: Wire
  readonly isJson: boolean
}

export type ParsedCorpusCommand =
  | { readonly kind: 'run'; readonly command: CorpusCommand }
  | { readonly kind: 'help' }
  /** `message`: one line that names the option. */
  | { readonly kind: 'mistake'; readonly message: string }

const optionTypes = {
  exchange: { type: 'string', default: 'demo' },
  url: { type: 'string', default: 'http://127.0.0.1:8080' },
  admin: { type: 'string', default: 'http://127.0.0.1:8090' },
  secret: { type: 'string' },
  concurrency: { type: 'string', default: '16' },
  wire: { type: 'string', default: 'json' },
  explain: { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** A mistake in what the user typed; never leaves this file. */
class Mistake extends Error {}

/** @param args  without the program's own name. */
export function parseCorpusCommand(args: readonly string[]): ParsedCorpusCommand {
  try {
    const parsed = parseArgs({ args: [...args], options: optionTypes, allowPositionals: true })
    const { values, positionals } = parsed
    if (values.help) return { kind: 'help' }
    if (positionals.length === 0) throw new Mistake('FILE: name at least one')
    if (!/^[a-z0-9-]{1,64}$/.test(values.exchange))
      throw new Mistake(
        `--exchange: must be lower-case letters, digits and -, not '${values.exchange}'`,
      )
    if (values.secret !== undefined && !/^[\x21-\x7e]*$/.test(values.secret))
      throw new Mistake('--secret: must be printable ASCII without spaces')
    return {
      kind: 'run',
      command: {
        files: positionals,
        exchange: values.exchange,
        url: httpUrl('url', values.url),
        adminUrl: httpUrl('admin', values.admin),
        secret: values.secret ?? null,
        concurrency: wholeNumber('concurrency', values.concurrency, 1, 1_024),
        explainCount: wholeNumber('explain', values.explain, 0, 10_000),
        wire: wireIn(values.wire),
        isJson: values.json,
      },
    }
  } catch (error) {
    const isMistake = error instanceof Mistake || (error as { code?: string }).code !== undefined
    if (!isMistake) throw error
    // parseArgs explains at length; its first sentence says what is wrong.
    return { kind: 'mistake', message: (error as Error).message.split(/\. |\n/)[0]! }
  }
}

function wireIn(text: string): Wire {
  const wire = wires.find((it) => it === text)
  if (wire === undefined)
    throw new Mistake(`--wire: must be one of ${wires.join(' ')}, not '${text}'`)
  return wire
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new Mistake(`--${name}: must be a whole number from ${min} to ${max}, not '${text}'`)
  return value
}

function httpUrl(name: string, text: string): string {
  if (parseHttpUrl(text) === null)
    throw new Mistake(`--${name}: must be an http or https URL, not '${text}'`)
  return text.replace(/\/+$/, '')
}
