import type { ByteWriter } from '../base/byte-writer.js'
import { formatCpm } from '../base/money.js'
import type { Decider } from '../bidding/decide.js'
import type { Banner } from '../catalogue/creative/render.js'
import { noticeBasePiece, renderBanner } from '../catalogue/creative/render.js'
import { bannerSizes } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import type { BidRequest, Impression } from '../openrtb/request.js'
import type { ProductChoice } from './product-choice.js'

const bytes = (text: string): Buffer => Buffer.from(text)

const pieces = {
  id: bytes('{"id":'),
  bidId: bytes(',"bidid":"'),
  currency: bytes('","cur":"'),
  seat: bytes('","seatbid":[{"seat":'),
  bids: bytes(',"bid":['),
  comma: bytes(','),
  bid: bytes('{"id":"'),
  impressionId: bytes('","impid":'),
  price: bytes(',"price":'),
  markup: bytes('","adm":"'),
  facts: bytes('",'),
  width: bytes('","w":'),
  height: bytes(',"h":'),
  kind: bytes(',"mtype":1,"exp":'),
  endBid: bytes('}'),
  end: bytes(']}]}'),
} as const

/** Size part of a creative's id, by size index: `300x250`. */
const sizeNames = Array.from(bannerSizes, ({ width, height }) => bytes(`${width}x${height}`))
const widths = Array.from(bannerSizes, ({ width }) => bytes(String(width)))
const heights = Array.from(bannerSizes, ({ height }) => bytes(String(height)))

/**
 * Writes a bid response of OpenRTB 2.6 in JSON, one bid at a time, from pieces prepared at load.
 *
 * What depends on the request: ids, price, token, which products. The notice URLs carry the macros
 * in plain form, for the exchange to fill in.
 */
export class BidResponse {
  readonly #out: ByteWriter
  readonly #banner: Banner
  readonly #win: Buffer
  readonly #bill: Buffer
  readonly #loss: Buffer
  readonly #afterToken = bytes('&p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}')
  readonly #afterLossToken = bytes('&p=${AUCTION_PRICE}&r=${AUCTION_LOSS}')
  readonly #expiry: Buffer
  bidCount = 0

  /**
   * @param publicUrl  where exchanges and browsers reach us, without a slash at the end.
   * @param expirySeconds how long a bid may wait for its impression (`bid.exp`).
   */
  constructor(out: ByteWriter, publicUrl: string, expirySeconds: number) {
    this.#out = out
    this.#banner = {
      sizeIndex: 0,
      brands: Buffer.alloc(0),
      brandStart: 0,
      brandEnd: 0,
      products: { pieces: Buffer.alloc(0), pieceStart: new Uint32Array(1) },
      productIndexes: new Int32Array(0),
      productCount: 0,
      noticeBase: noticeBasePiece(publicUrl),
      token: '',
    }
    this.#win = bytes(`,"nurl":"${publicUrl}/n/win?t=`)
    this.#bill = bytes(`","burl":"${publicUrl}/n/bill?t=`)
    this.#loss = bytes(`","lurl":"${publicUrl}/n/loss?t=`)
    this.#expiry = bytes(String(expirySeconds))
  }

  begin(): void {
    this.#out.reset()
    this.bidCount = 0
  }

  /**
   * @param seatJson our seat as JSON text.
   * @param bidId    the bid's own id; the first one's is the response's `bidid` too.
   */
  addBid(
    request: BidRequest,
    impression: Impression,
    decider: Decider,
    snapshot: Snapshot,
    choice: ProductChoice,
    currency: string,
    seatJson: Buffer,
    bidId: string,
    token: string,
  ): void {
    const out = this.#out
    const { row, sizeIndex } = decider
    if (this.bidCount++ === 0) {
      out.bytes(pieces.id)
      out.utf8(JSON.stringify(request.id))
      out.bytes(pieces.bidId)
      out.ascii(bidId)
      out.bytes(pieces.currency)
      out.ascii(currency)
      out.bytes(pieces.seat)
      out.bytes(seatJson)
      out.bytes(pieces.bids)
    } else out.bytes(pieces.comma)
    out.bytes(pieces.bid)
    out.ascii(bidId)
    out.bytes(pieces.impressionId)
    out.utf8(JSON.stringify(impression.id))
    out.bytes(pieces.price)
    out.ascii(formatCpm(decider.priceCpmMicros))
    out.bytes(this.#win)
    out.ascii(token)
    out.bytes(this.#afterToken)
    out.bytes(this.#bill)
    out.ascii(token)
    out.bytes(this.#afterToken)
    out.bytes(this.#loss)
    out.ascii(token)
    out.bytes(this.#afterLossToken)
    out.bytes(pieces.markup)
    this.#fillBanner(decider, snapshot, choice, token)
    renderBanner(out, this.#banner)
    out.bytes(pieces.facts)
    out.range(snapshot.bidPieces, snapshot.bidPieceStart[row]!, snapshot.bidPieceStart[row + 1]!)
    out.bytes(sizeNames[sizeIndex]!)
    out.bytes(pieces.width)
    out.bytes(widths[sizeIndex]!)
    out.bytes(pieces.height)
    out.bytes(heights[sizeIndex]!)
    out.bytes(pieces.kind)
    out.bytes(this.#expiry)
    out.bytes(pieces.endBid)
  }

  #fillBanner(decider: Decider, snapshot: Snapshot, choice: ProductChoice, token: string): void {
    const banner = this.#banner
    banner.sizeIndex = decider.sizeIndex
    banner.brands = snapshot.brands
    banner.brandStart = snapshot.brandStart[decider.row]!
    banner.brandEnd = snapshot.brandEnd[decider.row]!
    banner.products = snapshot.products
    banner.productIndexes = choice.indexes
    banner.productCount = choice.count
    banner.token = token
  }

  /** The whole response; a view, valid until the next `begin`. */
  end(): Buffer {
    this.#out.bytes(pieces.end)
    return this.#out.view()
  }
}
