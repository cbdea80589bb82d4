/** What the person agreed to, as the page's own means of asking say: Google's consent mode, IAB's TCF. */
import { own, safely } from './reading.js'

export interface Consent {
  /** Adverts may be chosen and priced by what they did here. */
  readonly ads: boolean
  /** So may what they see in this shop and in its mails. */
  readonly personalization: boolean
}

type Signals = Record<string, boolean>

const signals = ['ad_storage', 'ad_user_data', 'ad_personalization', 'personalization_storage']
const before: Signals = {}
const chosen: Signals = {}

/**
 * Follows `gtag('consent', mode, settings)`.
 *
 * A default that denies says that the person hasn't been asked yet. Defaults may be for regions, and a
 * browser doesn't know its own: what any of them denies is denied.
 *
 * @returns null where nothing is known yet.
 */
export function googleConsent(mode: unknown, settings: unknown): Consent | null {
  for (const name of signals) {
    const value = own(settings, name)
    if (value !== 'granted' && value !== 'denied') continue
    if (mode === 'update') chosen[name] = value === 'granted'
    else if (mode === 'default') before[name] = value === 'granted' && own(before, name) !== false
  }
  const isGranted = (name: string): boolean => own({ ...before, ...chosen }, name) === true
  const ads =
    isGranted('ad_storage') && isGranted('ad_user_data') && isGranted('ad_personalization')
  const personalization = isGranted('personalization_storage')
  return Object.keys(chosen).length > 0 || ads || personalization ? { ads, personalization } : null
}

/**
 * Follows the TCF's consent manager.
 *
 * Adverts need storage and profiles for them made and used (purposes 1, 3, 4), personal content the same
 * of its own (1, 5, 6): by consent, as nobody may claim an interest of their own in these.
 *
 * @param vendorId ours in the framework's list.
 * @returns whether there is one.
 */
export function listenToTcf(vendorId: number, onConsent: (consent: Consent) => void): boolean {
  const { __tcfapi: api } = window
  if (typeof api !== 'function') return false
  api('addEventListener', 2, (data: unknown) => {
    safely(() => {
      const status = own(data, 'eventStatus')
      if (status !== 'tcloaded' && status !== 'useractioncomplete') return
      const isFree = own(data, 'gdprApplies') === false
      const isVendorFine = own(own(own(data, 'vendor'), 'consents'), vendorId) === true
      const purposes = own(own(data, 'purpose'), 'consents')
      const may = (...wanted: readonly number[]): boolean =>
        isFree || (isVendorFine && wanted.every((purpose) => own(purposes, purpose) === true))
      onConsent({ ads: may(1, 3, 4), personalization: may(1, 5, 6) })
    })
  })
  return true
}
