import { readXml, type XmlElement } from './xml.js'

/** What a player and an exchange read of a VAST document, versions 2.0 to 4.3. URLs as they stand. */
export interface Vast {
  /** `version` as it stands: `2.0`, `4.2` … */
  readonly version: string
  readonly ads: readonly VastAd[]
  /** Every text and attribute but for those that name XML schemas. */
  readonly texts: readonly string[]
}

export interface VastAd {
  readonly isWrapper: boolean
  /** Of the document that a wrapper stands around; '' elsewhere. */
  readonly tagUrl: string
  readonly system: string
  readonly title: string
  readonly servingId: string
  readonly impressions: readonly string[]
  readonly creativeCount: number
  /** Each creative of an inline ad has a `UniversalAdId`. */
  readonly hasUniversalIds: boolean
  readonly linears: readonly VastLinear[]
  readonly nonLinearCount: number
  readonly companions: readonly VastCompanion[]
}

interface Clickable {
  /** Where a click leads; '' where nowhere. */
  readonly clickThrough: string
  readonly clickTrackers: readonly string[]
  readonly trackers: readonly { readonly event: string; readonly url: string }[]
}

export interface VastLinear extends Clickable {
  /** NaN where there is none or it isn't written as a time. */
  readonly durationS: number
  /** '' where the ad itself can't be skipped. */
  readonly skipOffset: string
  readonly files: readonly VastFile[]
  /** Frameworks that it needs besides its files: `SIMID`. */
  readonly frameworks: readonly string[]
}

export interface VastFile {
  readonly url: string
  /** Lower case. */
  readonly type: string
  readonly delivery: string
  readonly framework: string
  /** NaN where absent. */
  readonly width: number
  readonly height: number
  /** Kbit/s, one to three of them; none where it isn't said. */
  readonly bitrates: readonly number[]
}

export interface VastCompanion extends Clickable {
  readonly width: number
  readonly height: number
  /** OpenRTB's list of companion types: 1 static, 2 HTML, 3 iframe. */
  readonly types: readonly number[]
}

export type VastReading =
  | { readonly ok: true; readonly vast: Vast }
  | { readonly ok: false; readonly fault: string }

export function readVast(markup: string): VastReading {
  const reading = readXml(markup.trim())
  if (!reading.ok) return reading
  const { root } = reading
  if (localName(root) !== 'VAST') return { ok: false, fault: `the root element is ${root.name}` }
  const texts: string[] = []
  gatherTexts(root, texts)
  const version = root.attributes.get('version') ?? ''
  return { ok: true, vast: { version, ads: childrenOf(root, 'Ad').flatMap(adsIn), texts } }
}

/** Whether it is meant to be VAST, well-formed or not. */
export const looksLikeVast = (markup: string): boolean =>
  /^\ufeff?\s*(<\?xml[^>]*>\s*|<!--(?:(?!-->)[\s\S]){0,2000}-->\s*){0,4}<(\w+:)?VAST\b/i.test(
    markup,
  )

const localName = ({ name }: XmlElement): string => name.slice(name.indexOf(':') + 1)

const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => localName(child) === name)

const textsOf = (element: XmlElement, name: string): readonly string[] =>
  childrenOf(element, name).map(({ text }) => text)

/** Grandchildren: `within` groups them, as `MediaFiles` does `MediaFile`. */
const groupedIn = (element: XmlElement, within: string, name: string): readonly XmlElement[] =>
  childrenOf(element, within).flatMap((group) => childrenOf(group, name))

const numberIn = (element: XmlElement, name: string): number => {
  const text = element.attributes.get(name)
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text)
}

function gatherTexts(element: XmlElement, texts: string[]): void {
  if (element.text !== '') texts.push(element.text)
  for (const [name, value] of element.attributes)
    if (!/^(xmlns(:|$)|\w+:(noNamespaceS|s)chemaLocation$)/.test(name)) texts.push(value)
  for (const child of element.children) gatherTexts(child, texts)
}

function adsIn(ad: XmlElement): readonly VastAd[] {
  const inline = childrenOf(ad, 'InLine').map((body) => adOf(body, false))
  return [...inline, ...childrenOf(ad, 'Wrapper').map((body) => adOf(body, true))]
}

