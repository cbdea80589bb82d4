// Calls endpoints as the server does, without a socket: the path is matched, query and JSON are checked
// by what the endpoint says of them. Who may call what is the server's to see to, and not looked at here.
import { Readable } from 'node:stream'
import { check } from '../../src/base/schema.js'
import { problemOf, Refused } from '../../src/collect/caller.js'
import type { Answer, Call, Endpoint, KeyInfo, Method } from '../../src/collect/endpoint.js'
import { refusal } from '../../src/collect/endpoint.js'

export interface Called {
  readonly shopId?: string
  readonly key?: KeyInfo | null
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, or for an endpoint that takes bytes or a stream, as it is written. */
  readonly body?: unknown
}

export interface Came {
  readonly status: number
  /** The body, read to its end and parsed where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  readonly body: any
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
}

export const operator: KeyInfo = { id: 'k-operator', shopId: '', role: 'operator' }

/** @param endpoints those that are there. @param usual what calls have where they don't say. */
export function caller(endpoints: readonly Endpoint[], usual: Called = {}) {
  return async (method: Method, path: string, called: Called = {}): Promise<Came> => {
    const { shopId = '', key = operator, query = {}, headers = {}, body } = { ...usual, ...called }
    const found = find(endpoints, method, path)
    if (found === null) throw new Error(`no endpoint for ${method} ${path}`)
    const { endpoint, params } = found
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const bytes = Buffer.from(text ?? '')
    let json: unknown = null
    if (endpoint.query !== undefined) {
      const checked = check(endpoint.query, query, 'query')
      if (!checked.ok) return came(refusal(400, 'query', checked.faults.map(problemOf)))
    }
    if (endpoint.body.kind === 'json') {
      const checked = check(endpoint.body.schema, JSON.parse(bytes.toString() || 'null'), '')
      if (!checked.ok) return came(refusal(400, 'body', checked.faults.map(problemOf)))
      json = checked.value
    }
    const call: Call = {
      shopId,
      key,
      params,
      query,
      header: (name) => headers[name] ?? '',
      json,
      bytes: endpoint.body.kind === 'bytes' ? bytes : Buffer.alloc(0),
      stream: Readable.from(endpoint.body.kind === 'stream' ? [bytes] : []),
      remoteAddress: '127.0.0.1',
    }
    try {
      return await came(await endpoint.handle(call))
    } catch (error) {
      if (error instanceof Refused) return came(error.answer)
      throw error
    }
  }
}

function find(
  endpoints: readonly Endpoint[],
  method: Method,
  path: string,
): { endpoint: Endpoint; params: Record<string, string> } | null {
  // As the server's router: what is written out goes before what has a parameter.
  const sorted = [...endpoints].sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  for (const endpoint of sorted) {
    if (endpoint.method !== method) continue
    const pattern = endpoint.path
      .replace(/[.]/g, '\\.')
      .replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>[^/]+)`)
    const match = new RegExp(`^${pattern}$`).exec(path)
    if (match === null) continue
    const params = Object.entries(match.groups ?? {}).map(([name, value]) => [
      name,
      decodeURIComponent(value),
    ])
    return { endpoint, params: Object.fromEntries(params) as Record<string, string> }
  }
  return null
}

async function came({ status, body, headers = {} }: Answer): Promise<Came> {
  const etag = headers['ETag'] ?? ''
  if (!(body instanceof Readable) && !Buffer.isBuffer(body) && typeof body !== 'string') {
    // Through JSON, as a client would see it; whole numbers past 2^53 as text.
    const json = JSON.stringify(body, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    return { status, headers, etag, body: json === undefined ? null : JSON.parse(json) }
  }
  const chunks: Buffer[] = []
  if (body instanceof Readable) for await (const chunk of body) chunks.push(Buffer.from(chunk))
  else chunks.push(Buffer.from(body))
  const text = Buffer.concat(chunks).toString()
  let json: unknown = text
  try {
    json = JSON.parse(text)
  } catch {
    // Text, then.
  }
  return { status, headers, etag, body: json }
}
