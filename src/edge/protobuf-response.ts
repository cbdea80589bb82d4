import { ByteWriter } from '../base/byte-writer.js'
import { CreativeFormat } from '../catalogue/media.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import {
  messageBytes,
  tagOf,
  WireType,
  writeBytes,
  writeDouble,
  writeInt,
  writeLong,
  writeText,
  writeVarint,
} from '../openrtb/protobuf/write.js'
import type { BidFacts } from './bid-facts.js'
import type { Exchange } from './exchange.js'
import { JsonText } from './json-text.js'
import { noticeEnds } from './notice-url.js'

const { varint, fixed64, bytes } = WireType

/** Fields of BidResponse, SeatBid and Bid (openrtb.proto), of their extensions (openrtb-adx.proto). */
const tags = {
  response: {
    id: tagOf(1, bytes),
    seatBid: tagOf(2, bytes),
    bidId: tagOf(3, bytes),
    currency: tagOf(4, bytes),
    nbr: tagOf(6, varint),
    ext: tagOf(1005, bytes),
  },
  seatBid: { bid: tagOf(1, bytes), seat: tagOf(2, bytes) },
  bid: {
    id: tagOf(1, bytes),
    impressionId: tagOf(2, bytes),
    price: tagOf(3, fixed64),
    nurl: tagOf(5, bytes),
    markup: tagOf(6, bytes),
    creativeId: tagOf(10, bytes),
    attributes: tagOf(11, bytes),
    dealId: tagOf(13, bytes),
    width: tagOf(16, varint),
    height: tagOf(17, varint),
    protocol: tagOf(19, varint),
    expiry: tagOf(21, varint),
    burl: tagOf(22, bytes),
    lurl: tagOf(23, bytes),
    language: tagOf(25, bytes),
    apis: tagOf(31, bytes),
    duration: tagOf(32, varint),
    kind: tagOf(33, varint),
    native: tagOf(50, bytes),
    ext: tagOf(1014, bytes),
  },
  bidExt: { billingId: tagOf(10, varint) },
  responseExt: { processingMs: tagOf(1, varint) },
} as const

/** A row's part of a bid, and its creatives' ids up to the creative's name. */
interface RowPiece {
  readonly bytes: Buffer
  readonly creativePrefix: string
}
type Rows = Pick<Snapshot, 'rowFacts'>

/** By row, made when it first bids. Shared by all exchanges; goes with the snapshot. */
const rowPieces = new WeakMap<Rows, (RowPiece | undefined)[]>()

function rowPieceOf(snapshot: Rows, row: number): RowPiece {
  let pieces = rowPieces.get(snapshot)
  if (pieces === undefined) {
    pieces = []
    rowPieces.set(snapshot, pieces)
  }
  const known = pieces[row]
  if (known !== undefined) return known
  const { crid, ...facts } = snapshot.rowFacts(row)
  const piece = { bytes: messageBytes('Bid', { ...facts }), creativePrefix: crid }
  pieces[row] = piece
  return piece
}

/** A notice URL: the bid's field for it, what stands before the token and after it. */
interface NoticePiece {
  readonly tag: number
  readonly before: Buffer
  readonly after: Buffer
}

/**
 * Writes bid responses of OpenRTB 2.6 in protobuf for one exchange: what `JsonResponse` says, but for
 * `ext.dsa`, which no published message has a field for.
 */
export class ProtobufResponse {
  readonly #out: ByteWriter
  readonly #bids = new ByteWriter()
  readonly #bid = new ByteWriter()
  readonly #scratch = new ByteWriter(1_024)
  readonly #text = new JsonText()
  readonly #notices: readonly NoticePiece[]
  readonly #seat: string
  readonly #isNativeMessage: boolean
  #requestId = ''
  #currency = ''
  #bidId = ''
  bidCount = 0

