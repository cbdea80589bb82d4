/** Loss reason codes of OpenRTB 2.6 and 3.0 as metrics name them; the rest is `other`. */
export const lossReasons: readonly string[] = [
  ...['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
  ...['100', '101', '102', '103', '104'],
  ...['200', '201', '202', '203', '204', '205', '206', '207', '208', '209', '210'],
  ...['211', '212', '213', '214', '215'],
  'other',
]

const indexes = new Map(lossReasons.map((reason, index) => [reason, index]))

/** @param code what the exchange put in the place of `${AUCTION_LOSS}`, whatever that is. */
export const lossReasonIndex = (code: string): number => indexes.get(code) ?? lossReasons.length - 1
