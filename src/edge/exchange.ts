import { z } from '../base/schema.js'

/** Agreed with one exchange; a file in `config/exchanges` each. */
export const exchangeSchema = z.strictObject({
  /** Last segment of its bid URL, `/openrtb2/<name>`. */
  name: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be lower-case letters, digits and -'),
  /** Bid in this where the request allows it, and where it names no currency. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Our seat there, as in `seatbid.seat`, `wseat` and `bseat`. */
  seat: z.string().min(1).max(64),
  /**
   * What the shop is charged on: the billing notice, the win notice for an exchange that sends no
   * billing notices, or the impression pixel.
   */
  chargeOn: z.enum(['bill', 'win', 'imp']).default('bill'),
  /** Time that an answer needs to get there: taken off what the exchange allows. */
  networkMarginMs: z.number().int().min(0).max(99).default(10),
})

export type Exchange = z.output<typeof exchangeSchema>
