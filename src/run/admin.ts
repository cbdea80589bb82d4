import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { metricsContentType } from '../base/metrics-text.js'
import type { Explanation } from '../edge/explain.js'

/** What the operator's port shows; all of it made anew for each request. */
export interface AdminOptions {
  readonly host: string
  readonly port: number
  readonly bodyBytesMax: number
  metrics(): Promise<string>
  /** Why bids can't be made now; empty where they can. */
  unready(): readonly string[]
  /** Spend and budgets by campaign. */
  ledger(): object
  /** A page with every format of a shop, or of the first one; null where it's unknown. */
  gallery(shopId: string | null): Promise<string | null>
  explain(exchange: string, body: Buffer): Explanation | Promise<Explanation>
}

const home = `<!doctype html><html lang="en"><title>Grosz</title>
<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}</style>
<h1>Grosz</h1><ul>
<li><a href="/gallery">Gallery</a>: every banner in every size, native ads, videos, audio spots
<li><a href="/ledger">Ledger</a>: spend and budgets by campaign (JSON)
<li><a href="/metrics">Metrics</a> for Prometheus
<li><a href="/healthz">Health</a>, <a href="/readyz">readiness</a>
<li><code>POST /explain/&lt;exchange&gt;</code> with a bid request: why (not) this bid
</ul></html>`

/** Serves the operator: metrics, health, ledger, gallery, explain. Not to be open to the world. */
export async function openAdmin(options: AdminOptions): Promise<{
  readonly port: number
  close(): Promise<void>
}> {
  const server: Server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error)
      if (response.headersSent) response.destroy()
      else sendJson(response, 500, { error: text })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: AdminOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://admin')
  const exchange = /^\/explain\/([^/]+)$/.exec(url.pathname)?.[1]
  if (exchange !== undefined) {
    if (request.method !== 'POST') {
      sendJson(response, 405, { error: 'method: must be POST' })
      return
    }
    const body = await readBody(request, options.bodyBytesMax)
    if (body === null) {
      sendJson(response, 413, { error: `body: is over ${options.bodyBytesMax} bytes` })
      return
    }
    const explanation = await options.explain(exchange, body)
    sendJson(response, 'error' in explanation ? 400 : 200, explanation)
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendJson(response, 405, { error: 'method: must be GET' })
    return
  }
  switch (url.pathname) {
    case '/':
      send(response, 200, 'text/html; charset=utf-8', home)
      return
    case '/metrics':
      send(response, 200, metricsContentType, await options.metrics())
      return
    case '/healthz':
      send(response, 200, 'text/plain', 'ok\n')
      return
    case '/readyz': {
      const reasons = options.unready()
      if (reasons.length === 0) send(response, 200, 'text/plain', 'ready\n')
      else send(response, 503, 'text/plain', `${reasons.join('\n')}\n`)
      return
    }
    case '/ledger':
      sendJson(response, 200, options.ledger())
      return
    case '/gallery': {
      const page = await options.gallery(url.searchParams.get('shop'))
      if (page === null) sendJson(response, 404, { error: 'shop: is unknown' })
      else send(response, 200, 'text/html; charset=utf-8', page)
      return
    }
    default:
      sendJson(response, 404, { error: 'path: there is nothing here' })
  }
}

/** @returns null where it is longer than allowed. */
async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > bytesMax) return null
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

/** BigInts, which JSON lacks, as decimal text. */
function sendJson(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v), 2)
  send(response, status, 'application/json', `${text}\n`)
}
