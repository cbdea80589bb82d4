import type { Applies } from './request.js'

/**
 * What was found where the scan last was. The functions of json-scan and json-values return a
 * position; a value goes in here, each kind in a place of its own, so that none is boxed.
 */
export const scanned = {
  /** Number of the name whose value is at hand; -1 where the object has no more. */
  key: -1,
  /** Out of a number or a string of one; NaN where there is none, 0 for -0. */
  number: Number.NaN,
  /** `number` as a count or a listed value: whole, 0 for anything else. */
  count: 0,
  /** 1, true, "1", "true" and 1.0 are yes, their likes no; -1 is all else. */
  flag: -1 as Applies,
  /** A bit for each of the values listed. */
  bits: 0,
  /** Bits of the media types listed; -1 where there were none. */
  mimes: -1,
  /** '' where there is none, or one that is too long to be kept. */
  text: '',
}
