/**
 * Why we don't bid, in the order in which a request meets the reasons. Small negative numbers, so
 * that a decision is one number: a row (>= 0) or one of these. The text is the label `reason`.
 */
export const NoBid = {
  unsupportedFormat: -1,
  dealsOnly: -2,
  seatBlocked: -3,
  unknownCurrency: -4,
  insecure: -5,
  noCampaign: -6,
  belowFloor: -7,
  noBudget: -8,
  tooManyReservations: -9,
  timeout: -10,
  notReady: -11,
} as const
export type NoBid = (typeof NoBid)[keyof typeof NoBid]

/** By `-1 - code`. */
export const noBidReasons: readonly string[] = [
  'unsupported_format',
  'deals_only',
  'seat_blocked',
  'unknown_currency',
  'insecure',
  'no_campaign',
  'below_floor',
  'no_budget',
  'too_many_reservations',
  'timeout',
  'not_ready',
]
