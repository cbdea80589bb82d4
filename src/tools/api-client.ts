import { readFileSync } from 'node:fs'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { localHost } from '../run/port.js'
import type { Settings } from '../run/settings.js'
import { readSettings } from '../run/settings.js'

/** An answer's body; longer ones are exports, which `download` is for. */
const answerBytesMax = 64 * 1024 * 1024

type Environment = Readonly<Record<string, string | undefined>>

/** What the API refused, or what stood in the way of asking it. The message is for the person at the keys. */
export class ApiFailure extends Error {
  /** 0 where nothing answered. */
  readonly status: number
  /** The answer's own body; null where there was none, or none in JSON. */
  readonly body: unknown

  constructor(message: string, status = 0, body: unknown = null) {
    super(message)
    this.status = status
    this.body = body
  }
}

export interface ApiRequest {
  readonly method: string
  /** As `/v1/feed`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON; a stream as it comes, under `contentType`. */
  readonly body?: object | Readable
  readonly contentType?: string
  /** Of a stream: packs it on the way. */
  readonly gzip?: boolean
}

export interface ApiAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** The answer's JSON; null where it had no body. */
  readonly json: unknown
}

/** Asks the running collector, as the operator or with a shop's own key. */
export class ApiClient {
  readonly #base: string
  readonly #key: string

  /** @param base where the collector listens, as `http://127.0.0.1:8081`. */
  constructor(base: string, key: string) {
    this.#base = base.replace(/\/+$/, '')
    this.#key = key
  }

  /**
   * The collector of the settings' host and port, or at `GROSZ_COLLECTOR_URL`; with the key in
   * `GROSZ_KEY`, or the operator's own, which lies in the data folder.
   *
   * @throws ApiFailure where there is no key, or settings can't be read.
   */
  static fromEnvironment(env: Environment = process.env): ApiClient {
    const settings = readSettings(env)
    if (!settings.ok) throw new ApiFailure(settings.faults.join('\n'))
    const { host, ports } = settings.value
    const url = env['GROSZ_COLLECTOR_URL'] || `http://${localHost(host)}:${ports.collector}`
    if (!/^https?:\/\/[^/]/.test(url))
      throw new ApiFailure('GROSZ_COLLECTOR_URL: must be an http(s) URL')
    return new ApiClient(url, env['GROSZ_KEY'] || operatorKey(settings.value))
  }

  /** @throws ApiFailure for every answer of 400 and above, with the API's own reason and problems. */
  async ask(request: ApiRequest): Promise<ApiAnswer> {
    const response = await this.#send(request)
    const text = await textOf(response)
    const status = response.statusCode ?? 0
    const json = text === '' ? null : parsed(text)
    if (status >= 400) throw new ApiFailure(failureText(status, json), status, json)
    return { status, headers: response.headers, json }
  }

  /** For answers of any length. @throws ApiFailure as `ask` does. */
  async download(request: ApiRequest): Promise<Readable> {
    const response = await this.#send(request)
    const status = response.statusCode ?? 0
    if (status < 400) return response
    const json = parsed(await textOf(response))
    throw new ApiFailure(failureText(status, json), status, json)
  }

  async #send(request: ApiRequest): Promise<IncomingMessage> {
    const { body } = request
    const url = new URL(this.#base + request.path)
    for (const [name, value] of Object.entries(request.query ?? {}))
      url.searchParams.set(name, value)
    const isStream = body instanceof Readable
    const isPacked = isStream && request.gzip === true
    const headers: Record<string, string> = {
      Authorization: `Bearer ${this.#key}`,
      ...(body === undefined ? {} : { 'Content-Type': request.contentType ?? 'application/json' }),
      ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
      ...request.headers,
    }
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest
    const sending = open(url, { method: request.method, headers })
    const answered = answerTo(sending, this.#base)
    if (!isStream) sending.end(body === undefined ? undefined : JSON.stringify(body))
    else await Promise.race([upload(body, sending, isPacked), answered])
    return answered
  }
}

/** Sends all of it. What fails on the other side shows in the answer, or in there being none. */
async function upload(body: Readable, sending: ClientRequest, isPacked: boolean): Promise<void> {
  let sourceError: Error | null = null
  body.once('error', (error) => {
    sourceError = error
  })
  const sent = isPacked
    ? pipeline(body, createGzip({ level: 1 }), sending)
    : pipeline(body, sending)
  await sent.catch(() => {})
  if (sourceError !== null) throw sourceError as Error
}

function answerTo(sending: ClientRequest, base: string): Promise<IncomingMessage> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve)
    sending.once('error', (error: NodeJS.ErrnoException) => {
      const isThere = error.code !== 'ECONNREFUSED'
      const reason = isThere
        ? error.message || String(error.code)
        : 'is Grosz running? (grosz start)'
      reject(
        new ApiFailure(
          `${isThere ? 'the connection to' : 'nothing answers at'} ${base}: ${reason}`,
        ),
      )
    })
  })
  // Asked for later, when all has been sent; not to be taken for unhandled until then.
  answered.catch(() => {})
  return answered
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    length += (chunk as Buffer).length
    if (length > answerBytesMax) throw new ApiFailure(`the answer is over ${answerBytesMax} bytes`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** The refusal's sentence, and what is wrong where, a line each. */
function failureText(status: number, json: unknown): string {
  const { error, problems } = (typeof json === 'object' && json !== null ? json : {}) as {
    error?: unknown
    problems?: readonly { where?: unknown; reason?: unknown }[]
  }
  const lines = [typeof error === 'string' ? error : `the API answers ${status}`]
  if (Array.isArray(problems))
    for (const { where, reason } of problems) {
      const parts = String(reason).split('\n')
      // What is marked below its line stays below it.
      if (parts.length === 1) lines.push(`  ${where}: ${reason}`)
      else lines.push(`  ${where}:`, ...parts.map((part) => `    ${part}`))
    }
  return lines.join('\n')
}

function operatorKey({ data }: Settings): string {
  const path = join(data, 'operator.key')
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new ApiFailure(
      `no key: set GROSZ_KEY, or run this where ${path} can be read (grosz start makes it)`,
    )
  }
}
