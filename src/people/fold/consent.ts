import { emptySlice, type Slice, type SliceConsent } from '../../profiles/slice.js'
import type { Event } from '../event.js'
import { whole } from './whole.js'

/** With what an event says: the part that it doesn't speak of stays, and isn't agreed to where it never was. */
export function consentWith(
  before: SliceConsent | null,
  { consent, atMs }: Event,
): SliceConsent | null {
  if (consent === null) return before
  const ads = consent.ads ?? before?.ads ?? false
  const personalization = consent.personalization ?? before?.personalization ?? false
  return newerConsent(before, { ads, personalization, atMs: whole(atMs) })
}

/** What was said last; of the same moment, what only both agreed to. null says nothing. */
export function newerConsent(a: SliceConsent | null, b: SliceConsent | null): SliceConsent | null {
  if (a === null || b === null) return a ?? b
  if (a.atMs !== b.atMs) return a.atMs > b.atMs ? a : b
  return {
    ads: a.ads && b.ads,
    personalization: a.personalization && b.personalization,
    atMs: a.atMs,
  }
}

/** They want nothing kept of them. */
export const isDenied = (consent: SliceConsent | null): boolean =>
  consent !== null && !consent.ads && !consent.personalization

/** All that is kept of somebody who wants nothing kept: that they said so. */
export const onlyConsent = (consent: SliceConsent | null): Slice => ({ ...emptySlice, consent })
