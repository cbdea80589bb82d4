// Goal: made-up requests look like real ones: valid by the published schema, of the usual size, of many
// kinds. Method: 2,000 seeded requests against the JSON Schema and a few shares.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { consentString } from '../../src/simulation/consent-string.js'
import { formatsIn, offerOf } from '../../src/simulation/formats.js'
import { RequestGenerator } from '../../src/simulation/request-generator.js'

const schemas = new URL('../../../shared/corpus/schemas/', import.meta.url)
const schemaOf = (version: string): object =>
  JSON.parse(
    readFileSync(new URL(`openrtb-${version}-bid-request.schema.json`, schemas), 'utf8'),
  ) as object

// biome-ignore lint/suspicious/noExplicitAny: what a generator makes is read here like any JSON.
type Json = any

const seed = 4
const requestsOf = (theirSeed: number, count: number): readonly Json[] => {
  const generator = new RequestGenerator({ seed: theirSeed, currency: 'PLN' })
  return Array.from({ length: count }, () => generator.next())
}
const requests = requestsOf(seed, 2_000)
const shareOf = (has: (request: Json) => boolean): number =>
  requests.filter(has).length / requests.length

test.each(['2.5', '2.6-202606'])('all are valid by the schema of %s', (version) => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schemaOf(version))
  for (const request of requests) {
    validate(JSON.parse(JSON.stringify(request)))
    // The schema takes `skip` for an attribute, and so leaves 0 out: the specification has 0 and 1.
    const faults = (validate.errors ?? []).filter(
      ({ instancePath }) => !instancePath.endsWith('/video/skip'),
    )
    expect(faults, `seed ${seed}`).toEqual([])
  }
})

test('the same seed gives the same requests, another seed others', () => {
  expect(requestsOf(7, 50)).toEqual(requestsOf(7, 50))
  expect(requestsOf(7, 50)).not.toEqual(requestsOf(8, 50))
})

test('every id is unique', () => {
  expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length)
})

test('they are as long as real ones: 1–2 KB', () => {
  const bytes = requests.map((request) => Buffer.byteLength(JSON.stringify(request)))
  bytes.sort((a, b) => a - b)
  expect(bytes[200]).toBeGreaterThan(1_000)
  expect(bytes[1_000]).toBeLessThan(2_000)
})

test('addresses are documentation ranges and names lead nowhere', () => {
  for (const { device, site, app } of requests) {
    expect(device.ip ?? device.ipv6).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113|2001:db8:)/)
    expect(site?.domain ?? app.storeurl).toMatch(/\.example(\/|$)/)
  }
})

test('the mix is that of a European exchange', () => {
  const banners = shareOf(({ imp }) => imp.some((it: Json) => it.banner !== undefined))
  expect(banners).toBeGreaterThan(0.85)
  expect(shareOf(({ device }) => device.geo.country === 'POL')).toBeGreaterThan(0.75)
  const between: readonly [has: (request: Json) => boolean, least: number, most: number][] = [
    [({ app }) => app !== undefined, 0.15, 0.35],
    [({ imp }) => imp.length > 1, 0.05, 0.15],
    [({ imp }) => imp.some((it: Json) => it.video), 0.04, 0.12],
    [({ imp }) => imp.some((it: Json) => it.native), 0.04, 0.12],
    [({ imp }) => imp.some((it: Json) => it.audio), 0.003, 0.03],
    [({ imp }) => imp.some((it: Json) => it.banner && (it.video ?? it.native)), 0.02, 0.08],
    [({ imp }) => imp.some((it: Json) => it.pmp), 0.03, 0.12],
    [({ imp }) => imp[0].secure === 1, 0.9, 0.99],
    [({ at }) => at === 1, 0.25, 0.35],
    [({ test: isTest }) => isTest === 1, 0.002, 0.02],
    [({ bcat }) => bcat !== undefined, 0.4, 0.7],
    [({ regs }) => (regs?.gdpr ?? regs?.ext?.gdpr) === 1, 0.08, 0.2],
    [({ user }) => user.consent !== undefined || user.ext?.consent !== undefined, 0.06, 0.2],
    [({ source }) => source.schain !== undefined || source.ext !== undefined, 0.5, 0.7],
    [({ imp }) => imp[0].bidfloorcur === 'EUR' || imp[0].bidfloorcur === 'USD', 0.05, 0.15],
    [({ user }) => user.buyeruid !== undefined, 0, 0],
  ]
  for (const [has, least, most] of between) {
    const share = shareOf(has)
    expect(share, `${has} seed ${seed}`).toBeGreaterThanOrEqual(least)
    expect(share, `${has} seed ${seed}`).toBeLessThanOrEqual(most)
  }
})

test('only what is asked for is offered, and what is offered can be read', () => {
  for (const formats of [['banner'], ['native', 'audio'], ['video']] as const) {
    const generator = new RequestGenerator({ seed, currency: 'PLN', formats, dealIds: [] })
    const imps: Json[] = Array.from({ length: 300 }, () => (generator.next() as Json).imp).flat()
    expect(new Set(imps.flatMap((imp) => formatsIn(imp)))).toEqual(new Set(formats))
    for (const imp of imps)
      for (const format of formatsIn(imp)) expect(offerOf(imp, format), format).not.toBeNull()
    expect(imps.some(({ pmp }) => pmp !== undefined)).toBe(false)
  }
})

test('a consent string begins with version 2 and has its vendors where TCF wants them', () => {
  const bits = [...Buffer.from(consentString(true, 'PL', 20), 'base64url')]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('')
  const field = (start: number, length: number): number =>
    Number.parseInt(bits.slice(start, start + length), 2)
  expect(field(0, 6)).toBe(2)
  expect(field(152, 24)).toBe(0b1111_1111_1110_0000_0000_0000)
  expect(field(213, 16)).toBe(20)
  expect(field(230, 20)).toBe(2 ** 20 - 1)
})
