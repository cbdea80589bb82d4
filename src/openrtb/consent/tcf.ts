import { BitReader } from './bit-reader.js'

const purposeCount = 24

/** What a publisher allows a vendor for a purpose, whatever the person chose. */
const RestrictionType = { notAllowed: 0, requireConsent: 1, requireLegitimateInterest: 2 } as const

const SegmentType = { disclosedVendors: 1, allowedVendors: 2, publisher: 3 } as const

/** Safe to share: nothing here waits. */
const reader = new BitReader()

/**
 * What a string of the Transparency & Consent Framework says to one vendor. Filled again for each
 * string. Sets of purposes are 24 bits, purpose 1 the highest: see `purposeBit`.
 */
export class TcfChoices {
  /** Tenths of a second since 1970. */
  created = 0
  lastUpdated = 0
  policyVersion = 0
  /** Made for this site alone; the framework ended shared strings in September 2021. */
  isServiceSpecific = false
  /** 12 bits, special feature 1 the highest. */
  specialFeatures = 0
  /** In Canada: express consent. */
  purposesConsent = 0
  /** Said, and not objected to. In Canada: implied consent. */
  purposesLegitimateInterest = 0
  /** Purpose 1 wasn't asked for, as the publisher's country doesn't ask for it so. */
  isPurposeOneSilent = false

  vendorConsent = false
  vendorLegitimateInterest = false
  /** Purposes that the publisher restricts for the vendor. */
  notAllowed = 0
  consentRequired = 0
  legitimateInterestRequired = 0
  /** The string names the vendors that the person was told of; whether ours is one of them. */
  hasDisclosedVendors = false
  isDisclosed = false

  reset(): void {
    this.created = 0
    this.lastUpdated = 0
    this.policyVersion = 0
    this.isServiceSpecific = false
    this.specialFeatures = 0
    this.purposesConsent = 0
    this.purposesLegitimateInterest = 0
    this.isPurposeOneSilent = false
    this.vendorConsent = false
    this.vendorLegitimateInterest = false
    this.notAllowed = 0
    this.consentRequired = 0
    this.legitimateInterestRequired = 0
    this.hasDisclosedVendors = false
    this.isDisclosed = false
  }
}

/** @param purpose 1 to 24. */
export function purposeBit(purpose: number): number {
  return 1 << (purposeCount - purpose)
}

/**
 * Reads a TC string of version 2 (TCF 2.0 to 2.3) between `start` and `end` of `text`.
 *
 * @param vendorId whom it should speak to; 0 for nobody.
 * @param into filled where the string is valid; of no meaning otherwise.
 * @returns whether the string is valid, all its segments included. Never throws.
 */
export function decodeTcf(
  text: string,
  start: number,
  end: number,
  vendorId: number,
  into: TcfChoices,
): boolean {
  const coreEnd = beginCore(text, start, end, 2, into)
  into.isServiceSpecific = reader.takeFlag()
  reader.skip(1) // own texts
  takePurposes(into)
  into.isPurposeOneSilent = reader.takeFlag()
  reader.skip(12) // publisher's country
  takeVendors(vendorId, into)
  takeRestrictions(vendorId, into)
  return !reader.isBroken && decodeSegments(text, start, coreEnd, end, vendorId, into)
}

/**
 * Reads section 5 of GPP, Canada's form of the framework, version 1. Vendors are written as in Europe:
 * the section's text promises Fibonacci ranges, its encoders never made them. Restrictions came later
 * and may be missing.
 */
export function decodeTcfCanada(
  text: string,
  start: number,
  end: number,
  vendorId: number,
  into: TcfChoices,
): boolean {
  const coreEnd = beginCore(text, start, end, 1, into)
  into.isServiceSpecific = true
  reader.skip(1) // own stacks
  takePurposes(into)
  takeVendors(vendorId, into)
  if (reader.at + 12 <= reader.bitCount) takeRestrictions(vendorId, into)
  return !reader.isBroken && decodeSegments(text, start, coreEnd, end, vendorId, into)
}

