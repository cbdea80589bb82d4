/** What senders say that somebody agreed to, in the ways that they say it. What isn't said is null. */
import type { Consent } from '../event.js'
import { Findings } from '../findings.js'
import { isObject, type Json, type RawEvent } from './raw-event.js'

/** `null`: not said. */
type Signal = boolean | null

/**
 * - ours: `{ ads, personalization }`;
 * - Google's consent mode: `{ ad_storage, ad_user_data, ad_personalization, personalization_storage }`, each
 *   `granted` or `denied`, true or false; adverts need the second and the third, and none denied;
 * - TCF: `{ purposes: { "1": true, … } }`; adverts need 1, 3 and 4, personal content 1, 5 and 6;
 * - Segment: `{ categoryPreferences: { Advertising: true, … } }`; of several categories about adverts, all
 *   must be agreed to;
 * - RudderStack: `{ allowedConsentIds: [ … ], deniedConsentIds: [ … ] }` of such categories.
 *
 * @returns null where nothing is said of either.
 */
export function readConsent(
  value: unknown,
  where: string,
  field: string,
  findings: Findings,
): Consent | null {
  if (value === undefined || value === null) return null
  if (!isObject(value)) {
    findings.fault(where, field, 'must be an object')
    return null
  }
  const signal = (holder: Json, name: string, path = field): Signal => {
    const said = holder[name]
    if (said === undefined || said === null || typeof said === 'boolean') return said ?? null
    if (typeof said === 'string' && said.length < 40) {
      const text = said.toLowerCase()
      if (text === 'granted') return true
      if (text === 'denied') return false
      if (text === '' || text.endsWith('unspecified')) return null
    }
    findings.fault(where, `${path}.${name}`, 'must be true or false, or granted or denied')
    return null
  }
  if (value['ads'] !== undefined || value['personalization'] !== undefined)
    return consentOf(signal(value, 'ads'), signal(value, 'personalization'))
  const { purposes } = value
  if (isObject(purposes)) {
    const may = (...numbers: readonly string[]): boolean =>
      numbers.every((number) => signal(purposes, number, `${field}.purposes`) === true)
    return { ads: may('1', '3', '4'), personalization: may('1', '5', '6') }
  }
  const categories = categoriesOf(value)
  if (categories !== null) {
    const path = `${field}.categoryPreferences`
    const names = Object.keys(categories)
    const of = (pattern: RegExp): Signal => {
      const signals = names
        .filter((name) => pattern.test(name))
        .map((name) => signal(categories, name, path))
      if (signals.includes(false)) return false
      return signals.includes(true) ? true : null
    }
    const consent = consentOf(of(advertCategories), of(personalCategories))
    if (consent === null && names.length > 0)
      findings.note(where, path, 'names no category of adverts or of personal content that we know')
    return consent
  }
  return googleConsent((name) => signal(value, name))
}

/** What consent tools call them; `C0003` and `C0004` are OneTrust's. */
const advertCategories = /advert|marketing|targeting|\bads?\b|^c0004$/i
const personalCategories = /personali[sz]|functional|preference|^c0003$/i

/** By category; null where the value isn't about categories. What was both allowed and denied was denied. */
function categoriesOf(value: Json): Json | null {
  const { categoryPreferences, allowedConsentIds, deniedConsentIds } = value
  if (isObject(categoryPreferences)) return categoryPreferences
  if (!Array.isArray(allowedConsentIds) && !Array.isArray(deniedConsentIds)) return null
  const signals = (ids: unknown, said: boolean): [string, boolean][] =>
    Array.isArray(ids)
      ? ids.filter((id) => typeof id === 'string').map((id): [string, boolean] => [id, said])
      : []
  return Object.fromEntries([
    ...signals(allowedConsentIds, true),
    ...signals(deniedConsentIds, false),
  ])
}

function googleConsent(signal: (name: string) => Signal): Consent | null {
  const storage = signal('ad_storage')
  const userData = signal('ad_user_data')
  const personalization = signal('ad_personalization')
  const isSaid = storage !== null || userData !== null || personalization !== null
  const ads = storage !== false && userData === true && personalization === true
  return consentOf(isSaid ? ads : null, signal('personalization_storage'))
}

function consentOf(ads: Signal, personalization: Signal): Consent | null {
  if (ads === null && personalization === null) return null
  return { ads, personalization }
}

/**
 * What an event says of consent, whatever else it is about: for those of a type that we don't take.
 *
 * @returns null where it says nothing of that.
 */
export function consentAlone(raw: RawEvent): RawEvent | null {
  if (readConsent(raw.consent, '', '', new Findings()) === null) return null
  const nothing = { items: undefined, value: undefined, currency: undefined, rating: undefined }
  return { ...raw, ...nothing, type: 'consent' }
}
