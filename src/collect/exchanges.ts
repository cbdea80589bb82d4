import { z } from '../base/schema.js'
import { problemOf } from './caller.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { tagged, unmet } from './etag.js'
import { isTooDeep } from './merge-patch.js'
import { pageBy, pageOf, pageQuery } from './paging.js'

/** What was agreed with one exchange, as it is written; `${GROSZ_…}` stands for the environment's. */
type ExchangeSettings = Readonly<Record<string, unknown>>

export interface KeptExchange {
  readonly name: string
  /** `file`: it is shipped with the settings. `api`: it was put here, perhaps in place of such a one. */
  readonly source: 'file' | 'api'
  readonly settings: ExchangeSettings
}

/** Where exchanges are kept; each of its changes reaches the bidders by itself. */
export interface ExchangeBook {
  list(): readonly KeptExchange[]
  get(name: string): KeptExchange | null
  /** Faults as `price.encryptionKey: reason`. */
  check(settings: ExchangeSettings): readonly string[]
  /** Whether no other one is in use: bidders have to have one. */
  isLast(name: string): boolean
  put(name: string, settings: ExchangeSettings): Promise<void>
  remove(name: string): Promise<void>
  /** Work after work: what one looks at is not changed by another. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

/** Stands where there is a secret; put back, it means the one that is there. */
const hidden = '***'
/** By path: what is never shown. */
const secretPaths = [['secret'], ['price', 'encryptionKey'], ['price', 'integrityKey']] as const

const tag = 'exchanges'
const path = '/v1/exchanges/{exchange}'
const access = ['operator'] as const
const namePattern = /^[a-z0-9-]{1,64}$/
const bytesMax = 4_194_304

const settingsSchema = z.record(z.string(), z.unknown()).meta({
  description: 'As a file in config/exchanges, where generic.yaml explains every setting.',
  examples: [
    { name: 'north', currency: 'EUR', seat: 'grosz', secret: '$' + '{GROSZ_NORTH_SECRET}' },
  ],
})
const shownSchema = z.strictObject({
  name: z.string(),
  source: z.enum(['file', 'api']),
  settings: settingsSchema,
})

/** The exchanges that are bid on, an operator's alone. A change is in use within two seconds. */
export function exchangeEndpoints(book: ExchangeBook): Endpoint[] {
  const common = { tag, access, isAboutNoShop: true } as const
  const one = {
    description: 'The exchange, with its ETag; secrets are hidden.',
    schema: shownSchema,
  }
  const conflict = {
    412: { description: 'Somebody has changed it since; the ETag of what is there comes along.' },
    428: { description: 'If-Match is missing.' },
  }
  return [
    {
      ...common,
      method: 'GET',
      path: '/v1/exchanges',
      operationId: 'listExchanges',
      summary: 'Lists the exchanges, by name, also those that are not in use.',
      query: pageQuery,
      body: { kind: 'none' },
      responses: { 200: { description: 'A page of them.', schema: pageOf(shownSchema) } },
      handle: (call) => {
        const { items, next } = pageBy(call, book.list(), ({ name }) => name)
        return tagged(call, { items: items.map(shown), next })
      },
    },
    {
      ...common,
      method: 'GET',
      path,
      operationId: 'getExchange',
      summary: 'Shows an exchange.',
      body: { kind: 'none' },
      responses: { 200: one, 404: { description: 'There is none with this name.' } },
      handle: (call) => {
        const kept = book.get(nameOf(call))
        if (kept === null) return nothingHere
        return withTag(call, kept)
      },
    },
    {
      ...common,
      method: 'PUT',
      path,
      operationId: 'putExchange',
      summary: 'Adds an exchange, or replaces it (with If-Match).',
      description: 'A secret that is put as *** stays as it is.',
      body: { kind: 'json', schema: settingsSchema, bytesMax },
      responses: { 200: one, 201: one, ...conflict },
      handle: (call) => book.inTurn(() => put(book, call)),
    },
    {
      ...common,
      method: 'DELETE',
      path,
      operationId: 'deleteExchange',
      summary:
        'Takes an exchange away (with If-Match). What it wins of the bids that it has is charged.',
      body: { kind: 'none' },
      responses: {
        204: { description: 'It is gone.' },
        409: { description: 'It is the last one in use.' },
        ...conflict,
      },
      handle: (call) => book.inTurn(() => remove(book, call)),
    },
  ]
}

const nothingHere = refusal(404, 'path: there is no such exchange')
const nameOf = (call: Call): string => call.params['exchange'] ?? ''

async function put(book: ExchangeBook, call: Call): Promise<Answer> {
  const name = nameOf(call)
  if (!namePattern.test(name))
    return refusal(400, 'path: a name must be lower-case letters, digits and -')
  if (isTooDeep(call.json)) return refusal(400, 'body: is nested too deeply')
  const before = book.get(name)
  const declined = unmet(call, before)
  if (declined !== null) return declined
  const settings = withSecrets(call.json as ExchangeSettings, before?.settings ?? {})
  const faults = [
    ...(settings['name'] === name ? [] : [`name: must be ${name}, as in the path`]),
    ...('removed' in settings ? ['removed: is not a setting'] : []),
    ...book.check(settings),
  ]
  if (faults.length > 0)
    return refusal(400, 'body: is not as it must be', faults.slice(0, 100).map(problemOf))
  if (settings['enabled'] === false && book.isLast(name)) return last
  await book.put(name, settings)
  return withTag(call, { name, source: 'api', settings }, before === null ? 201 : 200)
}

const last = refusal(409, 'exchange: is the last one in use')

async function remove(book: ExchangeBook, call: Call): Promise<Answer> {
  const name = nameOf(call)
  const before = book.get(name)
  if (before === null) return nothingHere
  const declined = unmet(call, before)
  if (declined !== null) return declined
  if (book.isLast(name)) return last
  await book.remove(name)
  return { status: 204 }
}

/** Its tag is of what is kept, secrets too, and not of what is shown: another secret is another state. */
function withTag(call: Call, kept: KeptExchange, status = 200): Answer {
  const answer = tagged(call, kept, status)
  return answer.body === undefined ? answer : { ...answer, body: shown(kept) }
}

const shown = ({ name, source, settings }: KeptExchange): object => ({
  name,
  source,
  settings: hideSecrets(settings),
})

/** What only names a variable of the environment is no secret. */
const isReference = (text: unknown): boolean =>
  text === '' || (typeof text === 'string' && /^\$\{GROSZ_[A-Z0-9_]+\}$/.test(text))

function hideSecrets(settings: ExchangeSettings): object {
  const copy = structuredClone(settings) as Record<string, unknown>
  for (const [parent, name] of secretsIn(copy))
    if (!isReference(parent[name])) parent[name] = hidden
  return copy
}

function withSecrets(asked: ExchangeSettings, before: ExchangeSettings): ExchangeSettings {
  const copy = structuredClone(asked) as Record<string, unknown>
  const kept = new Map(
    secretsIn(before as Record<string, unknown>).map(([it, name]) => [name, it[name]]),
  )
  for (const [parent, name] of secretsIn(copy))
    if (parent[name] === hidden && kept.has(name)) parent[name] = kept.get(name)
  return copy
}

/** Each secret that is there, as the object that has it and its name in it. */
function secretsIn(
  settings: Record<string, unknown>,
): readonly (readonly [parent: Record<string, unknown>, name: string])[] {
  return secretPaths.flatMap((path) => {
    const parent = path.length === 1 ? settings : settings[path[0]]
    const name = path.at(-1)!
    const isThere = typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
    return isThere ? [[parent as Record<string, unknown>, name] as const] : []
  })
}
