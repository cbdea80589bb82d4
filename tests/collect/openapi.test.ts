// Goal: the API's description is one that programs can be made from, has all that there is, and shows
// nothing that would be refused. Method: every endpoint as the collector has them; an OpenAPI validator
// and ajv as the judges; each example through the endpoint's own check.
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { jsonSchemaOf } from '../../src/base/schema.js'
import { readSettings } from '../../src/run/settings.js'
import { shopEndpointsOf } from '../../src/run/shop-endpoints.js'
import { caller } from './calling.js'

// Endpoints say what they are without being called, so that they need nothing to stand on.
const nothing: object = new Proxy(() => {}, { get: () => nothing, apply: () => nothing })
const settings = readSettings({})
if (!settings.ok) throw new Error(settings.faults.join('\n'))
const parts = new Proxy(
  { settings: settings.value },
  {
    get: (target, name) => (name === 'settings' ? target.settings : nothing),
  },
)
const all = shopEndpointsOf(parts as Parameters<typeof shopEndpointsOf>[0])
const call = caller(all)

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>
}
const { body } = await call('GET', '/openapi.json')
const document = body as Document

test('it is valid OpenAPI 3.1, and its references lead somewhere', async () => {
  const validator = new Validator()
  const result = await validator.validate(structuredClone(body) as Record<string, unknown>)
  expect(result.errors ?? []).toEqual([])
  expect(result.valid).toBe(true)
  expect(validator.version).toBe('3.1')
  expect(() => validator.resolveRefs()).not.toThrow()
})

test('every endpoint is in it, under a name of its own', () => {
  expect(all.length).toBeGreaterThan(40)
  for (const { method, path, operationId } of all)
    expect(document.paths[path]?.[method.toLowerCase()]?.operationId).toBe(operationId)
  const ids = all.map(({ operationId }) => operationId)
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
  for (const { path } of all) {
    expect(path).toMatch(/^\/[\w./{}-]+$/)
  }
})

test('every parameter of a path is told of, and each answer has a description', () => {
  for (const [path, operations] of Object.entries(document.paths))
    for (const operation of Object.values(operations) as unknown as {
      parameters: { name: string; in: string }[]
      responses: Record<string, { description: string }>
    }[]) {
      const named = operation.parameters.filter((it) => it.in === 'path').map(({ name }) => name)
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
      for (const { description } of Object.values(operation.responses))
        expect(description.length).toBeGreaterThan(3)
    }
})

const bodies = all.flatMap(({ method, path, body: it }) =>
  it.kind === 'json' ? [{ name: `${method} ${path}`, schema: it.schema }] : [],
)

test.each(bodies)('$name: what is shown would be taken', ({ schema }) => {
  const json = jsonSchemaOf(schema, 'input')
  const examples = (json['examples'] ?? []) as readonly unknown[]
  const validate = addFormats.default(new Ajv2020({ strict: false })).compile(json)
  for (const example of examples) {
    expect(schema.safeParse(example).error?.issues ?? []).toEqual([])
    expect(validate(example) ? [] : validate.errors).toEqual([])
  }
})

test('what makes or replaces something has an example', () => {
  const without = all.filter(
    ({ method, body: it }) =>
      it.kind === 'json' &&
      (method === 'PUT' || method === 'POST') &&
      jsonSchemaOf(it.schema, 'input')['examples'] === undefined,
  )
  expect(without.map(({ operationId }) => operationId)).toEqual([])
})

test('people can read it, and nothing in it runs', async () => {
  const page = await call('GET', '/docs')
  for (const { path } of all) expect(page.body).toContain(path)
  expect(page.body).not.toMatch(
    /<script|https?:\/\/(?!shop\.example|kram\.example)[^"<]*\.(js|css)/,
  )
  expect(page.headers['Content-Security-Policy']).toContain("default-src 'none'")
})
