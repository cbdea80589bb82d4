/**
 * Why no profile may be read, most telling first where several reasons hold; `ok` where it may.
 * The closed list that metrics and explanations use.
 */
export const consentReasons = [
  'ok',
  'coppa',
  'lmt',
  'dnt',
  'gpc',
  /** The GDPR applies and we are no vendor of the framework. */
  'gdpr_unregistered',
  'gdpr_no_string',
  'gdpr_invalid',
  /** The string must name the vendors that the person was told of, and doesn't name us. */
  'gdpr_not_disclosed',
  /** The publisher doesn't allow it, or not on the legal basis that we have. */
  'gdpr_restricted',
  /** The person agreed to the purposes, but not to us. */
  'gdpr_vendor',
  'gdpr_purpose',
  'us_privacy_opt_out',
  'us_privacy_invalid',
  'gpp_unknown_section',
  /** A section applies that isn't there. */
  'gpp_missing',
  'gpp_invalid',
  'gpp_opt_out',
  /** Canada's framework: no consent, express or implied. */
  'gpp_canada',
] as const
export type ConsentReason = (typeof consentReasons)[number]

/** Bits of `Consent.bits`. */
export const Permission = {
  readProfile: 1,
  storeId: 2,
  addToProfile: 4,
  capFrequency: 8,
  measure: 16,
  preciseGeo: 32,
} as const

const bitCount = 6
export const everything = (1 << bitCount) - 1

/**
 * What may be done with what we know, or learn, of the person behind one request. One of a fixed set of
 * frozen objects: compare and keep them freely.
 */
export class Consent {
  readonly bits: number
  readonly reason: ConsentReason
  /** Of `reason` in `consentReasons`. */
  readonly reasonIndex: number
  /** Look up `buyeruid`, `ifa` or `eids`, and choose by the profile (TCF purposes 3 and 4). */
  readonly mayReadProfile: boolean
  /** Set our cookie, sync ids, keep an exchange's id (purpose 1). */
  readonly mayStoreId: boolean
  /** Add what is seen to the profile (purpose 3). */
  readonly mayAddToProfile: boolean
  /** Count what a person has seen (purposes 1 and 2). */
  readonly mayCapFrequency: boolean
  /** Tie what a person does later to the ad that they saw (purpose 7). */
  readonly mayMeasure: boolean
  /** Use or log a position finer than its region (special feature 1). */
  readonly mayUsePreciseGeo: boolean

  constructor(packed: number) {
    this.bits = packed & everything
    this.reasonIndex = packed >>> bitCount
    this.reason = consentReasons[this.reasonIndex]!
    this.mayReadProfile = (packed & Permission.readProfile) !== 0
    this.mayStoreId = (packed & Permission.storeId) !== 0
    this.mayAddToProfile = (packed & Permission.addToProfile) !== 0
    this.mayCapFrequency = (packed & Permission.capFrequency) !== 0
    this.mayMeasure = (packed & Permission.measure) !== 0
    this.mayUsePreciseGeo = (packed & Permission.preciseGeo) !== 0
    Object.freeze(this)
  }
}

/** A `Consent` as one small whole number: its reason's index, then its bits. */
export type PackedConsent = number

const all: readonly Consent[] = Array.from(
  { length: consentReasons.length << bitCount },
  (_, packed) => new Consent(packed),
)

export function consentOf(packed: PackedConsent): Consent {
  return all[packed]!
}

export function pack(reason: ConsentReason, bits: number): PackedConsent {
  return (consentReasons.indexOf(reason) << bitCount) | bits
}

/** Nothing stands against it. */
export const allowed: PackedConsent = pack('ok', everything)

/** What both allow; the reason is that of the first that lets no profile be read. */
export function both(first: PackedConsent, second: PackedConsent): PackedConsent {
  const bits = first & second & everything
  const reason = (first & Permission.readProfile) === 0 ? first : second
  return (reason & ~everything) | bits
}
