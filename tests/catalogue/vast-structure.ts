/**
 * What a VAST document of each version may be made of, as the IAB's schemas and specifications have it
 * (VAST 2.0.1, 3.0, 4.0, 4.1, 4.2): which elements stand in which, in which order, and what they must
 * say. Read off once and written down here in our own way, to hold our documents and real ones against.
 */
import { readXml, type XmlElement } from '../../src/simulation/xml.js'

/**
 * `children`: a pattern of names with `?`, `*`, `+`, `|` and brackets; `Name:Type` where the rules of an
 * element depend on where it stands; `any` isn't looked into. `required`, `optional`: attributes.
 */
interface ElementRules {
  readonly children?: string
  readonly isInAnyOrder?: true
  readonly required?: Readonly<Record<string, RegExp>>
  readonly optional?: Readonly<Record<string, RegExp>>
  readonly text?: RegExp
}
type Rules = Readonly<Record<string, ElementRules>>

const anything = /^/
const something = /\S/
const whole = /^\s*-?\d+\s*$/
const yesOrNo = /^(true|false|0|1)$/
const time = /^\d{2}:[0-5]\d:[0-5]\d(\.\d+)?$/
const offset = /^(\d{2}:[0-5]\d:[0-5]\d(\.\d{3})?|1?\d?\d(\.?\d)*%)$/
const url = /^[^\s<>]+$/

const text: ElementRules = { text: anything }
const address: ElementRules = { text: url }
const addressWithId: ElementRules = { text: url, optional: { id: anything } }
const events = (names: string): RegExp => new RegExp(`^(${names.replaceAll(' ', '|')})$`)

const filesOf = (more: Readonly<Record<string, RegExp>>): ElementRules => ({
  text: url,
  required: { delivery: /^(streaming|progressive)$/, type: something, width: whole, height: whole },
  optional: {
    id: anything,
    bitrate: whole,
    scalable: yesOrNo,
    maintainAspectRatio: yesOrNo,
    apiFramework: anything,
    ...more,
  },
})
const adaptive = { minBitrate: whole, maxBitrate: whole, codec: anything }
const companionSize = { width: whole, height: whole }
const companionMore = {
  id: anything,
  expandedWidth: whole,
  expandedHeight: whole,
  apiFramework: anything,
}
const creativeMore = { id: anything, sequence: whole, AdID: anything }
const firstEvents =
  'creativeView start midpoint firstQuartile thirdQuartile complete mute unmute pause rewind resume ' +
  'fullscreen expand collapse acceptInvitation close'
const fourEvents =
  'mute unmute pause resume rewind skip playerExpand playerCollapse start firstQuartile midpoint ' +
  'thirdQuartile complete progress creativeView acceptInvitation adExpand adCollapse minimize close ' +
  'overlayViewDuration otherAdInteraction'

const two: Rules = {
  VAST: { children: 'Ad*', required: { version: /^2\.0(\.1)?$/ } },
  Ad: { children: 'InLine|Wrapper', required: { id: anything } },
  InLine: {
    children: 'AdSystem AdTitle Description? Survey? Error? Impression+ Creatives Extensions:any?',
  },
  Wrapper: {
    children: 'AdSystem VASTAdTagURI Error? Impression+ Creatives:WrapperCreatives Extensions:any?',
  },
  AdSystem: { text: something, optional: { version: anything } },
  AdTitle: text,
  Description: text,
  Survey: address,
  Error: address,
  Impression: addressWithId,
  VASTAdTagURI: address,
  Creatives: { children: 'Creative+' },
  WrapperCreatives: { children: 'Creative:WrapperCreative*' },
  Creative: { children: '(Linear|CompanionAds|NonLinearAds:any)?', optional: creativeMore },
  WrapperCreative: {
    children: '(Linear:WrapperLinear|CompanionAds|NonLinearAds:any)?',
    optional: creativeMore,
  },
  Linear: { children: 'Duration TrackingEvents? AdParameters:any? VideoClicks? MediaFiles?' },
  WrapperLinear: { children: 'TrackingEvents? VideoClicks:WrapperClicks?' },
  Duration: { text: time },
  TrackingEvents: { children: 'Tracking*' },
  Tracking: { text: url, required: { event: events(firstEvents) } },
  VideoClicks: { children: 'ClickThrough? ClickTracking* CustomClick*' },
  WrapperClicks: { children: 'ClickTracking* CustomClick*' },
  ClickThrough: addressWithId,
  ClickTracking: addressWithId,
  CustomClick: addressWithId,
  MediaFiles: { children: 'MediaFile+' },
  MediaFile: filesOf({}),
  CompanionAds: { children: 'Companion*' },
  Companion: {
    children:
      '(StaticResource|IFrameResource|HTMLResource)? TrackingEvents? CompanionClickThrough? AltText? AdParameters:any?',
    required: companionSize,
    optional: companionMore,
  },
  StaticResource: { text: url, required: { creativeType: something } },
  IFrameResource: address,
  HTMLResource: text,
  CompanionClickThrough: address,
  AltText: text,
}

