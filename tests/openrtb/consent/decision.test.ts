// Goal: each rule of consent that the checklist names (97 to 108), and that a decision is the same
// whether it is remembered or not. Method: JSON cases that carry the statement's number; seeded garbage
// and real strings, asked for again and again of rules that remember next to nothing.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { check } from '../../../src/base/schema.js'
import { consentConfigSchema } from '../../../src/openrtb/consent/config.js'
import type { Consent } from '../../../src/openrtb/consent/consent.js'
import { consentReasons } from '../../../src/openrtb/consent/consent.js'
import { ConsentRules } from '../../../src/openrtb/consent/decision.js'
import { Remembered, rememberedLengthMax } from '../../../src/openrtb/consent/remembered.js'
import { BidRequest } from '../../../src/openrtb/request.js'
import { corpusLines, type TcfParts, tcString } from './fields.js'

interface Signals {
  /** A string, or what one says. */
  readonly tcString?: string | TcfParts
  /** Numbers of sections; 0 stands for one that isn't known. */
  readonly gppSections?: readonly number[]
  readonly [field: string]: unknown
}

interface Case {
  readonly number: number
  readonly why: string
  readonly config?: object
  readonly request?: Signals
  readonly query?: string
  readonly expect: Partial<Consent>
}

function rulesOf(config: object = {}): ConsentRules {
  return new ConsentRules(consentConfigSchema.parse({ tcfVendorId: 755, ...config }))
}

function requestOf({ tcString: text = '', gppSections = [], ...fields }: Signals): BidRequest {
  const request = new BidRequest()
  for (const name of Object.keys(fields)) if (!(name in request)) throw new Error(`no such ${name}`)
  return Object.assign(request, fields, {
    tcString: typeof text === 'string' ? text : tcString(text),
    gppSections: gppSections.reduce((bits, section) => bits | (1 << section), 0),
  })
}

const folder = new URL('../../cases/openrtb/consent/', import.meta.url)
const cases = readdirSync(folder).map((name) => {
  const it = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case
  return [name, it] as const
})

describe('the checklist', () => {
  test.each(cases)('%s', (name, it) => {
    expect(name.slice(0, 3)).toBe(String(it.number).padStart(3, '0'))
    const rules = rulesOf(it.config)
    for (let time = 1; time <= 2; time++) {
      const consent =
        it.query === undefined
          ? rules.decide(requestOf(it.request ?? {}))
          : rules.decideFromQuery(new URLSearchParams(it.query))
      expect(consent, it.why).toMatchObject(it.expect)
    }
  })

  test('each statement that is about deciding has cases', () => {
    // 102, which field wins, is the parser's.
    const numbers = [97, 98, 99, 100, 101, 103, 104, 105, 106, 107, 108]
    expect([...new Set(cases.map(([, it]) => it.number))].sort((a, b) => a - b)).toEqual(numbers)
  })
})

const tcf = corpusLines<{ tcString: string }>('tcf-valid.ndjson').map((line) => line.tcString)
const badTcf = corpusLines<{ tcString: string }>('tcf-invalid.ndjson').map((line) => line.tcString)
const gpp = corpusLines<{ gpp: string }>('gpp-valid.ndjson').map((line) => line.gpp)
const badGpp = corpusLines<{ gpp: string }>('gpp-invalid.ndjson').map((line) => line.gpp)

describe('strings found in the wild', () => {
  test.each(badTcf.map((text) => [text]))('101: %s is no consent', (text) => {
    const consent = rulesOf().decide(requestOf({ gdpr: 1, tcString: text }))
    expect([consent.bits, consent.reason]).toEqual([0, 'gdpr_invalid'])
  })

  test.each(badGpp.map((text) => [text]))('104: %s is restrictive, whatever applies', (text) => {
    for (const section of [2, 5, 6, 7, 8, 9]) {
      const consent = rulesOf().decide(requestOf({ gpp: text, gppSections: [section] }))
      expect([consent.bits, consent.reason]).toEqual([0, 'gpp_invalid'])
    }
  })

  test.each(corpusLines<{ usp: string; canonical: string }>('us-privacy.ndjson'))(
    '103: US Privacy $usp',
    ({ usp, canonical }) => {
      const consent = rulesOf().decide(requestOf({ usPrivacy: usp }))
      expect(consent.mayReadProfile).toBe(canonical[2] !== 'Y')
    },
  )
})

