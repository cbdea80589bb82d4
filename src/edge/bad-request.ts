/** Why a bid request is refused with a 4xx status: index into `badRequestReasons`. */
export const BadRequest = { malformed: 0, unknownExchange: 1, wrongSecret: 2, encoding: 3 } as const

/** Label `reason` of the metric. */
export const badRequestReasons: readonly string[] = [
  'malformed',
  'unknown_exchange',
  'wrong_secret',
  'encoding',
]
