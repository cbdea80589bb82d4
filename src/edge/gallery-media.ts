import { ByteWriter } from '../base/byte-writer.js'
import { anyMime } from '../base/mime.js'
import { escapeHtml } from '../catalogue/creative/escape.js'
import { renderVast, vastLinks } from '../catalogue/creative/vast.js'
import { CreativeFormat } from '../catalogue/media.js'
import { MediaFlag } from '../catalogue/media-table.js'
import { bannerSizes } from '../catalogue/sizes.js'
import type { Snapshot } from '../catalogue/snapshot.js'
import { galleryToken, nowhere, usualBanner } from './gallery-banners.js'

/** Versions shown, as OpenRTB's `protocols` numbers them; the last is the one that is played. */
const versions = [
  { name: 'VAST 2.0', inline: 2, wrapper: 5 },
  { name: 'VAST 3.0', inline: 3, wrapper: 6 },
  { name: 'VAST 4.2', inline: 13, wrapper: 14 },
] as const

/** Beside videos and with spots. */
const companionSize = bannerSizes.findIndex(({ width, height }) => width === 300 && height === 250)

/** A file is chosen for a player this wide. */
const playerWidth = 640

/** A shop's videos as a player gets them: file, banner beside it, document. */
export const videoSection = (snapshot: Snapshot, row: number, shop: number): string =>
  section(snapshot, row, shop, CreativeFormat.video, 'Videos', 'This shop has no video.')

/** The same for its spots. */
export const audioSection = (snapshot: Snapshot, row: number, shop: number): string =>
  section(snapshot, row, shop, CreativeFormat.audio, 'Audio spots', 'This shop has no audio spot.')

function section(
  snapshot: Snapshot,
  row: number,
  shop: number,
  format: number,
  title: string,
  without: string,
): string {
  const { media } = snapshot
  const shown: string[] = []
  for (let creative = 0; creative < media.count; creative++)
    if (media.shopOf[creative] === shop && media.format[creative] === format)
      shown.push(creativeSection(snapshot, row, shop, creative))
  return `<section><h2>${title}</h2>${shown.length > 0 ? shown.join('') : `<p>${without}</p>`}</section>`
}

function creativeSection(snapshot: Snapshot, row: number, shop: number, creative: number): string {
  const { media } = snapshot
  const isWrapper = (media.flags[creative]! & MediaFlag.wrapper) !== 0
  const documents = versions.map(({ name, inline, wrapper }) => ({
    name,
    xml: documentOf(snapshot, row, shop, creative, isWrapper ? wrapper : inline),
  }))
  const played = documents.at(-1)!.xml
  const skip = media.skipAfterSeconds[creative]!
  const facts = `${media.durationSeconds[creative]} s${skip < 0 ? '' : `, may be skipped after ${skip} s`}, ${media.languageOf(creative)}`
  const texts = documents.map(
    ({ name, xml }) =>
      `<details><summary>${name}, ${Buffer.byteLength(JSON.stringify(xml)) - 2} bytes</summary><pre>${escapeHtml(indented(xml))}</pre></details>`,
  )
  const isVideo = media.format[creative] === CreativeFormat.video
  return (
    `<h3>${escapeHtml(media.nameOf(creative))}: ${facts}</h3><div class="row"><figure>` +
    `${isWrapper ? wrapped(played) : player(filesIn(played), isVideo)}</figure>${companion(played)}</div>${texts.join('')}`
  )
}

function documentOf(
  snapshot: Snapshot,
  row: number,
  shop: number,
  creative: number,
  protocol: number,
): string {
  const out = new ByteWriter(32_768)
  const { media } = snapshot
  renderVast(out, {
    media,
    creative,
    protocol,
    limits: { mimes: anyMime, minBitrateKbps: 0, maxBitrateKbps: 0 },
    skipAfterSeconds: media.skipAfterSeconds[creative]!,
    links: vastLinks(nowhere, '', ''),
    bidId: 'gallery',
    token: galleryToken,
    companion: usualBanner(snapshot, row, shop, companionSize),
  })
  return JSON.parse(`"${out.view().toString()}"`) as string
}

/** What a player reads of one file. */
interface File {
  readonly url: string
  readonly type: string
  readonly width: number
  readonly height: number
  readonly bitrateKbps: number
}

function filesIn(xml: string): File[] {
  const elements = xml.matchAll(/<MediaFile ([^>]*)><!\[CDATA\[(.*?)\]\]>/gs)
  return Array.from(elements, ([, attributes, url]) => {
    const said = (name: string): string =>
      new RegExp(`\\b${name}="([^"]*)"`).exec(attributes!)?.[1] ?? ''
    return {
      url: url!,
      type: said('type'),
      width: Number(said('width')),
      height: Number(said('height')),
      bitrateKbps: Number(said('bitrate')),
    }
  })
}

function player(files: readonly File[], isVideo: boolean): string {
  const rows = files.map(
    ({ url, type, width, height, bitrateKbps }) =>
      `<tr><td>${isVideo ? `${width} × ${height}` : 'sound'}<td>${type}<td>${bitrateKbps} kbit/s<td><a href="${escapeHtml(url)}" rel="noreferrer">file</a>`,
  )
  const sources = byFitness(files).map(
    ({ url, type }) => `<source src="${escapeHtml(url)}" type="${type}">`,
  )
  const element = isVideo
    ? `<video controls preload="metadata" width="640" height="360">${sources.join('')}</video>`
    : `<audio controls preload="metadata">${sources.join('')}</audio>`
  return `${element}<table>${rows.join('')}</table>`
}

/** The smallest that fills the player, larger ones, then those that are too small, the largest first. */
function byFitness(files: readonly File[]): File[] {
  const isLarge = ({ width }: File): boolean => width >= playerWidth
  return [
    ...files.filter(isLarge).sort((a, b) => a.width - b.width),
    ...files.filter((it) => !isLarge(it)).sort((a, b) => b.width - a.width),
  ]
}

function wrapped(xml: string): string {
  const [, url = ''] = /<VASTAdTagURI><!\[CDATA\[(.*?)\]\]>/s.exec(xml) ?? []
  return `<p class="note">Stands around the document at <code>${escapeHtml(url)}</code>, which has the files.</p>`
}

function companion(xml: string): string {
  const { width, height } = bannerSizes[companionSize]!
  const [, html] = /<HTMLResource><!\[CDATA\[(.*?)\]\]>/s.exec(xml) ?? []
  if (html === undefined) return ''
  return (
    `<figure><iframe sandbox width="${width}" height="${height}" title="Companion banner" srcdoc="${escapeHtml(html)}"></iframe>` +
    `<figcaption>Companion banner<span>${width} × ${height}</span></figcaption></figure>`
  )
}

/** A document on one line each element, what is within an element further in. */
function indented(xml: string): string {
  const tokens = xml.match(/<!\[CDATA\[.*?\]\]>|<[^>]+>|[^<]+/gs) ?? []
  const lines: string[] = []
  let depth = 0
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    if (token.startsWith('</')) depth--
    const isLeaf = isOpening(token) && !isTag(tokens[i + 1]!) && tokens[i + 2]!.startsWith('</')
    lines.push('  '.repeat(depth) + (isLeaf ? tokens.slice(i, i + 3).join('') : token))
    if (isLeaf) i += 2
    else if (isOpening(token)) depth++
  }
  return lines.join('\n')
}

const isTag = (token: string): boolean => token.startsWith('<') && !token.startsWith('<![CDATA[')
const isOpening = (token: string): boolean =>
  isTag(token) && !token.startsWith('</') && !token.endsWith('/>')
