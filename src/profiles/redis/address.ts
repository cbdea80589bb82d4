/** Which store to use, as one setting says it. */

export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** Where profiles are, when they are in Redis. */
export interface RedisAddress {
  /** One server, a master found through Sentinel, or the masters of a Cluster. */
  readonly kind: 'server' | 'sentinel' | 'cluster'
  /** The server; or some of the sentinels, or of the cluster's nodes, one of which must answer. */
  readonly endpoints: readonly Endpoint[]
  /** What the sentinels call the master; '' elsewhere. */
  readonly master: string
  readonly db: number
  /** '' where there is none, as the others. */
  readonly username: string
  readonly password: string
  /** Sentinels ask for one of their own, or none. */
  readonly sentinelPassword: string
  readonly isEncrypted: boolean
  /** The address without its passwords: what may be logged. */
  readonly shown: string
}

const forms =
  'lmdb, redis://[user:password@]host[:port][/db], rediss://…, ' +
  'redis+sentinel://[user:password@]host[:port],…/master[?db=…&sentinelPassword=…] ' +
  'or redis+cluster://[user:password@]host[:port],…'
/** Credentials with `%40` for `@` and so on, as in any URL. */
const shape =
  /^(rediss?|redis\+sentinel|redis\+cluster):\/\/(?:(.*)@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/
const kinds = {
  redis: 'server',
  rediss: 'server',
  'redis+sentinel': 'sentinel',
  'redis+cluster': 'cluster',
} as const
const endpointsMax = 64

/**
 * @param text the setting `store`.
 * @returns null for `lmdb`.
 * @throws Error that says what is wrong with it, without its passwords.
 */
export function parseStoreAddress(text: string): RedisAddress | null {
  if (text === 'lmdb') return null
  const match = shape.exec(text)
  if (match === null) throw new Error(`must be ${forms}`)
  const [, scheme = '', credentials = '', hosts = '', path = '', query = ''] = match
  const kind = kinds[scheme as keyof typeof kinds]
  const colon = credentials.indexOf(':')
  const parameters = new URLSearchParams(query)
  for (const name of parameters.keys())
    if (kind !== 'sentinel' || (name !== 'db' && name !== 'sentinelPassword'))
      throw new Error(`?${name} is not known here; must be ${forms}`)
  const master = kind === 'sentinel' ? decoded(path) : ''
  if (kind === 'sentinel' && master === '')
    throw new Error('must end in /<name of the master>, as the sentinels call it')
  if (kind === 'cluster' && path !== '') throw new Error('a cluster has no databases: no /…')
  return {
    kind,
    endpoints: endpointsOf(hosts, kind),
    master,
    db: dbOf(kind === 'server' ? path : (parameters.get('db') ?? '')),
    username: decoded(colon < 0 ? '' : credentials.slice(0, colon)),
    password: decoded(credentials.slice(colon + 1)),
    sentinelPassword: parameters.get('sentinelPassword') ?? '',
    isEncrypted: scheme === 'rediss',
    shown: `${scheme}://${hosts}${path === '' ? '' : `/${path}`}`,
  }
}

function endpointsOf(hosts: string, kind: RedisAddress['kind']): Endpoint[] {
  const endpoints = hosts.split(',').map((text) => {
    const parts = /^(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(text)
    const port = Number(parts?.[2] ?? (kind === 'sentinel' ? 26_379 : 6_379))
    if (parts === null || port < 1 || port > 65_535)
      // Not shown: it may be a part of a password.
      throw new Error('names something that is no host with a port')
    return { host: parts[1]!.replace(/^\[|\]$/g, ''), port }
  })
  if (kind === 'server' && endpoints.length > 1) throw new Error('names more than one server')
  if (endpoints.length > endpointsMax) throw new Error(`names more than ${endpointsMax} hosts`)
  return endpoints
}

function dbOf(text: string): number {
  if (!/^\d{0,4}$/.test(text)) throw new Error('the database must be a number')
  return Number(text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('has a % that escapes nothing')
  }
}
