import type { BidSlice } from './slice.js'

/** All that is known about one person, a slice a shop. Never changed; a later write makes another. */
export class Profile {
  readonly slices: readonly BidSlice[]
  /** Which write it was read from: another number after every change. */
  readonly stamp: number

  constructor(slices: readonly BidSlice[], stamp: number) {
    this.slices = slices
    this.stamp = stamp
  }
}