function adOf(body: XmlElement, isWrapper: boolean): VastAd {
  const creatives = groupedIn(body, 'Creatives', 'Creative')
  const first = (name: string): string => textsOf(body, name)[0] ?? ''
  return {
    isWrapper,
    tagUrl: first('VASTAdTagURI'),
    system: first('AdSystem'),
    title: first('AdTitle'),
    servingId: first('AdServingId'),
    impressions: textsOf(body, 'Impression'),
    creativeCount: creatives.length,
    hasUniversalIds: creatives.every((it) => childrenOf(it, 'UniversalAdId').length > 0),
    linears: creatives.flatMap((it) => childrenOf(it, 'Linear')).map(linearOf),
    nonLinearCount: creatives.flatMap((it) => groupedIn(it, 'NonLinearAds', 'NonLinear')).length,
    companions: creatives
      .flatMap((it) => groupedIn(it, 'CompanionAds', 'Companion'))
      .map(companionOf),
  }
}

function linearOf(linear: XmlElement): VastLinear {
  return {
    durationS: secondsOf(textsOf(linear, 'Duration')[0] ?? ''),
    skipOffset: linear.attributes.get('skipoffset') ?? '',
    files: groupedIn(linear, 'MediaFiles', 'MediaFile').map(fileOf),
    frameworks: groupedIn(linear, 'MediaFiles', 'InteractiveCreativeFile')
      .map((it) => it.attributes.get('apiFramework') ?? '')
      .filter((framework) => framework !== ''),
    clickThrough: groupedIn(linear, 'VideoClicks', 'ClickThrough')[0]?.text ?? '',
    clickTrackers: groupedIn(linear, 'VideoClicks', 'ClickTracking').map(({ text }) => text),
    trackers: trackersOf(linear),
  }
}

const trackersOf = (element: XmlElement): Clickable['trackers'] =>
  groupedIn(element, 'TrackingEvents', 'Tracking').map(({ attributes, text }) => ({
    event: attributes.get('event') ?? '',
    url: text,
  }))

function fileOf(file: XmlElement): VastFile {
  const bitrates = ['bitrate', 'minBitrate', 'maxBitrate'].map((name) => numberIn(file, name))
  return {
    url: file.text,
    type: (file.attributes.get('type') ?? '').trim().toLowerCase(),
    delivery: file.attributes.get('delivery') ?? '',
    framework: file.attributes.get('apiFramework') ?? '',
    width: numberIn(file, 'width'),
    height: numberIn(file, 'height'),
    bitrates: bitrates.filter(Number.isFinite),
  }
}

const companionTypes = [
  [1, 'StaticResource'],
  [2, 'HTMLResource'],
  [3, 'IFrameResource'],
] as const

const companionOf = (companion: XmlElement): VastCompanion => ({
  width: numberIn(companion, 'width'),
  height: numberIn(companion, 'height'),
  types: companionTypes
    .filter(([, it]) => childrenOf(companion, it).length > 0)
    .map(([type]) => type),
  clickThrough: textsOf(companion, 'CompanionClickThrough')[0] ?? '',
  clickTrackers: textsOf(companion, 'CompanionClickTracking'),
  trackers: trackersOf(companion),
})

/** `HH:MM:SS` or `HH:MM:SS.mmm`; NaN for anything else. */
function secondsOf(text: string): number {
  const match = /^(\d{2}):([0-5]\d):([0-5]\d(?:\.\d{1,3})?)$/.exec(text)
  if (match === null) return Number.NaN
  return Number(match[1]) * 3_600 + Number(match[2]) * 60 + Number(match[3])
}

/** OpenRTB's `protocols`: the document itself, and a wrapper of that version. */
const protocolsByVersion: Readonly<Record<string, readonly [inline: number, wrapper: number]>> = {
  '2.0': [2, 5],
  '3.0': [3, 6],
  '4.0': [7, 8],
  '4.1': [11, 12],
  '4.2': [13, 14],
  '4.3': [15, 16],
}

/** What a document is in OpenRTB's list of protocols; 0 for a version that it doesn't have. */
export function protocolOf({ version, ads }: Vast): number {
  const [inline, wrapper] = protocolsByVersion[version] ?? [0, 0]
  return ads.some(({ isWrapper }) => isWrapper) ? wrapper : inline
}
