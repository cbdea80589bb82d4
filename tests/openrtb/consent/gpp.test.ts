// Goal: GPP strings are read as IAB Tech Lab's documents lay them out, section by section, and an
// opt-out, a child or Global Privacy Control is never missed. Method: strings found in the wild with
// another decoder's reading of every field; sections made from the layouts, one answer at a time.
import { describe, expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { BitReader } from '../../../src/openrtb/consent/bit-reader.js'
import { consentConfigSchema } from '../../../src/openrtb/consent/config.js'
import { consentOf } from '../../../src/openrtb/consent/consent.js'
import { readGpp } from '../../../src/openrtb/consent/gpp.js'
import type { GppLayout } from '../../../src/openrtb/consent/gpp-sections.js'
import { layoutsOf, readableSections } from '../../../src/openrtb/consent/gpp-sections.js'
import { decodeTcf, decodeTcfCanada, TcfChoices } from '../../../src/openrtb/consent/tcf.js'
import { TcfRules } from '../../../src/openrtb/consent/tcf-rules.js'
import { corpusLines, encodeBits, members, tcfFields, tcString } from './fields.js'

type Fields = Readonly<Record<string, unknown>>
interface Line {
  readonly gpp: string
  readonly sectionIds: readonly number[]
  readonly sections: Readonly<Record<string, Fields>>
}
const valid = corpusLines<Line>('gpp-valid.ndjson')
const invalid = corpusLines<{ gpp: string }>('gpp-invalid.ndjson')
const rules = new TcfRules(consentConfigSchema.parse({ tcfVendorId: 755, tcfCanadaVendorId: 12 }))

/** Numbers by name, as the section's layout has them; lists where there are several. */
function usFields(layout: GppLayout, section: string): Fields {
  const [core = '', ...others] = section.split('.')
  const reader = new BitReader()
  reader.load(core, 0, core.length)
  const fields: Record<string, unknown> = { Version: reader.take(6) }
  for (const { name, at, count } of layout.fields) {
    expect(reader.at).toBe(at)
    const numbers = Array.from({ length: count }, () => reader.take(2))
    fields[name] = count === 1 ? numbers[0] : numbers
  }
  expect(reader.isBroken).toBe(false)
  fields['Gpc'] = others.some((other) => {
    reader.load(other, 0, other.length)
    return reader.take(2) === 1 && reader.takeFlag()
  })
  return fields
}

/** From the other decoder's fields: what we may conclude. */
function isOptedOut(fields: Fields): boolean {
  const optOuts = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut']
  const children = [fields['KnownChildSensitiveDataConsents'] ?? 0].flat()
  return (
    fields['Gpc'] === true ||
    optOuts.some((name) => fields[name] === 1) ||
    children.some((one) => one !== 0)
  )
}

describe('104: valid strings say what another decoder reads in them', () => {
  test.each(valid.map((line) => [line.gpp.slice(0, 80), line] as const))('%s', (_, line) => {
    const verdict = readGpp(line.gpp, rules)
    expect(verdict).not.toBeNull()
    expect(verdict?.present).toBe(line.sectionIds.reduce((bits, id) => bits | (1 << id), 0))
    const texts = line.gpp.split('~').slice(1)
    const byId = new Map(line.sectionIds.map((id, i) => [id, texts[i]!]))
    for (const [id, text] of byId) {
      const name = ['tcfeuv2', 'uspv1', 'tcfcav1'][[2, 6, 5].indexOf(id)] ?? layoutsOf(id)[0]!.name
      const theirs = line.sections[name]!
      if (id === 2) expectTcf(text, theirs)
      else if (id === 5) expectCanada(text, theirs)
      else if (id === 6)
        expect([verdict!.optedOut & 64, text]).toEqual([
          theirs['OptOutSale'] === 'Y' ? 64 : 0,
          `${theirs['Version']}${theirs['Notice']}${theirs['OptOutSale']}${theirs['LspaCovered']}`,
        ])
      else {
        const layouts = layoutsOf(id)
        const isKnown = layouts.some((layout) => layout.version === theirs['Version'])
        const bitCount = text.split('.')[0]!.length * 6
        const { Gpc, ...ours } = usFields(
          layouts.findLast((layout) => layout.bitCount <= bitCount)!,
          text,
        )
        const { Gpc: theirGpc = false, GpcSegmentType: _type, ...fields } = theirs
        // Lists that grew with a version, they fill up with zeros or cut to the version that is said.
        for (const [field, value] of Object.entries(fields))
          if (Array.isArray(value) && Array.isArray(ours[field]))
            while (value.length !== ours[field].length)
              expect((value.length > ours[field].length ? value : ours[field]).pop()).toBe(0)
        expect([ours, Gpc]).toEqual([fields, theirGpc])
        const bit = 1 << id
        // The other decoder reads versions that nobody has defined; we don't trust them.
        expect((verdict!.unreadable & bit) !== 0).toBe(!isKnown)
        if (isKnown) expect((verdict!.optedOut & bit) !== 0).toBe(isOptedOut(theirs))
      }
    }
  })
})

function trueAt(value: unknown): number[] {
  return (value as boolean[]).flatMap((is, i) => (is ? [i + 1] : []))
}

function expectTcf(text: string, theirs: Fields): void {
  const ours = tcfFields(text)
  expect(ours).toMatchObject({
    version: theirs['Version'],
    cmpId: theirs['CmpId'],
    policyVersion: theirs['PolicyVersion'],
    isServiceSpecific: theirs['IsServiceSpecific'],
    publisherCountryCode: theirs['PublisherCountryCode'],
    specialFeatureOptins: trueAt(theirs['SpecialFeatureOptins']),
    purposeConsents: trueAt(theirs['PurposeConsents']),
    purposeLegitimateInterests: trueAt(theirs['PurposeLegitimateInterests']),
  })
  for (let id = 1; id < 800; id++) {
    const choices = new TcfChoices()
    expect(decodeTcf(text, 0, text.length, id, choices)).toBe(true)
    expect([id, choices.vendorConsent, choices.vendorLegitimateInterest]).toEqual([
      id,
      (theirs['VendorConsents'] as number[]).includes(id),
      (theirs['VendorLegitimateInterests'] as number[]).includes(id),
    ])
    expect(choices.isDisclosed).toBe((theirs['VendorsDisclosed'] as number[]).includes(id))
  }
}

function expectCanada(text: string, theirs: Fields): void {
  for (let id = 1; id < 60; id++) {
    const choices = new TcfChoices()
    expect(decodeTcfCanada(text, 0, text.length, id, choices)).toBe(true)
    expect([id, choices.vendorConsent, choices.vendorLegitimateInterest]).toEqual([
      id,
      (theirs['VendorExpressConsent'] as number[]).includes(id),
      (theirs['VendorImpliedConsent'] as number[]).includes(id),
    ])
    expect(choices.policyVersion).toBe(theirs['TcfPolicyVersion'])
    expect(choices.created * 100).toBe(Date.parse(theirs['Created'] as string))
    const { specialFeatures, purposesConsent, purposesLegitimateInterest } = choices
    expect(members(specialFeatures, 12)).toEqual(trueAt(theirs['SpecialFeatureExpressConsent']))
    expect(members(purposesConsent, 24)).toEqual(trueAt(theirs['PurposesExpressConsent']))
    expect(members(purposesLegitimateInterest, 24)).toEqual(
      trueAt(theirs['PurposesImpliedConsent']),
    )
  }
}

describe('104: strings that are none are refused', () => {
  const made = [
    '',
    'gppString',
    'header~1YNN',
    'DBABLA~',
    'DBABLA',
    'DBABTA~1YNN~1YNN',
    'DBAA~',
    '~',
  ]
  test.each([...invalid.map(({ gpp }) => gpp), ...made].map((gpp) => [gpp]))('%s', (gpp) => {
    expect(readGpp(gpp, rules)).toBeNull()
  })
})

test('a header without sections is a string that says nothing', () => {
  expect(readGpp('DBAA', rules)).toMatchObject({ present: 0, optedOut: 0, unreadable: 0 })
})

test('sections 2, 5, 6 and 7 to 27 can be read', () => {
  expect(members(readableSections, 32).map((bit) => 32 - bit)).toEqual([
    27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 2,
  ])
})

/** Fibonacci code of a section's number, then the header that names this one section. */
function headerOf(id: number): string {
  const worths = [1, 2, 3, 5, 8, 13, 21]
  let left = id
  const ones = new Set<number>()
  for (let i = worths.length - 1; i >= 0; i--)
    if (worths[i]! <= left) {
      left -= worths[i]!
      ones.add(i)
    }
  const places = Array.from({ length: Math.max(...ones) + 1 }, (_, i) => (ones.has(i) ? 1 : 0))
  const bits = [...places, 1].map((bit) => [bit, 1] as const)
  return encodeBits([[3, 6], [1, 6], [1, 12], [0, 1], ...bits])
}

function gppOf(id: number, layout: GppLayout, answers: Readonly<Record<string, number>>): string {
  const numbers = layout.fields.flatMap(({ name, count }) =>
    Array.from(
      { length: count },
      (_, i) => [answers[`${name}.${i}`] ?? answers[name] ?? 0, 2] as const,
    ),
  )
  return `${headerOf(id)}~${encodeBits([[layout.version, 6], ...numbers])}`
}

const layouts = Array.from({ length: 21 }, (_, i) => i + 7).flatMap((id) =>
  layoutsOf(id).map((layout) => [id, layout.name, layout.version, layout] as const),
)

describe('104: one answer decides, in each section', () => {
  test.each(layouts)('%i %s version %i', (id, _, __, layout) => {
    const bit = 1 << id
    const read = (answers: Readonly<Record<string, number>>, more = ''): unknown => {
      const verdict = readGpp(`${gppOf(id, layout, answers)}${more}`, rules)
      expect(verdict?.present).toBe(bit)
      return [verdict?.optedOut === bit, verdict?.unreadable === bit]
    }
    const names = layout.fields.map(({ name }) => name)
    expect(read({})).toEqual([false, false])
    expect(
      names.filter((name) => /^(Sale|Sharing|TargetedAdvertising)OptOut$/.test(name)).length,
    ).toBe(layout.optOuts.length)
    for (const { name, count } of layout.fields)
      for (let i = 0; i < count; i++) {
        const isOptOut = /^(Sale|Sharing|TargetedAdvertising)OptOut$/.test(name)
        const isChild = name === 'KnownChildSensitiveDataConsents'
        const one = `${name}.${i}`
        expect([one, read({ [one]: 1 })]).toEqual([one, [isOptOut || isChild, false]])
        expect([one, read({ [one]: 2 })]).toEqual([one, [isChild, false]])
        expect([one, read({ [one]: 3 })]).toEqual([one, [isChild, isOptOut]])
      }
    expect(read({}, '.QA')).toEqual([false, false])
    expect(read({}, '.YA')).toEqual([true, false])
    expect(readGpp(`${gppOf(id, layout, {})}.`, rules)).toBeNull()
    // Cut short.
    expect(readGpp(`${headerOf(id)}~BAA`, rules)).toBeNull()
  })
})

test('the sections of 2025 may begin with a header of their own', () => {
  // Maryland: section 24, version 1, two segments.
  const header = encodeBits([
    [24, 6],
    [1, 6],
    [2, 12],
    [0, 1],
    [3, 2],
    [0, 1],
    [3, 2],
  ])
  const core = (sale: number): string =>
    encodeBits([
      [2, 6],
      [1, 2],
      [0, 2],
      [1, 2],
      [1, 2],
      [1, 2],
      [sale, 2],
      [2, 2],
      [0, 2],
    ])
  const gpp = headerOf(24)
  const read = (section: string): unknown => readGpp(`${gpp}~${section}`, rules)
  expect(read(`${header}.${core(2)}`)).toMatchObject({ optedOut: 0, unreadable: 0 })
  expect(read(`${header}.${core(1)}`)).toMatchObject({ optedOut: 1 << 24 })
  expect(read(`${header}.${core(2)}.Y`)).toMatchObject({ optedOut: 1 << 24 })
  expect(read(core(2))).toMatchObject({ optedOut: 0, unreadable: 0 })
  expect(read(header)).toBeNull()
  const newer = encodeBits([
    [24, 6],
    [2, 6],
    [0, 12],
  ])
  expect(read(`${newer}.${core(2)}`)).toMatchObject({ unreadable: 1 << 24 })
})

test('a section that isn’t in our table can’t be read, and spoils no other', () => {
  // Sections 6 and 28: the first is 1 + 5, and the step from it 1 + 21.
  const header = encodeBits([
    ...([
      [3, 6],
      [1, 6],
      [2, 12],
    ] as const),
    ...([
      [0, 1],
      [1, 1],
      [0, 1],
      [0, 1],
      [1, 1],
      [1, 1],
    ] as const),
    ...([
      [0, 1],
      [1, 1],
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
      [1, 1],
      [1, 1],
    ] as const),
  ])
  expect(readGpp(`${header}~1YNN~B`, rules)).toMatchObject({
    present: (1 << 6) | (1 << 28),
    optedOut: 0,
    unreadable: 1 << 28,
  })
})

test('a TC string in section 2 is judged like one that stands alone', () => {
  const text = tcString({ purposes: [1, 2, 3, 4, 7], vendors: [755] })
  const verdict = readGpp(`${headerOf(2)}~${text}`, rules)
  expect(verdict?.europe).toBe(rules.europe(text, 0, text.length))
  expect(consentOf(verdict!.europe)).toMatchObject({ reason: 'ok', mayReadProfile: true })
})

describe('Canada: consent may be express or implied', () => {
  const section = (express: number, implied: number, vendor: number, impliedVendor: number) =>
    encodeBits([
      ...([
        [1, 6],
        [0, 36],
        [0, 36],
        [1, 12],
        [1, 12],
        [0, 6],
        [0, 12],
        [1, 12],
        [2, 6],
      ] as const),
      ...([
        [0, 1],
        [1 << 11, 12],
        [express, 24],
        [implied, 24],
      ] as const),
      ...([
        [12, 16],
        [0, 1],
        [vendor, 12],
        [12, 16],
        [0, 1],
        [impliedVendor, 12],
      ] as const),
    ])
  const p34 = (1 << 21) | (1 << 20)
  const read = (text: string): object => consentOf(rules.canada(text, 0, text.length))
  test.each([
    ['express', section(p34, 0, 1, 0), true],
    ['implied', section(0, p34, 0, 1), true],
    ['one of each', section(1 << 21, 1 << 20, 1, 1), true],
    ['to another vendor', section(p34, 0, 2, 0), false],
    ['for one purpose only', section(1 << 20, 0, 1, 1), false],
    ['implied, and the vendor objected to', section(0, p34, 1, 0), false],
  ])('%s', (_, text, isAllowed) => {
    expect(read(text)).toMatchObject({
      reason: isAllowed ? 'ok' : 'gpp_canada',
      mayReadProfile: isAllowed,
      mayStoreId: isAllowed,
    })
  })

  test('nothing where we aren’t registered', () => {
    const unregistered = new TcfRules(consentConfigSchema.parse({ tcfVendorId: 755 }))
    const text = section(p34, 0, 1, 0)
    expect(consentOf(unregistered.canada(text, 0, text.length)).bits).toBe(0)
  })
})

test('garbage is refused or read, never thrown at', () => {
  const random = new Random(20_260_111)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~~ é'
  for (let round = 0; round < 5_000; round++) {
    let text = random.pick(valid).gpp
    for (let i = 1 + random.below(4); i > 0; i--) {
      const at = random.below(text.length + 1)
      text =
        text.slice(0, at) +
        alphabet[random.below(alphabet.length)]! +
        text.slice(at + random.below(3))
    }
    readGpp(text, rules)
  }
  // Headers that promise far more than there is.
  for (const items of [1, 5, 4_095])
    readGpp(
      encodeBits([
        [3, 6],
        [1, 6],
        [items, 12],
        [2 ** 29, 30],
      ]),
      rules,
    )
})
