/**
 * Why we don't bid, in the order in which a request meets the reasons. Small negative numbers, so
 * that a decision is one number: a row (>= 0) or one of these. The text is the label `reason`.
 */
export const NoBid = {
  /** Nothing is offered that can be read: no size, no media types, no native request. */
  unsupportedFormat: -1,
  /** What is offered can't be filled by anybody here: sizes without a layout, HTML that is not taken. */
  formatRestricted: -2,
  /** Only deals are taken, and none that a campaign buys under. */
  dealsOnly: -3,
  seatBlocked: -4,
  placeBlocked: -5,
  crawler: -6,
  networkBlocked: -7,
  supplyChainIncomplete: -8,
  supplyChainBlocked: -9,
  unknownCurrency: -10,
  insecure: -11,
  /** The advert would have to show who pays for it, which ours don't. */
  transparencyNotRendered: -12,
  noCampaign: -13,
  /** Campaigns match, but none has a video, a spot or the native assets that are asked for. */
  noCreative: -14,
  belowFloor: -15,
  noBudget: -16,
  tooManyReservations: -17,
  timeout: -18,
  overload: -19,
  rateLimited: -20,
  notReady: -21,
} as const
export type NoBid = (typeof NoBid)[keyof typeof NoBid]

/** By `-1 - code`: label, and OpenRTB's number for it (`nbr`, list 5.24). */
const reasons: readonly (readonly [label: string, nbr: number])[] = [
  ['unsupported_format', 0],
  ['format_restricted', 0],
  ['deals_only', 0],
  ['seat_blocked', 0],
  ['place_blocked', 7],
  ['crawler', 3],
  ['network_blocked', 5],
  ['supply_chain_incomplete', 16],
  ['supply_chain_blocked', 17],
  ['unknown_currency', 0],
  ['insecure', 0],
  ['transparency_not_rendered', 0],
  ['no_campaign', 0],
  ['no_creative', 0],
  ['below_floor', 0],
  ['no_budget', 0],
  ['too_many_reservations', 1],
  ['timeout', 15],
  ['overload', 1],
  ['rate_limited', 1],
  ['not_ready', 1],
]

export const noBidReasons: readonly string[] = reasons.map(([label]) => label)
export const nbrOf = (code: number): number => reasons[-1 - code]![1]
