// Goal: the shops' API is for whoever has a key of the right shop and role, and shows nothing of other shops: not even
// whether something is there. Method: all operations of /openapi.json of an API that runs, with wrong keys, keys of every
// role, and names of what another shop has beside names of what nobody has: both answers must be the same.
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Answer,
  type Asked,
  ask,
  checkAnswer,
  type Operation,
  openWorld,
  ownOf,
  pathOf,
  roleOf,
  type World,
} from './api-fuzz-world.js'

let world: World
let operations: readonly Operation[]

beforeAll(async () => {
  world = await openWorld()
  operations = world.operations
})
afterAll(() => world.close())

test('every operation wants a key that is one, of a role that may, for its own shop', async () => {
  expect(operations.length).toBeGreaterThan(60)
  const [id, secret] = world.keys.get('a.admin')!.slice(3).split('_') as [string, string]
  const wrong = ['', 'gz_', 'gz_x_y', `gz_${id}_`, `gz_${id}_${'A'.repeat(secret.length)}`]
  for (const it of operations) {
    const path = pathOf(it, world.own)
    const status = async (asked: Asked, query = ''): Promise<number> => {
      const answer = await world.call(it.method, path + query, asked)
      checkAnswer(answer, `${it.method} ${path}`)
      return answer.status
    }
    const what = it.operationId
    if (it.isPublic) continue
    expect(await status({}), what).toBe(401)
    for (const key of wrong) expect(await status({ key }), what).toBe(401)
    expect(await status({ headers: { Authorization: `Bearer ${'x'.repeat(5_000)}` } })).toBe(401)
    expect(await status({ headers: { Authorization: '\u00ff\u00fe Basic \u00e9' } })).toBe(401)
    for (const role of ['admin', 'marketer', 'developer', 'privacy', 'viewer']) {
      if (it.roles.includes(role)) continue
      expect(await status({ key: world.keys.get(`a.${role}`)! }), `${what} ${role}`).toBe(403)
    }
    if (roleOf(it) === 'operator') continue
    const key = world.keys.get(`a.${roleOf(it)}`)!
    // Whether there is such a shop doesn't show either.
    const theirs = await world.call(it.method, `${path}?shop=b`, { key })
    const nobodys = await world.call(it.method, `${path}?shop=nope`, { key })
    expect(theirs.status, what).toBe(403)
    expect(comparable(theirs, []), what).toEqual(comparable(nobodys, []))
  }
})

test('looking for texts finds nothing of another shop, and no secret letter by letter', async () => {
  const { secret } = (
    await world.call('POST', '/v1/keys?shop=b', {
      key: world.keys.get('operator')!,
      body: JSON.stringify({ role: 'admin', name: 'name-of-bs-key' }),
    })
  ).json as { secret: string }
  const operator = world.keys.get('operator')!
  const texts = [
    ...['product-b', 'campaign-b', 'list-b', 'video-b', 'Shop b', 'b.example', 'browser-b'],
    ...['name-of-bs-key', operator, operator.slice(0, 6), 'gz_', secret, secret.slice(0, 6)],
    ...['customer-b', 'order-b', 'somebody@b.example', '"hash"', '"encryptionKey"'],
  ]
  for (const role of ['admin', 'privacy'])
    for (const text of texts) {
      const { json } = await world.call('POST', '/v1/people/scan', {
        key: world.keys.get(`a.${role}`)!,
        body: JSON.stringify({ texts: [text] }),
      })
      expect(json, text).toEqual({ traces: [] })
    }
  const scan = async (text: string): Promise<Answer> =>
    world.call('POST', '/v1/people/scan?shop=a', {
      key: operator,
      body: JSON.stringify({ texts: [text] }),
    })
  // Not even to an operator are secrets told; but all that is kept of people is.
  expect((await scan(operator.slice(0, 6))).json).toEqual({ traces: [] })
  expect((await scan('customer-a')).json.traces.length).toBeGreaterThan(0)
})

/** All that a caller sees of an answer, but for the time and the names that were asked about. */
function comparable({ status, headers, text }: Answer, names: readonly string[]): object {
  const { date: _, 'content-length': __, etag, ...others } = headers
  let shown = text.replaceAll(/"(seconds|peakMemoryBytes|changedAtMs)":[\d.]+/g, '"$1":0')
  for (const name of names) shown = shown.replaceAll(name, '(name)')
  return { status, others, hasTag: etag !== undefined, text: shown }
}

test('what another shop has is as unknown as what nobody has', async () => {
  const [theirs, nobodys] = [ownOf('b'), ownOf('q')]
  const joinOf = async (shop: string): Promise<string> => {
    const { json } = await world.call('GET', `/v1/joins?shop=${shop}`, {
      key: world.keys.get('operator')!,
    })
    return String(json.joins[0].join)
  }
  const keysOf = await world.call('GET', '/v1/keys?shop=b', { key: world.keys.get('operator')! })
  const keyId = (keysOf.json.items as { id: string }[])[0]!.id
  const namesOf: [string, string][] = [
    ...Object.keys(theirs).map((name): [string, string] => [theirs[name]!, nobodys[name]!]),
    [await joinOf('b'), '77777777'],
    [keyId, [...keyId].reverse().join('')],
    ['uid:browser-b', 'uid:browser-q'],
    ['anon:browser-b', 'anon:browser-q'],
    ['email:somebody@b.example', 'email:somebody@q.example'],
    ['rule-b', 'rule-q'],
    ['b', 'q'],
  ]
  for (const it of operations) {
    if (!it.path.includes('{') || roleOf(it) === 'operator') continue
    const bodies =
      it.type === null ? [undefined] : ['', '{}', ...it.examples.map((one) => JSON.stringify(one))]
    for (const [b, q] of namesOf)
      for (const body of bodies) {
        const asked: Asked = body === undefined ? {} : { body, headers: { 'If-Match': '*' } }
        const [seen, unseen] = [
          await ask(world, it, it.path.replace(/\{\w+\}/, encodeURIComponent(b)), asked),
          await ask(world, it, it.path.replace(/\{\w+\}/, encodeURIComponent(q)), asked),
        ]
        const names = [b, q]
        expect(comparable(seen, names), `${it.method} ${it.path} ${b}`).toEqual(
          comparable(unseen, names),
        )
      }
  }
  const key = world.keys.get('a.admin')!
  const post = (path: string, body: object): Promise<Answer> =>
    world.call('POST', path, { key, body: JSON.stringify(body) })
  for (const [b, q] of namesOf) {
    const into = 'cust:customer-a'
    const [seen, unseen] = [
      await post('/v1/joins', { into, from: b }),
      await post('/v1/joins', { into, from: q }),
    ]
    expect(comparable(seen, [])).toEqual(comparable(unseen, []))
  }
})
