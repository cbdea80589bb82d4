import { BitReader } from './bit-reader.js'
import type { PackedConsent } from './consent.js'
import { pack } from './consent.js'
import type { GppLayout } from './gpp-sections.js'
import { layoutsOf, Section } from './gpp-sections.js'
import { invalidTcString, type TcfRules } from './tcf-rules.js'
import { readUsPrivacy, UsPrivacy } from './us-privacy.js'

const headerType = 3
const gppVersion = 1
const sectionCountMax = 64
/** What a segment after a core one says it is: Global Privacy Control. */
const gpcSegment = 1

/** Number by number: yes and no; 3 says nothing. */
const Answer = { optedOut: 1, nonsense: 3 } as const

/** Safe to share: nothing here waits. */
const reader = new BitReader()
const sectionIds = new Uint16Array(sectionCountMax)

/** What a GPP string comes to for us, whatever sections of it apply. Sets of sections: bit n for section n. */
export interface GppVerdict {
  /** Sections that are there. */
  readonly present: number
  /** Of these, those of the United States in which the person opted out, or is a known child. */
  readonly optedOut: number
  /** Of these, those that are of a version that we don't know, or say what means nothing. */
  readonly unreadable: number
  readonly europe: PackedConsent
  readonly canada: PackedConsent
}

const nobody = pack('gpp_missing', 0)

/**
 * Reads a GPP string, version 1: a header that lists its sections, and the sections.
 *
 * @returns null where any section that we know isn't one: a string that is broken somewhere isn't
 *   trusted elsewhere. Never throws.
 */
export function readGpp(text: string, rules: TcfRules): GppVerdict | null {
  const headerEnd = endOf(text, '~', 0, text.length)
  const sectionCount = readHeader(text, headerEnd)
  if (sectionCount < 0) return null
  let present = 0
  let optedOut = 0
  let unreadable = 0
  let europe = nobody
  let canada = nobody
  let start = headerEnd + 1
  for (let i = 0; i < sectionCount; i++) {
    if (start > text.length) return null
    const end = endOf(text, '~', start, text.length)
    const id = sectionIds[i]!
    if (id < 31) {
      const bit = 1 << id
      present |= bit
      if (id === Section.tcfEurope) {
        europe = rules.europe(text, start, end)
        if (europe === invalidTcString) return null
      } else if (id === Section.tcfCanada) {
        canada = rules.canada(text, start, end)
        if (canada === invalidTcString) return null
      } else {
        const choice = id === Section.usPrivacy ? usPrivacyChoice(text, start, end) : -1
        const result = choice < 0 ? readUsSection(id, text, start, end) : choice
        if (result === SectionResult.malformed) return null
        if (result === SectionResult.optedOut) optedOut |= bit
        if (result === SectionResult.unreadable) unreadable |= bit
      }
    }
    start = end + 1
  }
  if (start <= text.length) return null
  return { present, optedOut, unreadable, europe, canada }
}

const SectionResult = { notOptedOut: 0, optedOut: 1, unreadable: 2, malformed: 3 } as const

function usPrivacyChoice(text: string, start: number, end: number): number {
  const choice = readUsPrivacy(text, start, end)
  if (choice === UsPrivacy.malformed) return SectionResult.malformed
  return choice === UsPrivacy.optedOut ? SectionResult.optedOut : SectionResult.notOptedOut
}

/** Fills `sectionIds`. @returns how many there are; -1 where it isn't a header. */
function readHeader(text: string, end: number): number {
  reader.load(text, 0, end)
  if (reader.take(6) !== headerType || reader.take(6) !== gppVersion) return -1
  const itemCount = reader.take(12)
  let count = 0
  let last = 0
  for (let i = 0; i < itemCount && !reader.isBroken; i++) {
    const isRange = reader.takeFlag()
    let next = last + reader.takeFibonacci()
    last = isRange ? next + reader.takeFibonacci() : next
    if (reader.isBroken || count + last - next >= sectionCountMax) return -1
    while (next <= last) sectionIds[count++] = next++
  }
  return reader.isBroken ? -1 : count
}

/** @returns one of `SectionResult`; `unreadable` also for a section that isn't in our table. */
function readUsSection(id: number, text: string, start: number, end: number): number {
  const layouts = layoutsOf(id)
  const newest = layouts[layouts.length - 1]
  if (newest === undefined) return SectionResult.unreadable
  let stop = endOf(text, '.', start, end)
  reader.load(text, start, stop)
  if (newest.mayHaveHeader && reader.take(6) === id) {
    if (reader.take(6) !== newest.version) return SectionResult.unreadable
    if (reader.isBroken || stop === end) return SectionResult.malformed
    start = stop + 1
    stop = endOf(text, '.', start, end)
    reader.load(text, start, stop)
  }
  reader.at = 0
  // Where a header gives the section's version, the number here is that of the agreement.
  const version = newest.mayHaveHeader ? newest.version : reader.take(6)
  const layout = layoutFor(layouts, reader.bitCount)
  if (reader.isBroken || layout === undefined) return SectionResult.malformed
  const isKnown = layouts.some((one) => one.version === version)
  let result: number = isKnown ? coreChoice(layout) : SectionResult.unreadable
  for (start = stop + 1; start <= end; start = stop + 1) {
    stop = endOf(text, '.', start, end)
    reader.load(text, start, stop)
    const isGpc = reader.take(2) === gpcSegment && reader.takeFlag()
    if (reader.isBroken) return SectionResult.malformed
    if (isGpc && result === SectionResult.notOptedOut) result = SectionResult.optedOut
  }
  return result
}

/**
 * The newest layout that fits into so many bits. Its length tells a section's layout more truly than its
 * version: encoders wrote version 2's fields as version 1, and the other way round.
 */
function layoutFor(layouts: readonly GppLayout[], bitCount: number): GppLayout | undefined {
  for (let i = layouts.length - 1; i >= 0; i--)
    if (layouts[i]!.bitCount <= bitCount) return layouts[i]
  return undefined
}

function coreChoice({ optOuts, children }: GppLayout): number {
  let result: number = SectionResult.notOptedOut
  for (let i = 0; i < optOuts.length; i++) {
    reader.at = optOuts[i]!
    const answer = reader.take(2)
    if (answer === Answer.nonsense) return SectionResult.unreadable
    if (answer === Answer.optedOut) result = SectionResult.optedOut
  }
  for (let i = 0; i < children.length; i++) {
    reader.at = children[i]!
    if (reader.take(2) !== 0) result = SectionResult.optedOut
  }
  return result
}

/** Where the part that begins at `start` ends. */
function endOf(text: string, separator: string, start: number, end: number): number {
  const at = text.indexOf(separator, start)
  return at < 0 || at > end ? end : at
}
