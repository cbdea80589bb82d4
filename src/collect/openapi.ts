/** The API's own description (OpenAPI 3.1), written from what its endpoints say of themselves. */
import { assert } from '../base/assert.js'
import type { JsonSchema, z } from '../base/schema.js'
import { jsonSchemaOf } from '../base/schema.js'
import type { BodyKind, Endpoint } from './endpoint.js'

const refusal = { $ref: '#/components/schemas/Refusal' } as const
const json = (schema: object): object => ({ 'application/json': { schema } })

const refusalSchema = {
  type: 'object',
  description: 'What was wrong, and where: a field, a line or a row.',
  properties: {
    error: { type: 'string' },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        properties: { where: { type: 'string' }, reason: { type: 'string' } },
        required: ['where', 'reason'],
      },
    },
  },
  required: ['error'],
  examples: [
    {
      error: 'body: is not as it must be',
      problems: [{ where: 'budget.daily', reason: 'Too small: expected number to be >=0' }],
    },
  ],
}

const description = `Everything that a shop tells Grosz, and everything that it may ask.

Send a key as \`Authorization: Bearer gz_…\`. A key belongs to one shop and has a role; an operator's
belongs to none and names the shop in the query, as \`?shop=…\`.

What can be changed has an \`ETag\`. Send it back as \`If-Match\` with a change: it is refused with 412 if
somebody was faster, and with 428 if it is missing. \`If-None-Match: *\` makes only what isn't there yet.

Bodies may be compressed (\`Content-Encoding: gzip\`). What is refused is answered with JSON that names
the field, line or row.`

/** @param version of Grosz. */
export function openApiOf(endpoints: readonly Endpoint[], version: string): object {
  const schemas = new SchemaParts()
  const paths: Record<string, Record<string, object>> = {}
  for (const endpoint of endpoints) {
    const { path, method } = endpoint
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(endpoint, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Grosz: the shops’ API', version, description },
    servers: [{ url: '/' }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', bearerFormat: 'gz_<id>_<secret>' },
      },
      schemas: { Refusal: refusalSchema, ...schemas.all },
    },
  }
}

/** Schemas that have a title stand among the components, once each, and are referred to. */
class SchemaParts {
  readonly all: Record<string, JsonSchema> = {}

  /** @param io those of bodies are named apart, as what has a default may be missing there. */
  add(schema: z.ZodType, io: 'input' | 'output'): object {
    return this.#parted(jsonSchemaOf(schema, io), io) as object
  }

  #parted(node: unknown, io: 'input' | 'output'): unknown {
    if (Array.isArray(node)) return node.map((item) => this.#parted(item, io))
    if (typeof node !== 'object' || node === null) return node
    const parted = Object.fromEntries(
      Object.entries(node).map(([name, value]) => [
        name,
        // Examples and defaults are values, and no schemas.
        name === 'examples' || name === 'default' ? value : this.#parted(value, io),
      ]),
    )
    const { title } = parted as { readonly title?: unknown }
    if (typeof title !== 'string') return parted
    const name = io === 'input' ? `${title}Input` : title
    const before = this.all[name]
    assert(
      before === undefined || JSON.stringify(before) === JSON.stringify(parted),
      `two schemas are called ${name}`,
    )
    this.all[name] = parted
    return { $ref: `#/components/schemas/${name}` }
  }
}

function operationOf(endpoint: Endpoint, schemas: SchemaParts): object {
  const { operationId, tag, summary, access, body } = endpoint
  const isPublic = access === 'public'
  const who = isPublic
    ? 'For anybody: no key.'
    : `For keys of these roles: ${[...new Set(['operator', ...access])].join(', ')}.`
  return {
    operationId,
    tags: [tag],
    summary,
    description: [endpoint.description, who].filter((it) => it !== undefined).join('\n\n'),
    ...(isPublic ? { security: [] } : {}),
    parameters: parametersOf(endpoint, schemas),
    ...(body.kind === 'none' ? {} : { requestBody: requestBodyOf(endpoint, body, schemas) }),
    responses: responsesOf(endpoint, schemas),
  }
}

function parametersOf(endpoint: Endpoint, schemas: SchemaParts): object[] {
  const { path, query, responses, method, access, isAboutNoShop = false } = endpoint
  const text = { type: 'string' }
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }))
  const { properties = {}, required = [] } = (
    query === undefined ? {} : schemas.add(query, 'input')
  ) as { readonly properties?: Record<string, object>; readonly required?: readonly string[] }
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
  const ofShop = {
    name: 'shop',
    in: 'query',
    required: access === 'public',
    description: 'The shop’s id; a shop’s own key needn’t say it.',
    schema: text,
  }
  const namesShop = isAboutNoShop || 'shop' in properties
  const header = (name: string, required: boolean, description: string): object => ({
    name,
    in: 'header',
    required,
    description,
    schema: text,
  })
  const ifMatch = header('If-Match', method !== 'PUT', 'The ETag of what is to be changed.')
  const ifNoneMatch = header('If-None-Match', false, '`*` makes only what isn’t there yet.')
  const isConditional = responses[428] !== undefined
  return [
    ...inPath,
    ...inQuery,
    ...(namesShop ? [] : [ofShop]),
    ...(isConditional ? [ifMatch] : []),
    ...(isConditional && method === 'PUT' ? [ifNoneMatch] : []),
  ]
}

function requestBodyOf(
  { method }: Endpoint,
  body: Exclude<BodyKind, { kind: 'none' }>,
  schemas: SchemaParts,
): object {
  const limit = `At most ${body.bytesMax} bytes.`
  if (body.kind === 'json') {
    const schema = schemas.add(body.schema, 'input')
    const types = [
      'application/json',
      ...(method === 'PATCH' ? ['application/merge-patch+json'] : []),
    ]
    const content = Object.fromEntries(types.map((type) => [type, { schema }]))
    return { required: true, description: limit, content }
  }
  const types = body.types.length === 0 ? ['*/*'] : body.types
  return {
    required: true,
    description: limit,
    content: Object.fromEntries(types.map((it) => [it, {}])),
  }
}

function responsesOf(endpoint: Endpoint, schemas: SchemaParts): object {
  const { access, body, query, responses } = endpoint
  const common: Record<number, string> = { 500: 'We failed; it is logged.' }
  if (body.kind !== 'none' || query !== undefined)
    common[400] = 'What was sent is not as it must be.'
  if (access !== 'public') {
    common[401] = 'There is no key, or one that is unknown, expired or revoked.'
    common[403] = 'The key may not do this.'
  }
  if (body.kind !== 'none') {
    common[413] = 'The body is too large.'
    common[415] = 'The body is of a type that is not taken.'
  }
  const all: Record<string, object> = {}
  for (const [status, text] of Object.entries(common))
    all[status] = { description: text, content: json(refusal) }
  const hasTag = responses[428] !== undefined
  for (const [status, { description, schema }] of Object.entries(responses)) {
    const isRefusal = Number(status) >= 400
    const shown =
      schema === undefined ? (isRefusal ? refusal : null) : schemas.add(schema, 'output')
    const headers =
      hasTag && (status === '200' || status === '201')
        ? { headers: { ETag: { schema: { type: 'string' } } } }
        : {}
    all[status] = { description, ...headers, ...(shown === null ? {} : { content: json(shown) }) }
  }
  return all
}