  /** @param publicUrl where exchanges and browsers reach us, without a slash at the end. */
  constructor(out: ByteWriter, publicUrl: string, exchange: Exchange) {
    this.#out = out
    this.#seat = exchange.seat
    this.#isNativeMessage = exchange.native.form === 'adm_native'
    this.#notices = noticeEnds(exchange).map(({ field, kind, after }) => ({
      tag: tags.bid[field as 'nurl' | 'burl' | 'lurl'],
      before: Buffer.from(`${publicUrl}/n/${kind}?t=`),
      after: Buffer.from(after),
    }))
  }

  /** @param currency of all bids of the response. */
  begin(requestId: string, currency: string): void {
    this.#requestId = requestId
    this.#currency = currency
    this.#bids.reset()
    this.bidCount = 0
  }

  add(facts: BidFacts, snapshot: Rows): void {
    const out = this.#bid
    out.reset()
    if (this.bidCount++ === 0) this.#bidId = facts.id
    writeText(out, tags.bid.id, facts.id)
    writeText(out, tags.bid.impressionId, facts.impressionId)
    writeDouble(out, tags.bid.price, facts.priceCpmMicros / 1e6)
    for (let i = 0; i < this.#notices.length; i++) {
      const { tag, before, after } = this.#notices[i]!
      writeVarint(out, tag)
      writeVarint(out, before.length + facts.token.length + after.length)
      out.bytes(before)
      out.ascii(facts.token)
      out.bytes(after)
    }
    this.#markup(facts)
    const row = rowPieceOf(snapshot, facts.row)
    out.bytes(row.bytes)
    writeText(out, tags.bid.creativeId, row.creativePrefix + facts.creative)
    if (facts.width > 0) {
      writeInt(out, tags.bid.width, facts.width)
      writeInt(out, tags.bid.height, facts.height)
    }
    if (facts.durationSeconds > 0) {
      writeInt(out, tags.bid.duration, facts.durationSeconds)
      writeInt(out, tags.bid.protocol, facts.protocol)
    }
    if (facts.attributes !== 0) this.#bits(tags.bid.attributes, facts.attributes)
    if (facts.apis !== 0) this.#bits(tags.bid.apis, facts.apis)
    if (facts.language !== '') writeText(out, tags.bid.language, facts.language)
    if (facts.dealId !== '') writeText(out, tags.bid.dealId, facts.dealId)
    writeInt(out, tags.bid.kind, facts.format)
    writeInt(out, tags.bid.expiry, facts.expirySeconds)
    if (facts.billingId !== '') this.#billing(facts.billingId)
    writeBytes(this.#bids, tags.seatBid.bid, out.view())
  }

  /**
   * The whole response; a view, valid until the next call of any method.
   *
   * @param processingMs what Google asks to be told, how long it took us; negative leaves it out.
   */
  end(processingMs = -1): Buffer {
    const out = this.#out
    const seatBid = this.#scratch
    seatBid.reset()
    writeText(seatBid, tags.seatBid.seat, this.#seat)
    out.reset()
    writeText(out, tags.response.id, this.#requestId)
    writeVarint(out, tags.response.seatBid)
    writeVarint(out, this.#bids.length + seatBid.length)
    out.copy(this.#bids)
    out.copy(seatBid)
    writeText(out, tags.response.bidId, this.#bidId)
    writeText(out, tags.response.currency, this.#currency)
    this.#processing(processingMs)
    return out.view()
  }

  /** A response that says why there is no bid; a view, as `end`'s. */
  noBid(requestId: string, nbr: number, processingMs = -1): Buffer {
    const out = this.#out
    out.reset()
    writeText(out, tags.response.id, requestId)
    writeInt(out, tags.response.nbr, nbr)
    this.#processing(processingMs)
    return out.view()
  }

  #processing(processingMs: number): void {
    if (processingMs < 0) return
    const ext = this.#scratch
    ext.reset()
    writeInt(ext, tags.responseExt.processingMs, Math.round(processingMs))
    writeBytes(this.#out, tags.response.ext, ext.view())
  }

  #markup({ format, markup }: BidFacts): void {
    if (format !== CreativeFormat.native) {
      writeBytes(this.#bid, tags.bid.markup, this.#text.plain(markup))
    } else if (this.#isNativeMessage) {
      writeBytes(this.#bid, tags.bid.native, nativeMessage(markup.view()))
    } else writeBytes(this.#bid, tags.bid.markup, markup.view())
  }

  /** Set bits as the numbers that they stand for, packed: each is one byte, being below 32. */
  #bits(tag: number, mask: number): void {
    const out = this.#scratch
    out.reset()
    for (let bits = mask; bits !== 0; bits &= bits - 1) out.byte(31 - Math.clz32(bits & -bits))
    writeBytes(this.#bid, tag, out.view())
  }

  /** Ids have more digits than a number holds exactly; what isn't one can't be said here. */
  #billing(billingId: string): void {
    if (!isWholeNumber(billingId)) return
    const ext = this.#scratch
    ext.reset()
    writeVarint(ext, tags.bidExt.billingId)
    writeLong(ext, BigInt(billingId))
    writeBytes(this.#bid, tags.bid.ext, ext.view())
  }
}

function isWholeNumber(text: string): boolean {
  if (text.length === 0 || text.length > 19) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

/** The native answer's JSON as a message. Few exchanges want it so, and none at a rate that matters. */
function nativeMessage(json: Buffer): Buffer {
  const root = JSON.parse(json.toString()) as { readonly [name: string]: unknown }
  const answer = (root['native'] ?? root) as { readonly [name: string]: unknown }
  return messageBytes('NativeResponse', answer)
}
