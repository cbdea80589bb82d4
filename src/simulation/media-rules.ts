import { LossCode } from './auction.js'
import { hasPlayFloors } from './floors.js'
import { companionSizesOf, mediaOf, secondsOf } from './formats.js'
import { behindMacro, parseHttpUrl } from './markup.js'
import type { BidContext, BidRule } from './rule.js'
import { protocolOf, type Vast, type VastAd } from './vast.js'
import { isFlagSet, type LooseMedia, numberOf, numbersIn, sizesOf, textsIn } from './wire.js'

/** Runs a check on a video or audio bid whose document can be read; others have nothing to say. */
function onVast(
  check: (vast: Vast, media: LooseMedia, context: BidContext) => string | null,
): BidRule['find'] {
  return (context) => {
    const media = mediaOf(context.imp, context.format)
    const { markup } = context
    return media === null || markup.kind !== 'vast' || markup.vast === null
      ? null
      : check(markup.vast, media, context)
  }
}

export const mediaRules: readonly BidRule[] = [
  {
    rule: 'vast-well-formed',
    number: 62,
    lossCode: LossCode.InvalidResponse,
    find: ({ markup }) => (markup.kind === 'vast' ? markup.fault || null : null),
  },
  {
    rule: 'vast-complete',
    number: 62,
    lossCode: LossCode.InvalidResponse,
    find: onVast((vast, _, context) => findIncomplete(vast, context)),
  },
  {
    rule: 'vast-version-offered',
    number: 61,
    lossCode: LossCode.Format,
    find: onVast(findOtherVersion),
  },
  {
    rule: 'media-mime-offered',
    number: 59,
    lossCode: LossCode.Format,
    find: onVast(findOtherMime),
  },
  {
    rule: 'bitrate-offered',
    number: null,
    lossCode: LossCode.Format,
    find: onVast(findOtherBitrate),
  },
  {
    rule: 'delivery-offered',
    number: null,
    lossCode: LossCode.Format,
    find: onVast(findOtherDelivery),
  },
  {
    rule: 'duration-offered',
    number: 60,
    lossCode: LossCode.CreativeFiltered,
    find: onVast(findOtherDuration),
  },
  {
    rule: 'duration-told',
    number: 60,
    lossCode: LossCode.InvalidResponse,
    find: onVast(findUntoldDuration),
  },
  {
    rule: 'linearity-offered',
    number: 64,
    lossCode: LossCode.Format,
    find: onVast(findOtherLinearity),
  },
  { rule: 'skip-attribute', number: 63, lossCode: LossCode.Attribute, find: onVast(findSkip) },
  {
    rule: 'companion-offered',
    number: null,
    lossCode: LossCode.Size,
    find: onVast(findOtherCompanion),
  },
  {
    rule: 'player-api-offered',
    number: 51,
    lossCode: LossCode.Format,
    find: onVast(findOtherFramework),
  },
]

const linearsIn = (vast: Vast): VastAd['linears'] => vast.ads.flatMap(({ linears }) => linears)

const isUrl = (text: string): boolean => parseHttpUrl(text) !== null

/** What every VAST document has to say (VAST 2.0 to 4.3): no player works without it. */
function findIncomplete({ version, ads }: Vast, context: BidContext): string | null {
  if (!/^(2\.0|3\.0|4\.[0-3])$/.test(version)) return `version ${version || 'absent'}`
  if (ads.length === 0) return 'no ad'
  for (const ad of ads) {
    if (ad.system === '') return 'AdSystem is absent'
    if (ad.impressions.length === 0 || !ad.impressions.every(isUrl))
      return `Impression: ${ad.impressions.join(' ') || 'absent'}`
    if (ad.isWrapper) {
      if (!isUrl(ad.tagUrl)) return `VASTAdTagURI: ${ad.tagUrl || 'absent'}`
      continue
    }
    const found = findIncompleteInline(ad, version, context)
    if (found !== null) return found
  }
  return null
}

