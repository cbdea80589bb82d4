/** Every field of a consent string, read slowly and plainly, to hold against what others decoded. */
import { readFileSync } from 'node:fs'
import { BitReader } from '../../../src/openrtb/consent/bit-reader.js'

const corpus = new URL('../../../../shared/corpus/dev/consent/', import.meta.url)

export function corpusLines<T>(name: string): readonly T[] {
  const lines = readFileSync(new URL(name, corpus), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as T)
}

export interface TcfFields {
  readonly version: number
  readonly createdDeciseconds: number
  readonly lastUpdatedDeciseconds: number
  readonly cmpId: number
  readonly cmpVersion: number
  readonly consentScreen: number
  readonly consentLanguage: string
  readonly vendorListVersion: number
  readonly policyVersion: number
  readonly isServiceSpecific: boolean
  readonly useNonStandardTexts: boolean
  readonly specialFeatureOptins: readonly number[]
  readonly purposeConsents: readonly number[]
  readonly purposeLegitimateInterests: readonly number[]
  readonly purposeOneTreatment: boolean
  readonly publisherCountryCode: string
}

/** The part of a TC string before its lists of vendors. */
export function tcfFields(text: string): TcfFields {
  const reader = new BitReader()
  reader.load(text, 0, (text.split('.')[0] ?? '').length)
  const letters = (): string =>
    String.fromCharCode(65 + reader.take(6)) + String.fromCharCode(65 + reader.take(6))
  return {
    version: reader.take(6),
    createdDeciseconds: reader.takeMoment(),
    lastUpdatedDeciseconds: reader.takeMoment(),
    cmpId: reader.take(12),
    cmpVersion: reader.take(12),
    consentScreen: reader.take(6),
    consentLanguage: letters(),
    vendorListVersion: reader.take(12),
    policyVersion: reader.take(6),
    isServiceSpecific: reader.takeFlag(),
    useNonStandardTexts: reader.takeFlag(),
    specialFeatureOptins: members(reader.take(12), 12),
    purposeConsents: members(reader.take(24), 24),
    purposeLegitimateInterests: members(reader.take(24), 24),
    purposeOneTreatment: reader.takeFlag(),
    publisherCountryCode: letters(),
  }
}

/** Numbers of the bits that are set, the highest of `width` being 1. */
export function members(bits: number, width: number): number[] {
  const found: number[] = []
  for (let one = 1; one <= width; one++) if ((bits & (1 << (width - one))) !== 0) found.push(one)
  return found
}

/** A consent string from its fields, each a value and its width in bits. */
export function encodeBits(fields: readonly (readonly [value: number, width: number])[]): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  let bits = ''
  for (const [value, width] of fields) if (width > 0) bits += value.toString(2).padStart(width, '0')
  let text = ''
  for (let at = 0; at < bits.length; at += 6)
    text += alphabet[Number.parseInt(bits.slice(at, at + 6).padEnd(6, '0'), 2)]
  return text
}

/** One, or the first and last of a range. */
type Vendors = number | readonly [first: number, last: number]

export interface TcfParts {
  readonly isServiceSpecific?: boolean
  readonly lastUpdated?: string
  readonly specialFeatures?: readonly number[]
  readonly purposes?: readonly number[]
  readonly legitimateInterests?: readonly number[]
  readonly vendors?: readonly number[]
  readonly legitimateVendors?: readonly number[]
  readonly restrictions?: readonly {
    readonly purpose: number
    readonly type: number
    readonly vendors: readonly Vendors[]
  }[]
  readonly disclosed?: readonly number[]
}

/** A TC string that says this. */
export function tcString(parts: TcfParts): string {
  const moment = Date.parse(parts.lastUpdated ?? '2026-01-10') / 100
  const set = (of: readonly number[] = [], width: number): [number, number] => [
    of.reduce((bits, one) => bits | (1 << (width - one)), 0),
    width,
  ]
  const core = encodeBits([
    ...([
      [2, 6],
      [moment, 36],
      [moment, 36],
      [10, 12],
      [1, 12],
      [1, 6],
      [4, 6],
      [13, 6],
    ] as const),
    ...([
      [180, 12],
      [4, 6],
      [parts.isServiceSpecific === false ? 0 : 1, 1],
      [0, 1],
    ] as const),
    set(parts.specialFeatures, 12),
    set(parts.purposes, 24),
    set(parts.legitimateInterests, 24),
    ...([
      [0, 1],
      [15, 6],
      [11, 6],
    ] as const),
    ...bitField(parts.vendors ?? []),
    ...ranges(parts.legitimateVendors ?? []),
    [parts.restrictions?.length ?? 0, 12],
    ...(parts.restrictions ?? []).flatMap(({ purpose, type, vendors }) => [
      [purpose, 6] as const,
      [type, 2] as const,
      ...ranges(vendors).slice(2),
    ]),
  ])
  if (parts.disclosed === undefined) return core
  return `${core}.${encodeBits([[1, 3], ...bitField(parts.disclosed)])}`
}

function bitField(vendors: readonly number[]): (readonly [number, number])[] {
  const highest = Math.max(0, ...vendors)
  const bits = Array.from(
    { length: highest },
    (_, i) => [vendors.includes(i + 1) ? 1 : 0, 1] as const,
  )
  return [[highest, 16], [0, 1], ...bits]
}

function ranges(vendors: readonly Vendors[]): (readonly [number, number])[] {
  const entries = vendors.flatMap((entry): (readonly [number, number])[] =>
    typeof entry === 'number'
      ? [
          [0, 1],
          [entry, 16],
        ]
      : [
          [1, 1],
          [entry[0], 16],
          [entry[1], 16],
        ],
  )
  return [[Math.max(0, ...vendors.flat()), 16], [1, 1], [vendors.length, 12], ...entries]
}
