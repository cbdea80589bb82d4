import type { ConsentConfig } from './config.js'
import type { PackedConsent } from './consent.js'
import { Permission, pack } from './consent.js'
import { decodeTcf, decodeTcfCanada, purposeBit, TcfChoices } from './tcf.js'

/** Bits: legal bases. In Canada: express and implied consent. */
const Basis = { none: 0, consent: 1, legitimateInterest: 2, either: 3 } as const

/** Whether a purpose may be pursued; the higher, the more it is the reason that it may not. */
const Verdict = { allowed: 0, purposeRefused: 1, vendorRefused: 2, restricted: 3 } as const

const purposeCount = 24
/** Special feature 1 of 12. */
const preciseGeoBit = 1 << 11

export const invalidTcString = pack('gdpr_invalid', 0)
const unregistered = pack('gdpr_unregistered', 0)
const notDisclosed = pack('gdpr_not_disclosed', 0)
const europeReasons = [
  pack('ok', 0),
  pack('gdpr_purpose', 0),
  pack('gdpr_vendor', 0),
  pack('gdpr_restricted', 0),
]
const canadaReason = pack('gpp_canada', 0)
const canadaReasons = [pack('ok', 0), canadaReason, canadaReason, canadaReason]

/** Safe to share: nothing here waits. */
const choices = new TcfChoices()

/** By purpose, bits of `Basis`. */
class LegalBases {
  readonly registered = new Uint8Array(purposeCount + 1)
  /** What a publisher may ask for instead. */
  readonly possible = new Uint8Array(purposeCount + 1)
}

/** What a consent string comes to for us. Reads each string anew: remembering is the caller's. */
export class TcfRules {
  readonly #vendorId: number
  readonly #canadaVendorId: number
  readonly #acceptsShared: boolean
  /** Tenths of a second since 1970; Infinity where disclosed vendors aren't asked for. */
  readonly #cutOver: number
  readonly #europe = new LegalBases()
  readonly #canada = new LegalBases()

  constructor(config: ConsentConfig) {
    const { registered, possible } = this.#europe
    this.#vendorId = config.tcfVendorId
    this.#canadaVendorId = config.tcfCanadaVendorId
    this.#acceptsShared = config.sharedTcStrings === 'accepted'
    this.#cutOver =
      config.tcf23CutOver === null ? Infinity : Date.parse(`${config.tcf23CutOver}T00:00Z`) / 100
    for (const one of config.purposesByConsent) registered[one] = Basis.consent
    for (const one of config.purposesByLegitimateInterest)
      registered[one] = Basis.legitimateInterest
    possible.set(registered)
    for (const one of config.flexiblePurposes) possible[one] = Basis.either
    this.#canada.registered.fill(Basis.either)
    this.#canada.possible.fill(Basis.either)
  }

  /** Of a TC string between `start` and `end`; `invalidTcString` where it isn't one. */
  europe(text: string, start: number, end: number): PackedConsent {
    if (!decodeTcf(text, start, end, this.#vendorId, choices)) return invalidTcString
    if (this.#vendorId === 0) return unregistered
    if (!choices.isServiceSpecific && !this.#acceptsShared) return invalidTcString
    if (choices.lastUpdated >= this.#cutOver && !choices.isDisclosed) return notDisclosed
    const read = readVerdict(this.#europe)
    const store = verdict(1, this.#europe)
    return europeReasons[read]! | permissions(this.#europe, read, store)
  }

  /**
   * Of GPP's section 5; `invalidTcString` where it isn't one. Purpose 1 isn't used there: an id is kept
   * for the profile only, so what allows the one allows the other.
   */
  canada(text: string, start: number, end: number): PackedConsent {
    if (!decodeTcfCanada(text, start, end, this.#canadaVendorId, choices)) return invalidTcString
    if (this.#canadaVendorId === 0) return canadaReason
    const read = readVerdict(this.#canada)
    return canadaReasons[read]! | permissions(this.#canada, read, read)
  }
}

/** Choosing by a profile takes both making it and using it. */
function readVerdict(bases: LegalBases): number {
  return Math.max(verdict(3, bases), verdict(4, bases))
}

function permissions(bases: LegalBases, read: number, store: number): number {
  let bits = 0
  if (read === Verdict.allowed) bits |= Permission.readProfile
  if (verdict(3, bases) === Verdict.allowed) bits |= Permission.addToProfile
  if (verdict(7, bases) === Verdict.allowed) bits |= Permission.measure
  if (store === Verdict.allowed) {
    bits |= Permission.storeId
    if (verdict(2, bases) === Verdict.allowed) bits |= Permission.capFrequency
  }
  const isKnown = choices.vendorConsent || choices.vendorLegitimateInterest
  if (isKnown && (choices.specialFeatures & preciseGeoBit) !== 0) bits |= Permission.preciseGeo
  return bits
}

/** The framework's test of one purpose: the publisher's restrictions, then the person's choice. */
function verdict(purpose: number, { registered, possible }: LegalBases): number {
  const bit = purposeBit(purpose)
  if ((choices.notAllowed & bit) !== 0) return Verdict.restricted
  let bases = registered[purpose]!
  const asksConsent = (choices.consentRequired & bit) !== 0
  const asksInterest = (choices.legitimateInterestRequired & bit) !== 0
  if (asksConsent || asksInterest) {
    bases = possible[purpose]!
    if (asksConsent) bases &= Basis.consent
    if (asksInterest) bases &= Basis.legitimateInterest
    if (bases === Basis.none) return Verdict.restricted
  }
  const agreed = (bases & Basis.consent) !== 0 && (choices.purposesConsent & bit) !== 0
  const told =
    (bases & Basis.legitimateInterest) !== 0 && (choices.purposesLegitimateInterest & bit) !== 0
  if ((agreed && choices.vendorConsent) || (told && choices.vendorLegitimateInterest))
    return Verdict.allowed
  return agreed || told ? Verdict.vendorRefused : Verdict.purposeRefused
}