const three: Rules = {
  ...two,
  VAST: { children: 'Ad*', required: { version: /^3\.0(\.0)?$/ } },
  Ad: { children: 'InLine|Wrapper', optional: { id: anything, sequence: whole } },
  InLine: {
    children:
      'AdSystem AdTitle Description? Advertiser? Pricing:any? Survey? Error? Impression+ Creatives Extensions:any?',
  },
  Advertiser: text,
  Linear: {
    children:
      'Icons:any? CreativeExtensions:any? Duration TrackingEvents? AdParameters:any? VideoClicks? MediaFiles?',
    optional: { skipoffset: offset },
  },
  WrapperLinear: {
    children: 'CreativeExtensions:any? Icons:any? TrackingEvents? VideoClicks:WrapperClicks?',
  },
  Tracking: {
    text: url,
    required: {
      event: events(
        `${firstEvents} exitFullscreen skip progress acceptInvitationLinear closeLinear`,
      ),
    },
    optional: { offset },
  },
  MediaFile: filesOf(adaptive),
  CompanionAds: { children: 'Companion*', optional: { required: /^(all|any|none)$/ } },
  Companion: {
    children:
      '(StaticResource|IFrameResource|HTMLResource)? CreativeExtensions:any? TrackingEvents? ' +
      'CompanionClickThrough? CompanionClickTracking* AltText? AdParameters:any?',
    required: companionSize,
    optional: { ...companionMore, assetWidth: whole, assetHeight: whole, adSlotId: anything },
  },
  CompanionClickTracking: addressWithId,
}

const adBase = 'AdSystem Error* Extensions:any? Impression+ Pricing:any? ViewableImpression:any?'
const inlineTail = 'AdTitle AdVerifications:any? Advertiser? Category* Creatives Description?'
const fourCreativeMore = {
  id: anything,
  sequence: whole,
  adId: anything,
  apiFramework: anything,
}

const four: Rules = {
  ...three,
  VAST: { children: '(Ad*|Error*)', required: { version: /^4\.0$/ } },
  Ad: {
    children: 'InLine|Wrapper',
    optional: { id: anything, sequence: whole, conditionalAd: yesOrNo },
  },
  InLine: { children: `${adBase} ${inlineTail} Survey?` },
  Wrapper: {
    children: `${adBase} AdVerifications:any? Creatives:WrapperCreatives? VASTAdTagURI`,
    optional: {
      followAdditionalWrappers: yesOrNo,
      allowMultipleAds: yesOrNo,
      fallbackOnNoAd: yesOrNo,
    },
  },
  Survey: { text: url, optional: { type: anything } },
  Category: { text: anything, required: { authority: something } },
  WrapperCreatives: { children: 'Creative:WrapperCreative+' },
  Creative: {
    children: 'CompanionAds? CreativeExtensions:any? Linear? NonLinearAds:any? UniversalAdId',
    isInAnyOrder: true,
    optional: fourCreativeMore,
  },
  WrapperCreative: {
    children: 'CompanionAds? Linear:WrapperLinear? NonLinearAds:any?',
    optional: fourCreativeMore,
  },
  UniversalAdId: { text: anything, required: { idRegistry: something, idValue: something } },
  Linear: {
    children: 'Icons:any? TrackingEvents? AdParameters:any? Duration MediaFiles VideoClicks?',
    optional: { skipoffset: offset },
  },
  WrapperLinear: {
    children: 'Icons:any? TrackingEvents? VideoClicks:WrapperClicks?',
    optional: { skipoffset: offset },
  },
  Tracking: {
    text: url,
    required: { event: events(`${fourEvents} acceptInvitationLinear timeSpentViewing`) },
    optional: { offset },
  },
  VideoClicks: { children: 'ClickTracking* CustomClick* ClickThrough?' },
  MediaFiles: { children: 'MediaFile+ Mezzanine:any? InteractiveCreativeFile:any*' },
  Companion: {
    children:
      'HTMLResource* IFrameResource* StaticResource* AdParameters:any? AltText? CompanionClickThrough? ' +
      'CompanionClickTracking* CreativeExtensions:any? TrackingEvents?',
    required: companionSize,
    optional: {
      ...companionMore,
      assetWidth: whole,
      assetHeight: whole,
      adSlotID: anything,
      pxratio: anything,
    },
  },
}

