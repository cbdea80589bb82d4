/** What of a video or spot is the same in each of its VAST documents, written once when it is compiled. */
import { keyOf } from '../../base/key.js'
import { cleanText, escapeHtml, jsonPiece } from './escape.js'
import { clickTarget, type SignTarget } from './link.js'

/** A creative's parts, in the order in which they lie. */
export const VastPart = {
  /** What the creative is called towards exchanges and players: `v.spring-sale`. */
  name: 0,
  title: 1,
  /** `00:00:30`. */
  duration: 2,
  /** What follows the token in its click link. */
  target: 3,
  /** URL of the document that is wrapped; empty where none is. */
  tag: 4,
  /** Who gave it its name: the shop's domain. */
  registry: 5,
} as const
export const vastPartCount = Object.keys(VastPart).length

const titleLengthMax = 100
/** Exchanges take ids of 64 bytes; the campaign's part of it may have 40. */
const nameLengthMax = 24

export interface VastFacts {
  /** One letter for its kind, so that a video and a spot of one id are told apart. */
  readonly letter: 'v' | 'a'
  readonly id: string
  readonly shopId: string
  readonly shopName: string
  readonly shopDomain: string
  readonly durationSeconds: number
  /** Absolute and checked, as are all URLs here: by `resolveHttp`, which leaves no `>` in them. */
  readonly link: string
  readonly tagUrl: string
}

/** @returns the parts as the inside of a JSON string each; those within CDATA are not escaped for XML. */
export function compileVastParts(facts: VastFacts, signTarget: SignTarget): readonly Buffer[] {
  const parts = new Array<string>(vastPartCount)
  parts[VastPart.name] = nameOf(facts)
  const title = cleanText(facts.shopName, titleLengthMax)
  parts[VastPart.title] = escapeHtml(title === '' ? facts.shopId : title)
  parts[VastPart.duration] = timeText(facts.durationSeconds)
  parts[VastPart.target] = clickTarget(keyOf(facts.shopId), facts.link, signTarget)
  parts[VastPart.tag] = facts.tagUrl
  parts[VastPart.registry] = escapeHtml(facts.shopDomain)
  return parts.map(jsonPiece)
}

function nameOf({ letter, id }: VastFacts): string {
  const name = `${letter}.${id}`
  return name.length <= nameLengthMax ? name : `${letter}.${keyOf(id).toString(36)}`
}

/** A file that a player may choose; `width` and `height` are 0 for sound. */
export interface MediaFile {
  readonly url: string
  readonly type: string
  readonly width: number
  readonly height: number
  readonly bitrateKbps: number
}

export const mediaFilePiece = ({ url, type, width, height, bitrateKbps }: MediaFile): Buffer =>
  jsonPiece(
    `<MediaFile delivery="progressive" type="${type}" bitrate="${bitrateKbps}" ` +
      `width="${width}" height="${height}"><![CDATA[${url}]]></MediaFile>`,
  )

const timeText = (seconds: number): string =>
  [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
