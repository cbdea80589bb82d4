import { ByteWriter } from '../base/byte-writer.js'
import type { CpmMicros } from '../base/money.js'

/**
 * One bid as it will be written, whatever the wire: filled anew for each bid, read by
 * `JsonResponse` and `ProtobufResponse` right after. Texts are plain, not escaped.
 */
export class BidFacts {
  /** The bid's own id, and its signed token: characters that need no escaping anywhere. */
  id = ''
  token = ''
  impressionId = ''
  priceCpmMicros = 0 as CpmMicros
  /** Row of the campaign in the snapshot: names what is the same in each of its bids. */
  row = 0
  /** `bid.mtype`: one of `CreativeFormat`. */
  format = 1
  /**
   * `bid.adm`. For HTML and VAST the inside of a JSON string (escaped, no quotes around it); for
   * native the answer's own JSON text.
   */
  readonly markup = new ByteWriter()
  /** What makes a creative's id of the campaign's: `300x250`, `native`, a video's id. */
  creative = ''
  /** 0 where the format has none. */
  width = 0
  height = 0
  durationSeconds = 0
  /** VAST version as in `protocols`; 0 outside of video and audio. */
  protocol = 0
  /** Bits of the creative's attributes and of the frameworks that it needs. */
  attributes = 0
  apis = 0
  /** ISO 639-1; '' where it has none. */
  language = ''
  dealId = ''
  /** Google's; '' elsewhere. */
  billingId = ''
  /** What the bid may wait for its impression. */
  expirySeconds = 0
  /** The Digital Services Act's part is asked for; and the bid used a profile. */
  wantsDsa = false
  isProfiled = false
}
