import { isGdprCountry } from '../country.js'
import type { Applies, BidRequest } from '../request.js'
import { textLengthMax, unreadable } from '../request.js'
import type { ConsentConfig } from './config.js'
import type { Consent, PackedConsent } from './consent.js'
import { allowed, both, consentOf, pack } from './consent.js'
import type { GppVerdict } from './gpp.js'
import { readGpp } from './gpp.js'
import { readableSections, Section } from './gpp-sections.js'
import { Remembered } from './remembered.js'
import { TcfRules } from './tcf-rules.js'
import { readUsPrivacy, UsPrivacy } from './us-privacy.js'

export type { Consent }

const coppa = pack('coppa', 0)
const limitAdTracking = pack('lmt', 0)
const doNotTrack = pack('dnt', 0)
const globalPrivacyControl = pack('gpc', 0)
const unregistered = pack('gdpr_unregistered', 0)
const noTcString = pack('gdpr_no_string', 0)
const usOptOut = pack('us_privacy_opt_out', 0)
const usInvalid = pack('us_privacy_invalid', 0)
const gppUnknown = pack('gpp_unknown_section', 0)
const gppMissing = pack('gpp_missing', 0)
const gppInvalid = pack('gpp_invalid', 0)
const gppOptOut = pack('gpp_opt_out', 0)

const europeBit = 1 << Section.tcfEurope
const canadaBit = 1 << Section.tcfCanada

/**
 * Decides once per request what may be read of the person, and kept. Where several rules apply the most
 * restrictive wins; whatever can't be read is restrictive.
 *
 * - COPPA, `lmt`, `dnt` and Global Privacy Control: nothing.
 * - The GDPR, where it applies: what the TC string allows our vendor, purpose by purpose.
 * - US Privacy and GPP's sections for the United States: nothing after an opt-out or of a known child.
 * - Of GPP the sections that `gpp_sid` names, and no others.
 *
 * Allocates nothing but for strings that weren't seen lately. Safe to share within a thread.
 */
export class ConsentRules {
  readonly #rules: TcfRules
  readonly #isRegistered: boolean
  readonly #absentGdpr: ConsentConfig['treatAbsentGdprAs']
  readonly #tcStrings: Remembered<PackedConsent>
  readonly #gppStrings: Remembered<GppVerdict | null>

  constructor(config: ConsentConfig) {
    this.#rules = new TcfRules(config)
    this.#isRegistered = config.tcfVendorId !== 0
    this.#absentGdpr = config.treatAbsentGdprAs
    this.#tcStrings = new Remembered(config.rememberedMax)
    this.#gppStrings = new Remembered(config.rememberedMax)
  }

  decide(request: BidRequest): Consent {
    if (request.coppa) return consentOf(coppa)
    if (request.limitAdTracking) return consentOf(limitAdTracking)
    if (request.doNotTrack) return consentOf(doNotTrack)
    if (request.globalPrivacyControl) return consentOf(globalPrivacyControl)
    const { country, gdpr, gpp, gppSections, tcString, usPrivacy } = request
    const isGdpr = this.#isUnderGdpr(gdpr, country, tcString)
    return consentOf(this.#decide(isGdpr, tcString, usPrivacy, gpp, gppSections))
  }

  /**
   * The same for a call from a browser: `gdpr`, `gdpr_consent`, `us_privacy`, `gpp`, `gpp_sid`, each as in
   * the URLs of exchanges. A macro that nobody replaced is as good as absent.
   *
   * @param hasPrivacyControl the browser sent `Sec-GPC: 1`.
   */
  decideFromQuery(params: URLSearchParams, hasPrivacyControl = false): Consent {
    if (hasPrivacyControl) return consentOf(globalPrivacyControl)
    const gdpr = queryText(params, 'gdpr')
    const tcString = queryText(params, 'gdpr_consent')
    // What is neither yes nor no was meant to say something: the law applies.
    const applies = gdpr === '' ? -1 : gdpr === '0' ? 0 : 1
    const isGdpr = this.#isUnderGdpr(applies, '', tcString)
    const sections = sectionsIn(queryText(params, 'gpp_sid'))
    const usPrivacy = queryText(params, 'us_privacy')
    return consentOf(this.#decide(isGdpr, tcString, usPrivacy, queryText(params, 'gpp'), sections))
  }

  #isUnderGdpr(gdpr: Applies, country: string, tcString: string): boolean {
    if (gdpr >= 0) return gdpr === 1
    if (this.#absentGdpr === 'by-place') return tcString !== '' || isGdprCountry(country)
    return this.#absentGdpr === 'applies'
  }

  #decide(
    isGdpr: boolean,
    tcString: string,
    usPrivacy: string,
    gpp: string,
    sections: number,
  ): PackedConsent {
    let consent = allowed
    if (isGdpr) consent = this.#europe(tcString, sections)
    if (usPrivacy !== '') consent = both(consent, unitedStates(usPrivacy))
    if (gpp !== '' || sections !== 0) consent = both(consent, this.#gpp(gpp, sections))
    return consent
  }

  #europe(tcString: string, sections: number): PackedConsent {
    if (!this.#isRegistered) return unregistered
    // GPP's section for Europe is a TC string too, and is looked at with the other sections.
    if (tcString === '') return (sections & europeBit) !== 0 ? allowed : noTcString
    const known = this.#tcStrings.get(tcString)
    if (known !== undefined) return known
    const consent = this.#rules.europe(tcString, 0, tcString.length)
    this.#tcStrings.set(tcString, consent)
    return consent
  }

  #gpp(gpp: string, sections: number): PackedConsent {
    if ((sections & ~readableSections) !== 0) return gppUnknown
    if (gpp === '') return gppMissing
    let verdict = this.#gppStrings.get(gpp)
    if (verdict === undefined) {
      verdict = readGpp(gpp, this.#rules)
      this.#gppStrings.set(gpp, verdict)
    }
    if (verdict === null) return gppInvalid
    if ((sections & ~verdict.present) !== 0) return gppMissing
    if ((sections & verdict.unreadable) !== 0) return gppInvalid
    if ((sections & verdict.optedOut) !== 0) return gppOptOut
    let consent = allowed
    if ((sections & europeBit) !== 0) consent = verdict.europe
    if ((sections & canadaBit) !== 0) consent = both(consent, verdict.canada)
    return consent
  }
}

function unitedStates(usPrivacy: string): PackedConsent {
  const choice = readUsPrivacy(usPrivacy)
  if (choice === UsPrivacy.notOptedOut) return allowed
  return choice === UsPrivacy.optedOut ? usOptOut : usInvalid
}

/** '' where absent or a macro that nobody replaced: `${…}`, `{{…}}`, `%%…%%`, `[…]`. */
function queryText(params: URLSearchParams, name: string): string {
  const text = params.get(name) ?? ''
  if (text.length > textLengthMax) return unreadable
  return /^(\$\{|\{\{|\{|%%|\[)/.test(text) ? '' : text
}

/** Bits of a list as in `7,8`, as `BidRequest.gppSections` has them; -1 says that none applies. */
function sectionsIn(text: string): number {
  let bits = 0
  if (text === '') return 0
  for (const item of text.split(',')) {
    const section = item.trim()
    if (section === '-1') continue
    bits |= /^([1-9]|[12]\d|30)$/.test(section) ? 1 << Number(section) : 1
  }
  return bits
}
