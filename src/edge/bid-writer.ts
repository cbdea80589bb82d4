import type { Decider } from '../bidding/decide.js'
import type { Funds } from '../bidding/funds.js'
import type { LiveCatalogue } from '../bidding/live.js'
import { reservationExpiresAtMs } from '../ledger/reservations.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import { impressionCountMax } from '../openrtb/request.js'
import type { BidExchange } from './bid-exchange.js'
import { BidFacts } from './bid-facts.js'
import type { Signer } from './signer.js'
import type { Wire } from './wire.js'

/** Most bids in one response: one under a deal and one without for each impression. */
export const bidCountMax = 2 * impressionCountMax

export interface BidWriterOptions {
  readonly signer: Signer
  readonly funds: Pick<Funds, 'cancel'>
  /** This worker's number in the ledger. */
  readonly incarnation: number
  readonly reservationTtlMs: number
}

/** Turns decisions into the bids of one response: signs each, has its markup written, remembers its money. Reused. */
export class BidWriter {
  bidCount = 0
  readonly #options: BidWriterOptions
  readonly #facts = new BidFacts()
  readonly #expirySeconds: number
  /** Reservations of the bids so far; 0 for a test's. */
  readonly #sequences = new Float64Array(bidCountMax)
  #testSequence = 0
  #exchange!: BidExchange
  #wire!: Wire
  #request!: BidRequest
  #catalogue!: LiveCatalogue
  #currency = ''
  #nowMs = 0

  constructor(options: BidWriterOptions) {
    this.#options = options
    this.#expirySeconds = Math.floor(options.reservationTtlMs / 1_000)
  }

  begin(
    exchange: BidExchange,
    wire: Wire,
    request: BidRequest,
    catalogue: LiveCatalogue,
    currency: string,
    nowMs: number,
  ): void {
    this.bidCount = 0
    this.#exchange = exchange
    this.#wire = wire
    this.#request = request
    this.#catalogue = catalogue
    this.#currency = currency
    this.#nowMs = nowMs
    exchange.response(wire).begin(request.id, currency)
  }

  /** @param decider what it decided last becomes a bid on `impression`. */
  write(decider: Decider, impression: Impression): void {
    const { signer, incarnation, reservationTtlMs } = this.#options
    const facts = this.#facts
    const { snapshot, accounts } = this.#catalogue
    const { test: isTest, dsaRequired } = this.#request
    this.#sequences[this.bidCount++] = decider.sequence
    facts.token = signer.sign({
      isTest,
      issuedAtMs: this.#nowMs,
      incarnation,
      sequence: isTest ? ++this.#testSequence : decider.sequence,
      expiresAtMs: reservationExpiresAtMs(Math.floor(this.#nowMs / 1_000), reservationTtlMs),
      account: accounts[decider.row]!,
      exchangeKey: this.#exchange.key,
      shopKey: snapshot.shopKeyOf(decider.row),
      reservedNanos: decider.costNanos,
      bidCpmMicros: decider.priceCpmMicros,
      currency: this.#currency,
    })
    facts.id = signer.lastId()
    facts.impressionId = impression.id
    facts.priceCpmMicros = decider.priceCpmMicros
    facts.row = decider.row
    facts.format = decider.format
    facts.dealId = decider.deal === null ? '' : decider.deal.id
    facts.billingId = impression.billingId
    // The exchange may say that it needs less.
    const { expirySeconds } = impression
    facts.expirySeconds =
      expirySeconds > 0 && expirySeconds < this.#expirySeconds ? expirySeconds : this.#expirySeconds
    facts.wantsDsa = dsaRequired > 0
    facts.isProfiled = decider.slice !== null
    this.#exchange.markup.write(facts, decider, impression, snapshot)
    this.#exchange.response(this.#wire).add(facts, snapshot)
  }

  /** The response is not sent: what was set aside for it is free again. */
  cancel(): void {
    for (let i = 0; i < this.bidCount; i++)
      if (this.#sequences[i]! > 0) this.#options.funds.cancel(this.#sequences[i]!)
    this.bidCount = 0
  }
}
