import { z } from '../base/schema.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal, roles } from './endpoint.js'
import type { KeyRing, Made, ShownKey } from './keys.js'
import { pageBy, pageOf, pageQuery } from './paging.js'

const dayMs = 86_400_000
const hourMs = 3_600_000
const graceHoursDefault = 24

const askedSchema = z
  .strictObject({
    /** What it is for, in your words. */
    name: z.string().max(100).default(''),
    role: z.enum(roles),
    /** It ends by itself after so long. */
    expiresInDays: z.number().int().min(1).max(3_650).optional(),
  })
  .meta({ examples: [{ name: 'till in Poznan', role: 'developer', expiresInDays: 365 }] })
type Asked = z.output<typeof askedSchema>

const rotateSchema = z
  .strictObject({
    /** How long the secret of now still counts; 0: not at all. */
    graceHours: z.number().min(0).max(720).default(graceHoursDefault),
  })
  .meta({ examples: [{ graceHours: 24 }] })

const time = z.iso.datetime()
const keySchema = z.strictObject({
  id: z.string(),
  /** '' for an operator's. */
  shop: z.string(),
  role: z.enum(roles),
  name: z.string(),
  created: time,
  expires: time.nullable(),
  /** '' before the first use. */
  lastUsedDay: z.string(),
  formerSecretUntil: time.nullable(),
})
/** The secret is shown this once: we keep only its hash. */
const madeSchema = keySchema.extend({ secret: z.string() })

const tag = 'keys'
const path = '/v1/keys'
const access = ['admin'] as const

/** Keys of a shop: an admin's to make, rotate and revoke; operators make their own, and every shop's. */
export function keyEndpoints(ring: KeyRing): Endpoint[] {
  return [
    {
      method: 'GET',
      path,
      operationId: 'listKeys',
      tag,
      summary:
        'Lists the keys of a shop; of all shops, and the operator’s own, where none is named.',
      access,
      isAboutNoShop: true,
      query: pageQuery,
      body: { kind: 'none' },
      responses: { 200: { description: 'A page of them.', schema: pageOf(keySchema) } },
      handle: (call) => {
        const keys = ring.list(call.shopId === '' ? null : call.shopId)
        const { items, next } = pageBy(call, keys, ({ id }) => id)
        return { status: 200, body: { items: items.map(shown), next } }
      },
    },
    {
      method: 'POST',
      path,
      operationId: 'createKey',
      tag,
      summary: 'Makes a key. Its secret is shown this once.',
      access,
      isAboutNoShop: true,
      body: { kind: 'json', schema: askedSchema, bytesMax: 4_096 },
      responses: {
        201: { description: 'The key, with its secret.', schema: madeSchema },
        403: { description: 'It would have more power than the key that asks.' },
        409: { description: 'The shop has too many keys.' },
      },
      handle: async (call) => {
        const { name, role, expiresInDays } = call.json as Asked
        const isOperators = role === 'operator'
        if (isOperators && call.key?.role !== 'operator')
          return refusal(403, 'role: only an operator may make an operator’s key')
        if (isOperators !== (call.shopId === ''))
          return refusal(400, 'shop: an operator’s key has none, every other key has one')
        const lifeMs = expiresInDays === undefined ? null : expiresInDays * dayMs
        return answerFor(await ring.create(call.shopId, role, name, lifeMs), 201)
      },
    },
    {
      method: 'POST',
      path: `${path}/{key}/rotate`,
      operationId: 'rotateKey',
      tag,
      summary:
        'Gives a key a new secret, shown this once; the former one counts for a while longer.',
      access,
      isAboutNoShop: true,
      body: { kind: 'json', schema: rotateSchema, bytesMax: 4_096 },
      responses: {
        200: { description: 'The key, with its new secret.', schema: madeSchema },
        404: { description: 'There is no such key.' },
      },
      handle: async (call) => {
        if (!isWithin(ring, call)) return refusal(404, 'key: is unknown')
        const { graceHours } = call.json as z.output<typeof rotateSchema>
        return answerFor(await ring.rotate(idOf(call), graceHours * hourMs), 200)
      },
    },
    {
      method: 'DELETE',
      path: `${path}/{key}`,
      operationId: 'revokeKey',
      tag,
      summary: 'Revokes a key, at once.',
      access,
      isAboutNoShop: true,
      body: { kind: 'none' },
      responses: {
        204: { description: 'It is refused from now on.' },
        404: { description: 'There is no such key.' },
        409: { description: 'It is the last of the operator’s keys.' },
      },
      handle: async (call) => {
        if (!isWithin(ring, call)) return refusal(404, 'key: is unknown')
        const reason = await ring.revoke(idOf(call))
        return reason === '' ? { status: 204 } : refusal(409, `key: ${reason}`)
      },
    },
  ]
}

const idOf = (call: Call): string => call.params['key'] ?? ''

/** Another shop's key is as unknown as one that nobody has. */
function isWithin(ring: KeyRing, call: Call): boolean {
  const key = ring.get(idOf(call))
  return key !== null && (call.key?.role === 'operator' || key.shopId === call.shopId)
}

function answerFor(made: Made, status: number): Answer {
  if (!made.ok) return refusal(409, `keys: ${made.reason}`)
  const headers = { 'Cache-Control': 'no-store' }
  return { status, headers, body: { ...shown(made.key), secret: made.secret } }
}

function shown({ shopId, createdMs, expiresMs, formerUntilMs, ...key }: ShownKey): object {
  const text = (ms: number | null): string | null =>
    ms === null ? null : new Date(ms).toISOString()
  return {
    id: key.id,
    shop: shopId,
    role: key.role,
    name: key.name,
    created: text(createdMs),
    expires: text(expiresMs),
    lastUsedDay: key.lastUsedDay,
    formerSecretUntil: text(formerUntilMs),
  }
}