function findIncompleteInline(
  ad: VastAd,
  version: string,
  { format, habits }: BidContext,
): string | null {
  if (ad.title === '') return 'AdTitle is absent'
  if (ad.creativeCount === 0) return 'no Creative'
  if (version >= '4.0' && !ad.hasUniversalIds) return 'a Creative without UniversalAdId'
  if (version >= '4.1' && ad.servingId === '') return 'AdServingId is absent'
  if (ad.linears.length === 0 && ad.nonLinearCount === 0) return 'neither Linear nor NonLinear'
  for (const { durationS, files, clickThrough } of ad.linears) {
    if (!(durationS > 0)) return 'Duration is absent or no time'
    if (files.length === 0) return 'no MediaFile'
    if (!isUrl(behindMacro(clickThrough, habits.clickMacro)))
      return `ClickThrough: ${clickThrough || 'absent'}`
    for (const { url, type, delivery, width, height } of files) {
      if (!isUrl(url)) return `MediaFile: ${url || 'without a URL'}`
      if (type === '') return 'MediaFile without a type'
      if (delivery !== 'progressive' && delivery !== 'streaming') return `delivery: ${delivery}`
      const hasSize = format === 'audio' ? width >= 0 && height >= 0 : width > 0 && height > 0
      if (!hasSize) return `MediaFile of ${width}x${height}`
    }
  }
  return null
}

function findOtherVersion(vast: Vast, media: LooseMedia, { bid }: BidContext): string | null {
  const protocol = protocolOf(vast)
  if (protocol === 0) return null
  const offered = [...numbersIn(media.protocols), ...numbersIn([media.protocol])]
  if (offered.length > 0 && !offered.includes(protocol))
    return `protocol ${protocol}, accepted: ${offered.join(' ')}`
  return bid.protocol === undefined || bid.protocol === protocol
    ? null
    : `bid.protocol ${bid.protocol} for a document of protocol ${protocol}`
}

/** Names that mean the same file. */
const sameMime: Readonly<Record<string, string>> = {
  'video/x-m4v': 'video/mp4',
  'video/h264': 'video/mp4',
  'audio/mp3': 'audio/mpeg',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'application/vnd.apple.mpegurl': 'application/x-mpegurl',
  'application/x-javascript': 'application/javascript',
  'text/javascript': 'application/javascript',
}

const plainMime = (mime: string): string => {
  const type = mime.split(';')[0]!.trim().toLowerCase()
  return sameMime[type] ?? type
}

function findOtherMime(vast: Vast, media: LooseMedia): string | null {
  const offered = textsIn(media.mimes).map(plainMime)
  const types = linearsIn(vast).flatMap(({ files }) => files.map(({ type }) => type))
  const other = types.find((type) => type !== '' && !offered.includes(plainMime(type)))
  return other === undefined ? null : `${other}, accepted: ${offered.join(' ')}`
}

function findOtherBitrate(vast: Vast, media: LooseMedia): string | null {
  const [least, most] = [numberOf(media.minbitrate), numberOf(media.maxbitrate)]
  const bitrates = linearsIn(vast).flatMap(({ files }) => files.flatMap((it) => it.bitrates))
  const other = bitrates.find((it) => (least > 0 && it < least) || (most > 0 && it > most))
  return other === undefined ? null : `${other} kbit/s, accepted: ${least} to ${most}`
}

function findOtherDelivery(vast: Vast, media: LooseMedia): string | null {
  const offered = numbersIn(media.delivery)
  if (offered.length === 0) return null
  const isTaken = (delivery: string): boolean =>
    delivery === 'streaming' ? offered.includes(1) : offered.includes(2) || offered.includes(3)
  const deliveries = linearsIn(vast).flatMap(({ files }) => files.map((it) => it.delivery))
  return deliveries.find((it) => it !== '' && !isTaken(it)) ?? null
}