test('what is remembered decides as what is read anew, even where next to nothing is remembered', () => {
  const random = new Random(20_260_112)
  const forgetful = rulesOf({ rememberedMax: 2 })
  const strings = [...tcf.slice(0, 30), ...badTcf.slice(0, 5), '', 'x']
  const gpps = [...gpp, ...badGpp.slice(0, 5), '', 'DBAA']
  for (let round = 0; round < 3_000; round++) {
    const request = requestOf({
      gdpr: random.pick([-1, 0, 1]),
      country: random.pick(['', 'DEU', 'USA']),
      tcString: random.pick(strings),
      usPrivacy: random.pick(['', '', '1YNN', '1YYN', '?']),
      gpp: random.pick(gpps),
      gppSections: random.pick([[], [], [2], [6], [7], [2, 6], [0], [5], [9]]),
    })
    const consent = forgetful.decide(request)
    expect(consent).toBe(forgetful.decide(request))
    expect(consent).toBe(rulesOf({ rememberedMax: 2 }).decide(request))
    expect(consent.mayReadProfile).toBe(consent.reason === 'ok')
  }
})

test('garbage under the GDPR or in a section that applies never throws and allows nothing', () => {
  const random = new Random(20_260_113)
  const rules = rulesOf()
  for (let round = 0; round < 3_000; round++) {
    let text = random.chance(0.5) ? 'C' : 'D'
    for (let i = random.below(120); i > 0; i--) text += String.fromCharCode(32 + random.below(100))
    expect(rules.decide(requestOf({ gdpr: 1, tcString: text })).bits).toBe(0)
    expect(rules.decide(requestOf({ gpp: text, gppSections: [7] })).bits).toBe(0)
    expect(rules.decide(requestOf({ usPrivacy: text })).bits).toBe(0)
    rules.decideFromQuery(new URLSearchParams({ gdpr: text, gpp: text, gpp_sid: text }))
  }
})

test('107: Global Privacy Control counts for a sync as well', () => {
  expect(rulesOf().decideFromQuery(new URLSearchParams(), true).reason).toBe('gpc')
})

test('107: a consent string too long to be one is none', () => {
  const params = new URLSearchParams({ gdpr: '1', gdpr_consent: 'C'.repeat(10_000) })
  expect(rulesOf().decideFromQuery(params).reason).toBe('gdpr_invalid')
})

test('reasons are a closed list, and each is found by its index', () => {
  const consent = rulesOf().decide(requestOf({ coppa: true }))
  expect(consentReasons[consent.reasonIndex]).toBe(consent.reason)
  expect(Object.isFrozen(consent)).toBe(true)
})

describe('what is remembered', () => {
  test('is the same as was set, or lost: never another text’s', () => {
    const remembered = new Remembered<number>(64)
    let held = 0
    for (let i = 0; i < 5_000; i++) {
      // They differ where the hash doesn't look, too.
      const text = `${'C'.repeat(300 + (i % 7))}${i}${'A'.repeat(400)}`
      expect(remembered.get(text)).toBeUndefined()
      remembered.set(text, i)
      expect(remembered.get(text)).toBe(i)
    }
    for (let i = 0; i < 5_000; i++)
      if (remembered.get(`${'C'.repeat(300 + (i % 7))}${i}${'A'.repeat(400)}`) === i) held++
    expect(held).toBeGreaterThan(0)
    expect(held).toBeLessThanOrEqual(64)
  })

  test('is what was asked for lately: a text that keeps coming stays', () => {
    const remembered = new Remembered<string>(2)
    remembered.set('steady', 'kept')
    for (let i = 0; i < 100; i++) {
      remembered.set(`passing ${i}`, 'seen')
      expect(remembered.get('steady')).toBe('kept')
    }
    expect(remembered.get('passing 5')).toBeUndefined()
  })

  test('isn’t what is longer than any valid string', () => {
    const remembered = new Remembered<number>(4)
    remembered.set('C'.repeat(rememberedLengthMax), 1)
    remembered.set('D'.repeat(rememberedLengthMax + 1), 2)
    expect(remembered.get('C'.repeat(rememberedLengthMax))).toBe(1)
    expect(remembered.get('D'.repeat(rememberedLengthMax + 1))).toBeUndefined()
  })
})

describe('faults in the settings name the field', () => {
  test.each([
    [{ tcfVendorId: -1 }, 'consent.tcfVendorId'],
    [{ purposesByLegitimateInterest: [3] }, 'consent.purposesByLegitimateInterest: purpose 3'],
    [
      { purposesByConsent: [2, 3, 4] },
      'consent.purposesByLegitimateInterest: purpose 2 is under purposesByConsent too',
    ],
    [{ flexiblePurposes: [1] }, 'consent.flexiblePurposes: purpose 1 has one legal basis only'],
    [{ flexiblePurposes: [9] }, 'consent.flexiblePurposes: purpose 9 has no legal basis'],
    [{ tcf23CutOver: 'soon' }, 'consent.tcf23CutOver'],
    [{ vendorId: 5 }, 'consent: '],
  ])('%j', (config, fault) => {
    const checked = check(consentConfigSchema, config, 'consent')
    expect(checked.ok).toBe(false)
    if (!checked.ok) expect(checked.faults.join('\n')).toContain(fault)
  })
})
