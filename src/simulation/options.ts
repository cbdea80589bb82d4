import { parseArgs } from 'node:util'
import { type CurrencyRates, ratesDefault } from './currencies.js'
import { type Format, formats } from './formats.js'
import { parseHttpUrl } from './markup.js'
import { dealIdsDefault } from './request-generator.js'
import type { RunOptions } from './run.js'
import { type Wire, wires } from './wires.js'

export const usage = `usage: npm run exchange -- [options]

Plays an exchange: sends bid requests to a bidder at a constant rate, auctions what it bids against
simulated competitors at second price, fires notices, loads pixels, clicks, and reports.

  --url URL            the bidder's endpoint        (http://127.0.0.1:8080/openrtb2/demo)
  --admin URL          its operators' port, where spend is compared with the ledger
                                                    (http://127.0.0.1:8090)
  --requests FILE      bid requests, one JSON object a line, sent as they are but for uids;
                       otherwise lifelike ones are made up
  --qps N              requests a second            (100)
  --seconds S          for how long                 (10)
  --connections C      kept alive, one request each at a time (64)
  --competitors K      other bidders in each auction          (3)
  --market-scale F     multiplies what they offer             (1)
  --uids a,b,c         known people, as user.buyeruid (demo-cart,demo-intent,demo-viewer)
  --known-share F      of the requests that come from them    (0.5)
  --click-share F      of the shown ads that are clicked on   (0.01)
  --currency CODE      of made-up requests                    (PLN)
  --formats a,b        what made-up requests offer            (banner,native,video,audio)
  --deals a,b          ids of deals that they offer now and then; '' for none
                                                              (umowa-1,umowa-2,umowa-3)
  --wire json|protobuf what requests and answers are written in (json)
  --secret S           the exchange's secret                  (from its file in config/exchanges)
  --rates CODE=F,...   what one unit of a currency is worth, in any common one
                       (as in config/default.yaml)
  --timeout-ms N       what the exchange allows where tmax doesn't allow less (100)
  --seed N             of requests, people, market and clicks (1)
  --json               one JSON object on standard output instead of text
  --help`

export interface CommandLine extends Omit<RunOptions, 'clock' | 'signal' | 'habits'> {
  /** null: made-up requests. */
  readonly requestFile: string | null
  readonly currency: string
  readonly formats: readonly Format[]
  readonly dealIds: readonly string[]
  readonly isJson: boolean
}

export type ParsedCommandLine =
  | { readonly kind: 'run'; readonly options: CommandLine }
  | { readonly kind: 'help' }
  /** `message`: one line that names the option. */
  | { readonly kind: 'mistake'; readonly message: string }

const optionTypes = {
  url: { type: 'string', default: 'http://127.0.0.1:8080/openrtb2/demo' },
  admin: { type: 'string', default: 'http://127.0.0.1:8090' },
  requests: { type: 'string' },
  qps: { type: 'string', default: '100' },
  seconds: { type: 'string', default: '10' },
  connections: { type: 'string', default: '64' },
  competitors: { type: 'string', default: '3' },
  'market-scale': { type: 'string', default: '1' },
  uids: { type: 'string', default: 'demo-cart,demo-intent,demo-viewer' },
  'known-share': { type: 'string', default: '0.5' },
  'click-share': { type: 'string', default: '0.01' },
  currency: { type: 'string', default: 'PLN' },
  formats: { type: 'string', default: formats.join(',') },
  deals: { type: 'string', default: dealIdsDefault.join(',') },
  wire: { type: 'string', default: 'json' },
  secret: { type: 'string' },
  rates: { type: 'string' },
  'timeout-ms': { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** A mistake in what the user typed; never leaves this file. */
class Mistake extends Error {}

/** @param args  without the program's own name. */
export function parseCommandLine(args: readonly string[]): ParsedCommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: optionTypes })
    if (values.help) return { kind: 'help' }
    const rates = values.rates === undefined ? ratesDefault : ratesIn(values.rates)
    const { url } = httpUrl('url', values.url)
    return {
      kind: 'run',
      options: {
        url,
        adminUrl: httpUrl('admin', values.admin).text,
        requestFile: values.requests ?? null,
        ratePerSecond: number('qps', values.qps, 0.1, 1_000_000),
        seconds: number('seconds', values.seconds, 0.1, 86_400),
        connectionCount: wholeNumber('connections', values.connections, 1, 4_096),
        competitorCount: wholeNumber('competitors', values.competitors, 0, 1_000),
        marketScale: number('market-scale', values['market-scale'], 0, 1_000_000),
        uids: uidsIn(values.uids),
        knownShare: number('known-share', values['known-share'], 0, 1),
        clickShare: number('click-share', values['click-share'], 0, 1),
        currency: currencyIn(values.currency),
        formats: formatsIn(values.formats),
        dealIds: values.deals.split(',').filter((id) => id !== ''),
        wire: wireIn(values.wire),
        ...(values.secret === undefined ? {} : { secret: secretIn(values.secret) }),
        rates,
        timeoutMs: number('timeout-ms', values['timeout-ms'], 1, 60_000),
        seed: wholeNumber('seed', values.seed, 0, 2 ** 32 - 1),
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

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Mistake(`--${name}: must be a number from ${min} to ${max}, not '${text}'`)
  return value
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = number(name, text, min, max)
  if (!Number.isInteger(value)) throw new Mistake(`--${name}: must be a whole number`)
  return value
}

function httpUrl(name: string, text: string): { readonly url: URL; readonly text: string } {
  const url = parseHttpUrl(text)
  if (url === null) throw new Mistake(`--${name}: must be an http or https URL, not '${text}'`)
  return { url, text: text.replace(/\/+$/, '') }
}

/** Uids are spliced into JSON text as they are. */
function uidsIn(text: string): readonly string[] {
  const uids = text.split(',').filter((uid) => uid !== '')
  const odd = uids.find((uid) => !/^[!#-[\]-~]{1,256}$/.test(uid))
  if (odd !== undefined)
    throw new Mistake(`--uids: must be printable ASCII without quotes and \\, not '${odd}'`)
  return uids
}

function currencyIn(text: string): string {
  if (ratesDefault[text] === undefined)
    throw new Mistake(`--currency: must be one of ${Object.keys(ratesDefault).join(' ')}`)
  return text
}

function formatsIn(text: string): readonly Format[] {
  const names = text.split(',')
  const odd = names.find((name) => !(formats as readonly string[]).includes(name))
  if (odd !== undefined)
    throw new Mistake(`--formats: must be of ${formats.join(' ')}, not '${odd}'`)
  return names as Format[]
}

function wireIn(text: string): Wire {
  const wire = wires.find((it) => it === text)
  if (wire === undefined)
    throw new Mistake(`--wire: must be one of ${wires.join(' ')}, not '${text}'`)
  return wire
}

function secretIn(text: string): string {
  if (!/^[\x21-\x7e]*$/.test(text))
    throw new Mistake('--secret: must be printable ASCII without spaces')
  return text
}

function ratesIn(text: string): CurrencyRates {
  const rates: Record<string, number> = {}
  for (const item of text.split(',')) {
    const match = /^([A-Z]{3})=(\d+(?:\.\d+)?)$/.exec(item)
    if (match === null || Number(match[2]) === 0)
      throw new Mistake(`--rates: must be like EUR=4.25,PLN=1, not '${item}'`)
    rates[match[1]!] = Number(match[2])
  }
  return rates
}