function findOtherDuration(_: Vast, media: LooseMedia, { bid, markup }: BidContext): string | null {
  const seconds = secondsOf(bid, markup)
  if (Number.isNaN(seconds)) return null
  const exact = numbersIn(media.rqddurs)
  if (exact.length > 0)
    return exact.includes(Math.round(seconds)) ? null : `${seconds} s, accepted: ${exact.join(' ')}`
  const least = numberOf(media.minduration)
  if (seconds < least) return `${seconds} s, at least ${least}`
  // How long an ad may go on beyond its end: -1 as it likes.
  const extended = numberOf(media.maxextended)
  const most = numberOf(media.maxduration) + (extended > 0 ? extended : 0)
  return most > 0 && seconds > most && extended !== -1 ? `${seconds} s, at most ${most}` : null
}

/** Where price or place hang on it, the bid itself has to say how long the ad is. */
function findUntoldDuration(vast: Vast, media: LooseMedia, { bid }: BidContext): string | null {
  const seconds = linearsIn(vast).find(({ durationS }) => durationS > 0)?.durationS
  if (bid.dur === undefined) {
    const matters =
      numbersIn(media.rqddurs).length > 0 || numberOf(media.poddur) > 0 || hasPlayFloors(media)
    return matters ? 'dur is absent' : null
  }
  if (!Number.isInteger(bid.dur) || !(numberOf(bid.dur) > 0)) return `dur ${bid.dur}`
  const isSame = seconds === undefined || Math.abs(seconds - numberOf(bid.dur)) < 1
  return isSame ? null : `dur ${bid.dur}, Duration ${seconds} s`
}

function findOtherLinearity({ ads }: Vast, media: LooseMedia): string | null {
  const linearity = numberOf(media.linearity)
  const inline = ads.filter(({ isWrapper }) => !isWrapper)
  if (linearity === 2) return ads.some(({ linears }) => linears.length > 0) ? 'a Linear' : null
  if (linearity === 1)
    return inline.some(({ linears }) => linears.length === 0) ? 'no Linear' : null
  return null
}

const skipAttribute = 16

function findSkip(vast: Vast, media: LooseMedia, { bid }: BidContext): string | null {
  const isTold = numbersIn(bid.attr).includes(skipAttribute)
  const canSkip = linearsIn(vast).some(({ skipOffset }) => skipOffset !== '')
  if (isFlagSet(media.skip)) return isTold ? 'attr 16, but the player adds the button' : null
  if (canSkip && numbersIn(media.battr).includes(skipAttribute))
    return 'skipoffset, and battr has 16'
  return canSkip && media.skip !== undefined && !isTold ? 'skipoffset without attr 16' : null
}

function findOtherCompanion(vast: Vast, media: LooseMedia): string | null {
  const companions = vast.ads.flatMap((ad) => ad.companions)
  if (companions.length === 0) return null
  const sizes = companionSizesOf(media).flatMap((it) => sizesOf(it))
  const types = numbersIn(media.companiontype)
  for (const { width, height, types: own } of companions) {
    if (!sizes.some(({ w, h }) => w === width && h === height)) return `${width}x${height}`
    if (types.length > 0 && !own.some((type) => types.includes(type)))
      return `type ${own}, accepted: ${types}`
  }
  return null
}

/** Frameworks by OpenRTB's list: VPAID 1 and 2, MRAID 3, 5 and 6, SIMID 8 and 9. */
const frameworkApis: Readonly<Record<string, readonly number[]>> = {
  VPAID: [1, 2],
  MRAID: [3, 5, 6],
  SIMID: [8, 9],
}

function findOtherFramework(vast: Vast, media: LooseMedia): string | null {
  const offered = numbersIn(media.api)
  const needed = linearsIn(vast).flatMap(({ files, frameworks }) => [
    ...files.map(({ framework }) => framework),
    ...frameworks,
  ])
  const isMissing = (framework: string): boolean => {
    const apis = frameworkApis[framework.toUpperCase()]
    return apis !== undefined && !apis.some((api) => offered.includes(api))
  }
  return needed.find(isMissing) ?? null
}
