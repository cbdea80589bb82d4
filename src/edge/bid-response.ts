import type { ByteWriter } from '../base/byte-writer.js'
import { formatCpm } from '../base/money.js'
import { CreativeFormat } from '../catalogue/media.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidFacts } from './bid-facts.js'
import type { Exchange } from './exchange.js'
import type { NoticePiece } from './notice-url.js'
import { jsonNotices } from './notice-url.js'

const bytes = (text: string): Buffer => Buffer.from(text)

const pieces = {
  id: bytes('{"id":'),
  bidId: bytes(',"bidid":"'),
  currency: bytes('","cur":"'),
  bids: bytes(',"bid":['),
  comma: bytes(','),
  bid: bytes('{"id":"'),
  impressionId: bytes('","impid":'),
  price: bytes(',"price":'),
  quote: bytes('"'),
  markup: bytes(',"adm":"'),
  nativeObject: bytes(',"adm":'),
  nativeField: bytes(',"adm_native":'),
  width: bytes(',"w":'),
  height: bytes(',"h":'),
  duration: bytes(',"dur":'),
  protocol: bytes(',"protocol":'),
  attributes: bytes(',"attr":['),
  apis: bytes(',"apis":['),
  language: bytes(',"language":"'),
  deal: bytes(',"dealid":'),
  kind: bytes(',"mtype":'),
  expiry: bytes(',"exp":'),
  billing: bytes(',"ext":{"billing_id":'),
  endBilling: bytes('}'),
  endBid: bytes('}'),
  end: bytes(']}]}'),
  nbr: bytes(',"seatbid":[],"nbr":'),
} as const

/**
 * Writes bid responses of OpenRTB 2.6 in JSON for one exchange, one bid at a time, from pieces
 * prepared at load.
 *
 * What depends on the request: ids, price, token, markup. The notice URLs carry the macros in plain
 * form, for the exchange to fill in.
 */
export class JsonResponse {
  readonly #out: ByteWriter
  readonly #notices: readonly NoticePiece[]
  readonly #seat: Buffer
  readonly #nativeForm: Exchange['native']['form']
  readonly #transparencyDomain: string
  #idJson = ''
  #currency = ''
  bidCount = 0

  /** @param publicUrl where exchanges and browsers reach us, without a slash at the end. */
  constructor(out: ByteWriter, publicUrl: string, exchange: Exchange) {
    this.#out = out
    this.#seat = bytes(`","seatbid":[{"seat":${JSON.stringify(exchange.seat)}`)
    this.#nativeForm = exchange.native.form
    this.#transparencyDomain = new URL(publicUrl).hostname
    this.#notices = jsonNotices(exchange, publicUrl)
  }

  /** @param currency of all bids of the response. */
  begin(requestId: string, currency: string): void {
    this.#out.reset()
    this.#idJson = JSON.stringify(requestId)
    this.#currency = currency
    this.bidCount = 0
  }

