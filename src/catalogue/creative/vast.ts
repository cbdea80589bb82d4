import type { ByteWriter } from '../../base/byte-writer.js'
import { CreativeFormat } from '../media.js'
import type { FileLimits, MediaTable } from '../media-table.js'
import { fileFits } from '../media-table.js'
import { jsonPiece } from './escape.js'
import { clickStart } from './link.js'
import { type Banner, renderBanner } from './render.js'
import { pieces, type VastForm, vastFormOf } from './vast-forms.js'
import { VastPart, vastPartCount } from './vast-pieces.js'

/** What a VAST document is made of. One object serves all of a process, filled anew for each. */
export interface Vast {
  media: MediaTable
  /** Place in `media`. */
  creative: number
  /** As in OpenRTB's `protocols`: one of `vastInline`, or of `vastWrapper` for a creative that wraps. */
  protocol: number
  /** Files beyond these are left out; some must be left, see `fileFits`. */
  limits: FileLimits
  /** The player lets people skip after this; -1 where they may not. */
  skipAfterSeconds: number
  readonly links: VastLinks
  /** The bid's own id and its signed token: only characters that need no escaping anywhere. */
  bidId: string
  token: string
  /** Shown beside the video; null where there is no room for one. */
  companion: Banner | null
}

/** Our own addresses in a document up to the token, and what follows it, for one exchange. */
export interface VastLinks {
  readonly impression: Buffer
  readonly impressionEnd: Buffer
  readonly tracking: Buffer
  readonly click: Buffer
}

/**
 * @param url base of our notices without a slash at its end.
 * @param impressionEnd what follows the token in the impression's query, macros in it: `&p=…&c=…`.
 * @param clickMacro put before our click link; '' where the exchange has none.
 */
export function vastLinks(url: string, impressionEnd: string, clickMacro: string): VastLinks {
  return {
    impression: inCdata(`${url}/n/imp?t=`),
    impressionEnd: inCdata(impressionEnd),
    tracking: inCdata(`${url}/n/track?t=`),
    click: inCdata(clickStart(url, clickMacro)),
  }
}

/**
 * Writes a VAST document as the inside of a JSON string (no quotes around it): the creative's own
 * files, or a wrapper around its tag. Copies what was prepared when the catalogue was compiled.
 */
export function renderVast(out: ByteWriter, vast: Vast): void {
  const form = vastFormOf(vast.protocol)
  out.bytes(form.opening)
  part(out, vast, VastPart.name)
  if (form.hasServingId && vast.media.format[vast.creative] === CreativeFormat.audio)
    out.bytes(pieces.audio)
  if (form.isWrapper) renderWrapper(out, vast, form)
  else renderInline(out, vast, form)
}

function renderInline(out: ByteWriter, vast: Vast, form: VastForm): void {
  const { isFour } = form
  out.bytes(pieces.inline)
  if (isFour) impression(out, vast)
  if (form.hasServingId) {
    out.bytes(pieces.servingId)
    out.ascii(vast.bidId)
    out.bytes(pieces.endServingId)
  }
  out.bytes(pieces.title)
  part(out, vast, VastPart.title)
  out.bytes(pieces.endTitle)
  if (!isFour) impression(out, vast)
  out.bytes(pieces.creatives)
  part(out, vast, VastPart.name)
  const canSkip = form.canSkip && vast.skipAfterSeconds >= 0
  if (canSkip) {
    out.bytes(pieces.skippable)
    time(out, vast.skipAfterSeconds)
    out.bytes(pieces.endSkippable)
  } else out.bytes(pieces.linear)
  if (isFour) tracking(out, vast, canSkip)
  out.bytes(pieces.duration)
  part(out, vast, VastPart.duration)
  out.bytes(pieces.endDuration)
  if (isFour) {
    mediaFiles(out, vast)
    click(out, vast)
  } else {
    tracking(out, vast, canSkip)
    click(out, vast)
    mediaFiles(out, vast)
  }
  out.bytes(pieces.endLinear)
  endCreative(out, vast, form)
  companion(out, vast, form)
  out.bytes(pieces.endCreatives)
  out.bytes(pieces.endInline)
}