/** Reads up to the policy's version. @returns where the core segment ends. */
function beginCore(
  text: string,
  start: number,
  end: number,
  version: number,
  into: TcfChoices,
): number {
  const coreEnd = segmentEnd(text, start, end)
  into.reset()
  reader.load(text, start, coreEnd)
  if (reader.take(6) !== version) reader.isBroken = true
  into.created = reader.takeMoment()
  into.lastUpdated = reader.takeMoment()
  reader.skip(12 + 12 + 6 + 12 + 12) // consent manager, its version, screen, language, vendor list
  into.policyVersion = reader.take(6)
  return coreEnd
}

function takePurposes(into: TcfChoices): void {
  into.specialFeatures = reader.take(12)
  into.purposesConsent = reader.take(purposeCount)
  into.purposesLegitimateInterest = reader.take(purposeCount)
}

function takeVendors(vendorId: number, into: TcfChoices): void {
  into.vendorConsent = takeVendorList(vendorId)
  into.vendorLegitimateInterest = takeVendorList(vendorId)
}

function takeRestrictions(vendorId: number, into: TcfChoices): void {
  const count = reader.take(12)
  for (let i = 0; i < count && !reader.isBroken; i++) {
    const purpose = reader.take(6)
    const type = reader.take(2)
    if (!takeRanges(vendorId) || purpose < 1 || purpose > purposeCount) continue
    const bit = purposeBit(purpose)
    if (type === RestrictionType.requireConsent) into.consentRequired |= bit
    else if (type === RestrictionType.requireLegitimateInterest)
      into.legitimateInterestRequired |= bit
    // A type that there isn't yet won't allow more.
    else into.notAllowed |= bit
  }
}

/** Whether the vendor is in the list that comes next: a bit for each up to the highest, or ranges. */
function takeVendorList(vendorId: number): boolean {
  const highest = reader.take(16)
  if (reader.takeFlag()) return takeRanges(vendorId)
  const first = reader.at
  reader.skip(highest)
  return vendorId >= 1 && vendorId <= highest && reader.isSet(first + vendorId - 1)
}

function takeRanges(vendorId: number): boolean {
  const count = reader.take(12)
  let isIn = false
  for (let i = 0; i < count && !reader.isBroken; i++) {
    const isRange = reader.takeFlag()
    const first = reader.take(16)
    const last = isRange ? reader.take(16) : first
    if (first < 1 || last < first) reader.isBroken = true
    if (vendorId >= first && vendorId <= last) isIn = true
  }
  return isIn && !reader.isBroken
}

/** The segments after the core, which stands between `coreStart` and `coreEnd`. */
function decodeSegments(
  text: string,
  coreStart: number,
  coreEnd: number,
  end: number,
  vendorId: number,
  into: TcfChoices,
): boolean {
  let start = coreEnd + 1
  while (start <= end) {
    const stop = segmentEnd(text, start, end)
    reader.load(text, start, stop)
    const type = reader.take(3)
    if (type === SegmentType.disclosedVendors) {
      into.hasDisclosedVendors = true
      into.isDisclosed = takeVendorList(vendorId)
    } else if (type === SegmentType.allowedVendors) {
      takeVendorList(0)
    } else if (type === SegmentType.publisher) {
      reader.skip(2 * purposeCount)
      reader.skip(2 * reader.take(6))
    } else if (type === 0 && text.slice(start, stop) !== text.slice(coreStart, coreEnd)) {
      // A second core: some encoders repeat theirs, but one that says something else is not to be trusted.
      reader.isBroken = true
    }
    if (reader.isBroken) return false
    start = stop + 1
  }
  return true
}

function segmentEnd(text: string, start: number, end: number): number {
  const dot = text.indexOf('.', start)
  return dot < 0 || dot > end ? end : dot
}
