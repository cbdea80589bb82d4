import { createHash } from 'node:crypto'
import { docsPage } from './docs-page.js'
import type { Endpoint } from './endpoint.js'
import { openApiOf } from './openapi.js'

/**
 * The API's description, for programs and for people.
 *
 * @param others the endpoints that it describes, besides its own two.
 */
export function openApiEndpoints(others: readonly Endpoint[], version: string): Endpoint[] {
  const common = {
    method: 'GET',
    tag: 'description',
    access: 'public',
    isAboutNoShop: true,
    body: { kind: 'none' },
  } as const
  const own: Endpoint[] = [
    {
      ...common,
      path: '/openapi.json',
      operationId: 'getOpenApi',
      summary: 'This description, in OpenAPI 3.1.',
      responses: { 200: { description: 'The document.' } },
      handle: (call) => {
        const isKnown = call.header('if-none-match') === etag
        const headers = { ETag: etag, 'Content-Type': 'application/json' }
        return isKnown ? { status: 304, headers } : { status: 200, headers, body: text }
      },
    },
    {
      ...common,
      path: '/docs',
      operationId: 'getDocs',
      summary: 'The same, for people.',
      responses: { 200: { description: 'A page.' } },
      handle: () => ({
        status: 200,
        body: page,
        headers: {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
        },
      }),
    },
  ]
  const document = openApiOf([...others, ...own], version)
  const text = `${JSON.stringify(document, null, 1)}\n`
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  const page = docsPage([...others, ...own], version)
  return own
}