/** Whether people may skip is for the document within to say, and to count. */
function renderWrapper(out: ByteWriter, vast: Vast, form: VastForm): void {
  out.bytes(pieces.wrapper)
  if (!form.isFour) tag(out, vast)
  impression(out, vast)
  out.bytes(pieces.creatives)
  part(out, vast, VastPart.name)
  out.bytes(pieces.linear)
  tracking(out, vast, false)
  clickTracking(out, vast)
  out.bytes(pieces.endLinear)
  out.bytes(pieces.endCreative)
  companion(out, vast, form)
  out.bytes(pieces.endCreatives)
  if (form.isFour) tag(out, vast)
  out.bytes(pieces.endWrapper)
}

function part(out: ByteWriter, { media, creative }: Vast, which: number): void {
  const at = creative * vastPartCount + which
  out.range(media.parts, media.partStart[at]!, media.partStart[at + 1]!)
}

function tag(out: ByteWriter, vast: Vast): void {
  out.bytes(pieces.tag)
  part(out, vast, VastPart.tag)
  out.bytes(pieces.endTag)
}

function impression(out: ByteWriter, { links, token }: Vast): void {
  out.bytes(pieces.impression)
  out.bytes(links.impression)
  out.ascii(token)
  out.bytes(links.impressionEnd)
  out.bytes(pieces.endImpression)
}

function tracking(out: ByteWriter, { links, token }: Vast, canSkip: boolean): void {
  out.bytes(pieces.trackings)
  const start = out.length
  out.bytes(links.tracking)
  out.ascii(token)
  const end = out.length
  for (let i = 0; i < pieces.nextTracking.length; i++) {
    out.bytes(pieces.nextTracking[i]!)
    // The same beginning as the first one's, copied from what is written already.
    out.range(out.buffer, start, end)
  }
  if (canSkip) {
    out.bytes(pieces.skipTracking)
    out.range(out.buffer, start, end)
    out.bytes(pieces.endSkipTracking)
  } else out.bytes(pieces.endTrackings)
}

function click(out: ByteWriter, vast: Vast): void {
  out.bytes(pieces.clickThrough)
  out.bytes(vast.links.click)
  out.ascii(vast.token)
  part(out, vast, VastPart.target)
  out.bytes(pieces.endClickThrough)
}

/** Where a click leads is for the document within to say: players load this beside it. */
function clickTracking(out: ByteWriter, { links, token }: Vast): void {
  out.bytes(pieces.clickTracking)
  out.bytes(links.tracking)
  out.ascii(token)
  out.bytes(pieces.endClickTracking)
}

function mediaFiles(out: ByteWriter, { media, creative, limits }: Vast): void {
  out.bytes(pieces.files)
  const end = media.fileStart[creative + 1]!
  for (let file = media.fileStart[creative]!; file < end; file++)
    if (fileFits(media, file, limits))
      out.range(media.filePieces, media.filePieceStart[file]!, media.filePieceStart[file + 1]!)
  out.bytes(pieces.endFiles)
}

/** @param form of an inline document: since 4.0 each of its creatives has a name that holds everywhere. */
function endCreative(out: ByteWriter, vast: Vast, form: VastForm): void {
  if (form.isFour && !form.isWrapper) {
    out.bytes(pieces.universal)
    part(out, vast, VastPart.registry)
    if (form.hasIdValue) {
      out.bytes(pieces.universalValue)
      part(out, vast, VastPart.name)
    }
    out.bytes(pieces.universalText)
    part(out, vast, VastPart.name)
    out.bytes(pieces.endUniversal)
  }
  out.bytes(pieces.endCreative)
}

/** In CDATA as it stands: what shops write has no `>` left in it, and our own style no `]]>`. */
function companion(out: ByteWriter, vast: Vast, form: VastForm): void {
  const banner = vast.companion
  if (banner === null) return
  out.bytes(pieces.companions[banner.sizeIndex]!)
  renderBanner(out, banner)
  out.bytes(pieces.endCompanion)
  endCreative(out, vast, form)
}

/** `00:00:05`; seconds below an hour times 100. */
function time(out: ByteWriter, seconds: number): void {
  twoDigits(out, Math.floor(seconds / 3_600))
  out.byte(colon)
  twoDigits(out, Math.floor(seconds / 60) % 60)
  out.byte(colon)
  twoDigits(out, seconds % 60)
}

const colon = 0x3a
function twoDigits(out: ByteWriter, value: number): void {
  out.byte(0x30 + Math.floor(value / 10))
  out.byte(0x30 + (value % 10))
}

/** @throws Error for what would end the CDATA that it is put into. */
function inCdata(text: string): Buffer {
  if (text.includes(']]>')) throw new Error(`${text}: must not have ]]> in it`)
  return jsonPiece(text)
}