  add(facts: BidFacts, snapshot: Snapshot): void {
    const out = this.#out
    const { row, token } = facts
    if (this.bidCount++ === 0) this.#open(facts.id)
    else out.bytes(pieces.comma)
    out.bytes(pieces.bid)
    out.ascii(facts.id)
    out.bytes(pieces.impressionId)
    out.utf8(JSON.stringify(facts.impressionId))
    out.bytes(pieces.price)
    out.ascii(formatCpm(facts.priceCpmMicros))
    for (let i = 0; i < this.#notices.length; i++) {
      const notice = this.#notices[i]!
      out.bytes(notice.before)
      out.ascii(token)
      out.bytes(notice.after)
    }
    this.#markup(facts)
    out.bytes(pieces.comma)
    out.range(snapshot.bidPieces, snapshot.bidPieceStart[row]!, snapshot.bidPieceStart[row + 1]!)
    out.ascii(facts.creative)
    out.bytes(pieces.quote)
    if (facts.width > 0) {
      out.bytes(pieces.width)
      out.ascii(String(facts.width))
      out.bytes(pieces.height)
      out.ascii(String(facts.height))
    }
    if (facts.durationSeconds > 0) {
      out.bytes(pieces.duration)
      out.ascii(String(facts.durationSeconds))
      out.bytes(pieces.protocol)
      out.ascii(String(facts.protocol))
    }
    if (facts.attributes !== 0) this.#bits(pieces.attributes, facts.attributes)
    if (facts.apis !== 0) this.#bits(pieces.apis, facts.apis)
    if (facts.language !== '') {
      out.bytes(pieces.language)
      out.ascii(facts.language)
      out.bytes(pieces.quote)
    }
    if (facts.dealId !== '') {
      out.bytes(pieces.deal)
      out.utf8(JSON.stringify(facts.dealId))
    }
    out.bytes(pieces.kind)
    out.ascii(String(facts.format))
    out.bytes(pieces.expiry)
    out.ascii(String(facts.expirySeconds))
    if (facts.wantsDsa) this.#transparency(facts, snapshot)
    else if (facts.billingId !== '') {
      out.bytes(pieces.billing)
      out.utf8(JSON.stringify(facts.billingId))
      out.bytes(pieces.endBilling)
    }
    out.bytes(pieces.endBid)
  }

  /** The whole response; a view, valid until the next `begin`. */
  end(): Buffer {
    this.#out.bytes(pieces.end)
    return this.#out.view()
  }

  /** A response that says why there is no bid; a view, as `end`'s. */
  noBid(requestId: string, nbr: number): Buffer {
    const out = this.#out
    out.reset()
    out.bytes(pieces.id)
    out.utf8(JSON.stringify(requestId))
    out.bytes(pieces.nbr)
    out.ascii(String(nbr))
    out.bytes(pieces.endBid)
    return out.view()
  }

  #open(bidId: string): void {
    const out = this.#out
    out.bytes(pieces.id)
    out.utf8(this.#idJson)
    out.bytes(pieces.bidId)
    out.ascii(bidId)
    out.bytes(pieces.currency)
    out.ascii(this.#currency)
    out.bytes(this.#seat)
    out.bytes(pieces.bids)
  }

  #markup({ format, markup }: BidFacts): void {
    const out = this.#out
    if (format === CreativeFormat.native && this.#nativeForm !== 'text') {
      const isField = this.#nativeForm === 'adm_native'
      out.bytes(isField ? pieces.nativeField : pieces.nativeObject)
      out.copy(markup)
      return
    }
    out.bytes(pieces.markup)
    if (format === CreativeFormat.native) out.escaped(markup)
    else out.copy(markup)
    out.bytes(pieces.quote)
  }

  /** Set bits as the numbers that they stand for. */
  #bits(opening: Buffer, mask: number): void {
    const out = this.#out
    out.bytes(opening)
    for (let bits = mask, first = true; bits !== 0; bits &= bits - 1, first = false) {
      if (!first) out.bytes(pieces.comma)
      out.ascii(String(31 - Math.clz32(bits & -bits)))
    }
    out.ascii(']')
  }

  /** What the Digital Services Act wants said of an advert. Rare enough to be put together here. */
  #transparency(facts: BidFacts, snapshot: Snapshot): void {
    const { name, payer } = snapshot.shops[snapshot.shopOf[facts.row]!]!
    // 1: chosen by a profile; 2: by the page alone (IAB Tech Lab, DSA transparency, `dsaparams`).
    const dsaparams = [facts.isProfiled ? 1 : 2]
    const transparency = [{ domain: this.#transparencyDomain, dsaparams }]
    const dsa = { behalf: name, paid: payer, transparency, adrender: 0 }
    const ext = facts.billingId === '' ? { dsa } : { dsa, billing_id: facts.billingId }
    this.#out.utf8(`,"ext":${JSON.stringify(ext)}`)
  }
}
