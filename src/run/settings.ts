import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse as parseYaml } from 'yaml'
import type { Checked } from '../base/schema.js'
import { check, z } from '../base/schema.js'
import { biddingConfigSchema } from '../bidding/config.js'
import { collectConfigSchema, feedsConfigSchema } from '../collect/config.js'
import { ledgerConfigSchema } from '../ledger/config.js'
import { consentConfigSchema } from '../openrtb/consent/config.js'
import { isNetwork } from '../openrtb/networks.js'
import { peopleConfigSchema } from '../people/config.js'
import { profilesConfigSchema } from '../profiles/config.js'
import { parseStoreAddress } from '../profiles/redis/address.js'
import { recommendConfigSchema } from '../recommend/config.js'

const port = z.number().int().min(0).max(65_535)

const settingsSchema = z.strictObject({
  host: z.string().min(1),
  ports: z.strictObject({
    bidder: port,
    collector: port,
    recommender: port,
    admin: port,
    demo: port,
  }),
  /** Where everything that must survive is kept. */
  data: z.string().min(1),
  /** Bidder processes; 0 is one per core. */
  workers: z.number().int().min(0).max(256),
  /** Where exchanges and browsers reach the bidder; '' is the address that it listens on. */
  publicUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
  /**
   * Whose hosts share the cookie by which browsers are recognised, the bidder's and the collector's among
   * them; '' is for both on one host.
   */
  cookieDomain: z.string().regex(/^$|^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, {
    message: 'must be a domain in lower case, like ads.example',
  }),
  /** Files of exchanges, one each. */
  exchangesDir: z.string().min(1),
  /** Puts the demo shops into an empty installation and serves their pages. */
  demo: z.boolean(),
  /** `lmdb`, or the address of a Redis; it may hold a password. */
  store: z.string().superRefine((text, context) => {
    try {
      parseStoreAddress(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  }),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
  bodyBytesMax: z.number().int().min(1_024).max(1_048_576),
  /** How long a body may take after its head. */
  bodyTimeoutMs: z.number().int().min(100).max(60_000),
  /** Bid requests that have waited longer for their turn get a no-bid at once; 0 answers all. */
  shedAfterMs: z.number().int().min(0).max(1_000),
  /** Campaigns whose budgets `/metrics` shows one by one. */
  metricRowsMax: z.number().int().min(0).max(100_000),
  /** Longest wait for open requests and notices when told to stop. */
  drainMs: z.number().int().min(0).max(600_000),
  /** Worth of one unit of each currency in the first one. */
  currencies: z
    .record(z.string().regex(/^[A-Z]{3}$/), z.number().positive())
    .refine((worth) => Object.keys(worth).length > 0, { message: 'must name a currency' }),
  /** Addresses that nothing is bought for, as networks: data centres, say. */
  blockedNetworks: z
    .array(
      z.string().refine(isNetwork, { message: 'must look like 192.0.2.0/24 or 2001:db8::/32' }),
    )
    .max(1_000_000),
  privacy: consentConfigSchema,
  bidding: biddingConfigSchema,
  ledger: ledgerConfigSchema,
  profiles: profilesConfigSchema,
  people: peopleConfigSchema,
  collect: collectConfigSchema,
  feeds: feedsConfigSchema,
  recommend: recommendConfigSchema,
})
const checkedSchema = settingsSchema.refine(
  ({ publicUrl, cookieDomain }) =>
    publicUrl === '' ||
    cookieDomain === '' ||
    `.${new URL(publicUrl).hostname}`.endsWith(`.${cookieDomain}`),
  { path: ['cookieDomain'], message: 'must be the domain, or one above it, of publicUrl' },
)

export type Settings = z.output<typeof settingsSchema>

/** Environment variables and the setting that each stands for. */
const environment: readonly (readonly [name: string, path: readonly string[], isText: boolean])[] =
  [
    ['GROSZ_HOST', ['host'], true],
    ['GROSZ_BIDDER_PORT', ['ports', 'bidder'], false],
    ['GROSZ_COLLECTOR_PORT', ['ports', 'collector'], false],
    ['GROSZ_RECOMMENDER_PORT', ['ports', 'recommender'], false],
    ['GROSZ_ADMIN_PORT', ['ports', 'admin'], false],
    ['GROSZ_DEMO_PORT', ['ports', 'demo'], false],
    ['GROSZ_DATA', ['data'], true],
    ['GROSZ_WORKERS', ['workers'], false],
    ['GROSZ_PUBLIC_URL', ['publicUrl'], true],
    ['GROSZ_COOKIE_DOMAIN', ['cookieDomain'], true],
    ['GROSZ_EXCHANGES', ['exchangesDir'], true],
    ['GROSZ_DEMO', ['demo'], false],
    ['GROSZ_STORE', ['store'], true],
    ['GROSZ_LOG_LEVEL', ['logLevel'], true],
    ['GROSZ_TCF_VENDOR_ID', ['privacy', 'tcfVendorId'], false],
  ]

/** The package's own folder, wherever it runs from. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** Of Grosz, as its package says. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

/**
 * Reads config/default.yaml, then the file that `GROSZ_CONFIG` names, then the environment; later
 * ones win. Relative paths start at the working directory, but `exchangesDir` of the defaults at the
 * package.
 *
 * @returns the settings, or every fault at once.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Checked<Settings> {
  const root = packageRoot()
  const defaults = readYaml(join(root, 'config/default.yaml'))
  if (!defaults.ok) return defaults
  const raw = asObject(defaults.value)
  raw['exchangesDir'] = resolve(root, String(raw['exchangesDir']))
  const overlay = env['GROSZ_CONFIG']
  if (overlay !== undefined && overlay !== '') {
    const given = readYaml(overlay)
    if (!given.ok) return given
    merge(raw, asObject(given.value))
  }
  for (const [name, path, isText] of environment) {
    const value = env[name]
    if (value === undefined || value === '') continue
    const parent = path.length === 1 ? raw : asObject(raw[path[0]!])
    parent[path.at(-1)!] = isText ? value : fromText(value)
  }
  const checked = check(checkedSchema, raw, '')
  if (!checked.ok) return checked
  const { value } = checked
  return {
    ok: true,
    value: {
      ...value,
      data: resolve(value.data),
      publicUrl: value.publicUrl.replace(/\/+$/, ''),
      workers: value.workers === 0 ? availableParallelism() : value.workers,
    },
  }
}

type Raw = Record<string, unknown>

export function readYaml(path: string): Checked<unknown> {
  try {
    return { ok: true, value: parseYaml(readFileSync(path, 'utf8')) as unknown }
  } catch (error) {
    return { ok: false, faults: [`${path}: ${error instanceof Error ? error.message : error}`] }
  }
}

const asObject = (value: unknown): Raw =>
  typeof value === 'object' && value !== null ? (value as Raw) : {}

function merge(into: Raw, from: Raw): void {
  for (const [name, value] of Object.entries(from)) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isObject && typeof into[name] === 'object') merge(asObject(into[name]), value as Raw)
    else into[name] = value
  }
}

/** `8080`, `true`, `off` as they are meant; anything else stays text for the schema to refuse. */
function fromText(text: string): unknown {
  if (/^\d+$/.test(text)) return Number(text)
  if (['true', 'on', 'yes'].includes(text)) return true
  if (['false', 'off', 'no'].includes(text)) return false
  return text
}