const adType = /^(video|audio|hybrid)$/
const fourOne: Rules = {
  ...four,
  VAST: { children: '(Ad*|Error*)', required: { version: /^4\.1$/ } },
  Ad: {
    children: 'InLine|Wrapper',
    optional: { id: anything, sequence: whole, conditionalAd: yesOrNo, adType },
  },
  InLine: { children: `${adBase} AdServingId ${inlineTail} Expires* Survey?` },
  Wrapper: {
    ...four['Wrapper'],
    children: `${adBase} AdVerifications:any? BlockedAdCategories:any* Creatives:WrapperCreatives? VASTAdTagURI`,
  },
  // The schema of 4.1 asks for `idValue`, its text and the IAB's own samples don't.
  UniversalAdId: {
    text: something,
    required: { idRegistry: something },
    optional: { idValue: something },
  },
  AdServingId: { text: something },
  Expires: { text: whole },
  Tracking: {
    text: url,
    required: { event: events(`${fourEvents} loaded closeLinear`) },
    optional: { offset },
  },
  MediaFile: filesOf({ ...adaptive, fileSize: whole, mediaType: anything }),
  MediaFiles: {
    children: 'ClosedCaptionFiles:any? MediaFile+ Mezzanine:any* InteractiveCreativeFile:any*',
  },
  Companion: {
    ...four['Companion'],
    optional: {
      ...companionMore,
      assetWidth: whole,
      assetHeight: whole,
      adSlotId: anything,
      adSlotID: anything,
      pxratio: anything,
      renderingMode: anything,
    },
  },
}

const fourTwo: Rules = {
  ...fourOne,
  VAST: { children: '(Ad*|Error*)', required: { version: /^4\.2$/ } },
  InLine: { children: `${adBase} AdServingId ${inlineTail} Expires? Survey?` },
  Creative: {
    children: 'CompanionAds? CreativeExtensions:any? Linear? NonLinearAds:any? UniversalAdId+',
    isInAnyOrder: true,
    optional: fourCreativeMore,
  },
  UniversalAdId: { text: something, required: { idRegistry: something } },
}

const versions: Readonly<Record<string, Rules>> = {
  '2.0': two,
  '3.0': three,
  '4.0': four,
  '4.1': fourOne,
  '4.2': fourTwo,
}

/**
 * @returns the first thing that the version's rules don't allow, with its path; '' for a document
 *   that is as it should be.
 */
export function faultIn(markup: string): string {
  const reading = readXml(markup.trim())
  if (!reading.ok) return reading.fault
  const version = reading.root.attributes.get('version') ?? ''
  const rules = versions[version]
  if (rules === undefined) return `no rules for version ${version}`
  return reading.root.name === 'VAST' ? check(reading.root, 'VAST', 'VAST', rules) : 'not VAST'
}

function check(element: XmlElement, type: string, path: string, rules: Rules): string {
  const own = rules[type]
  if (own === undefined) return `${path}: is not in this version`
  for (const [name, pattern] of Object.entries(own.required ?? {}))
    if (!pattern.test(element.attributes.get(name) ?? '\n')) return `${path}: ${name} is needed`
  for (const [name, value] of element.attributes) {
    if (/^xmlns(:|$)|^xsi:/.test(name)) continue
    const pattern = own.required?.[name] ?? own.optional?.[name]
    if (pattern === undefined) return `${path}: ${name} is not in this version`
    if (!pattern.test(value)) return `${path}: ${name} is ${value}`
  }
  if (own.children === undefined) {
    if (element.children.length > 0) return `${path}: has elements in it`
    return (own.text ?? anything).test(element.text) ? '' : `${path}: is ${element.text}`
  }
  if (element.text !== '') return `${path}: has text in it`
  const names = element.children.map(({ name }) => name)
  const found = own.isInAnyOrder ? names.toSorted() : names
  if (!patternOf(own.children).test(found.map((name) => `${name} `).join('')))
    return `${path}: has ${names.join(' ')}, takes ${own.children}`
  const types = typesIn(own.children)
  for (const child of element.children) {
    const childType = types.get(child.name)!
    if (childType === 'any') continue
    const fault = check(child, childType, `${path}/${child.name}`, rules)
    if (fault !== '') return fault
  }
  return ''
}

/** Names become a name and a space each, so that what is found can be matched as one text. */
const patternOf = (children: string): RegExp =>
  new RegExp(
    `^(?:${children.replaceAll(/([A-Za-z]+)(:[A-Za-z]+)?/g, '(?:$1 )').replaceAll(/(?<=[)?*+]) /g, '')})$`,
  )

const typesIn = (children: string): ReadonlyMap<string, string> =>
  new Map(
    Array.from(children.matchAll(/([A-Za-z]+)(?::([A-Za-z]+))?/g), ([, name, type]) => [
      name!,
      type ?? name!,
    ]),
  )
