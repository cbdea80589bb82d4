/** Sessions: what one person looked at without a long break in between. */

/**
 * By when they ended, oldest first: a session's number tells how recent it is. Products of one session in the
 * order in which they were looked at, repeats kept.
 */
export interface Sessions {
  readonly count: number
  /** Where each session's products begin, and where the last one's end. */
  readonly starts: Uint32Array
  readonly items: Int32Array
  /** Seconds since 1970; where nobody knows, a session's number stands in for its time (`hasTimes`). */
  readonly endSeconds: Uint32Array
  readonly hasTimes: boolean
}
