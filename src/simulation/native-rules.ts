import { LossCode } from './auction.js'
import { behindMacro, parseHttpUrl } from './markup.js'
import {
  type LooseAssetAsk,
  type LooseNativeAnswer,
  type NativeAnswer,
  type NativeAsk,
  nativeAskOf,
  nativeClickOf,
} from './native.js'
import type { BidContext, BidRule } from './rule.js'
import { readVast } from './vast.js'
import {
  fieldOf,
  isFlagSet,
  isObject,
  numberOf,
  numbersIn,
  objectsIn,
  textOf,
  textsIn,
} from './wire.js'

/** Runs a check on what can be read of a native bid; bids of other formats have nothing to say. */
function onAnswer(
  check: (body: LooseNativeAnswer, ask: NativeAsk, context: BidContext) => string | null,
): BidRule['find'] {
  return (context) => {
    const answer = answerIn(context)
    const ask = nativeAskOf(context.imp)
    return answer === null || answer.body === null || ask === null
      ? null
      : check(answer.body, ask, context)
  }
}

const answerIn = ({ format, markup }: BidContext): NativeAnswer | null =>
  format === 'native' && markup.kind === 'native' ? markup.answer : null

/** Runs a check on each asset of an answer and the request's of the same id. */
const onAssets = (check: (asset: object, ask: LooseAssetAsk) => string | null): BidRule['find'] =>
  onAnswer(({ assets }, ask) => {
    for (const asset of objectsIn(assets)) {
      const asked = ask.assets.find(({ id }) => id === fieldOf(asset, 'id'))
      const found = asked === undefined ? null : check(asset, asked)
      if (found !== null) return `asset ${asked?.id}: ${found}`
    }
    return null
  })

export const nativeRules: readonly BidRule[] = [
  {
    rule: 'native-readable',
    number: 74,
    lossCode: LossCode.InvalidResponse,
    find: (context) => answerIn(context)?.fault || null,
  },
  {
    rule: 'native-form',
    number: 74,
    lossCode: LossCode.InvalidResponse,
    find(context) {
      const form = answerIn(context)?.form
      const { nativeForm } = context.habits
      return form === undefined || form === nativeForm ? null : `${form}, agreed: ${nativeForm}`
    },
  },
  {
    rule: 'native-wrapped',
    number: 69,
    lossCode: LossCode.InvalidResponse,
    find(context) {
      const answer = answerIn(context)
      const ask = nativeAskOf(context.imp)
      if (answer === null || answer.body === null || ask === null) return null
      const { nativeWrapped } = context.habits
      const wanted = nativeWrapped === 'as-asked' ? ask.isWrapped : nativeWrapped === 'always'
      if (answer.isWrapped === wanted) return null
      return wanted ? 'not within {"native": …}' : 'within {"native": …}'
    },
  },
  {
    rule: 'native-link',
    number: 74,
    lossCode: LossCode.InvalidResponse,
    find: onAnswer((body, _, { habits }) => {
      const { url } = nativeClickOf(body)
      const own = behindMacro(url, habits.clickMacro)
      return parseHttpUrl(own) === null ? `link.url: ${url || 'absent'}` : null
    }),
  },
  {
    rule: 'native-assets-known',
    number: 71,
    lossCode: LossCode.InvalidResponse,
    find: onAnswer(findUnknownAsset),
  },
  {
    rule: 'native-required-filled',
    number: 71,
    lossCode: LossCode.InvalidResponse,
    find: onAnswer(findUnfilled),
  },
  {
    rule: 'native-text-length',
    number: 72,
    lossCode: LossCode.InvalidResponse,
    find: onAssets(
      (asset, ask) =>
        findTooLong(asset, ask, 'title', 'text') ?? findTooLong(asset, ask, 'data', 'value'),
    ),
  },
  {
    rule: 'native-image-size',
    number: 73,
    lossCode: LossCode.Size,
    find: onAssets(findOtherImageSize),
  },
  {
    rule: 'native-image-mime',
    number: 73,
    lossCode: LossCode.AdType,
    find: onAssets(findOtherImageType),
  },
  {
    rule: 'native-video-readable',
    number: 62,
    lossCode: LossCode.InvalidResponse,
    find: onAssets((asset) => {
      const tag = fieldOf(fieldOf(asset, 'video'), 'vasttag')
      if (tag === undefined) return null
      const reading = readVast(textOf(tag))
      return reading.ok ? null : reading.fault
    }),
  },
  {
    rule: 'native-trackers-offered',
    number: 74,
    lossCode: LossCode.CreativeFiltered,
    find: onAnswer(findOtherTracker),
  },
  {
    rule: 'native-privacy',
    number: 75,
    lossCode: LossCode.InvalidResponse,
    find: onAnswer(({ privacy }, { wantsPrivacy }) => {
      if (!wantsPrivacy) return privacy === undefined ? null : 'privacy, not asked for'
      return parseHttpUrl(textOf(privacy)) === null ? `privacy: ${privacy}` : null
    }),
  },
]

const kinds = ['title', 'img', 'data', 'video'] as const

const kindsOf = (asset: object): readonly (typeof kinds)[number][] =>
  kinds.filter((kind) => isObject(fieldOf(asset, kind)))

function findUnknownAsset(
  { assets, assetsurl, dcourl }: LooseNativeAnswer,
  ask: NativeAsk,
): string | null {
  if (assetsurl !== undefined && !ask.takesAssetsUrl) return 'assetsurl, not supported'
  if (dcourl !== undefined && !ask.takesDcoUrl) return 'dcourl, not supported'
  const seen = new Set<unknown>()
  for (const asset of objectsIn(assets)) {
    const id = fieldOf(asset, 'id')
    const asked = ask.assets.find((it) => it.id === id)
    if (asked === undefined) return `asset ${JSON.stringify(id)} is not asked for`
    if (seen.has(id)) return `asset ${id} twice`
    seen.add(id)
    const [kind, other] = kindsOf(asset)
    if (kind === undefined || other !== undefined)
      return `asset ${id} has not one of ${kinds.join(' ')}`
    if (!kindsOf(asked).includes(kind)) return `asset ${id} is ${kind}, not ${kindsOf(asked)}`
  }
  return null
}

function findUnfilled(
  { assets, assetsurl, dcourl }: LooseNativeAnswer,
  ask: NativeAsk,
): string | null {
  if (assetsurl !== undefined || dcourl !== undefined) return null
  for (const { id, required } of ask.assets) {
    const asset = objectsIn(assets).find((it) => fieldOf(it, 'id') === id)
    if (asset === undefined) {
      if (isFlagSet(required)) return `asset ${id} is absent`
      continue
    }
    if (isEmpty(asset)) return `asset ${id} is empty`
  }
  return null
}

function isEmpty(asset: object): boolean {
  const [kind] = kindsOf(asset)
  const content = kind === undefined ? undefined : fieldOf(asset, kind)
  if (kind === 'title') return textOf(fieldOf(content, 'text')).trim() === ''
  if (kind === 'data') return textOf(fieldOf(content, 'value')).trim() === ''
  if (kind === 'img') return parseHttpUrl(textOf(fieldOf(content, 'url'))) === null
  return false
}

/** In characters as people count them, not in UTF-16 units. */
function findTooLong(
  asset: object,
  ask: LooseAssetAsk,
  kind: 'title' | 'data',
  field: string,
): string | null {
  const lengthMax = numberOf(fieldOf(ask[kind], 'len'))
  const text = textOf(fieldOf(fieldOf(asset, kind), field))
  const length = [...text].length
  return lengthMax > 0 && length > lengthMax ? `${length} characters, at most ${lengthMax}` : null
}

/** `wmin` is the least, `w` alone is exact; an answer needn't say how large an image is. */
function findOtherImageSize(asset: object, ask: LooseAssetAsk): string | null {
  const image = fieldOf(asset, 'img')
  for (const side of ['w', 'h']) {
    const size = numberOf(fieldOf(image, side))
    const exact = numberOf(fieldOf(ask.img, side))
    const least = numberOf(fieldOf(ask.img, `${side}min`))
    if (Number.isNaN(size)) continue
    if (least > 0) {
      if (size < least) return `${side} ${size}, at least ${least}`
    } else if (exact > 0 && size !== exact) return `${side} ${size}, not ${exact}`
  }
  return null
}

const typeByExtension: Readonly<Record<string, RegExp>> = {
  jpg: /^image\/p?jpe?g$/,
  jpeg: /^image\/p?jpe?g$/,
  png: /^image\/(x-)?png$/,
  gif: /^image\/gif$/,
  webp: /^image\/webp$/,
  svg: /^image\/svg/,
  avif: /^image\/avif$/,
}

/** The answer doesn't say what an image is; its URL often does. */
function findOtherImageType(asset: object, ask: LooseAssetAsk): string | null {
  const mimes = textsIn(fieldOf(ask.img, 'mimes')).map((it) => it.toLowerCase())
  const url = parseHttpUrl(textOf(fieldOf(fieldOf(asset, 'img'), 'url')))
  const extension = /\.(\w+)$/.exec(url?.pathname ?? '')?.[1]?.toLowerCase() ?? ''
  const type = typeByExtension[extension]
  if (mimes.length === 0 || type === undefined || mimes.some((it) => type.test(it))) return null
  return `${extension}, accepted: ${mimes.join(' ')}`
}

function findOtherTracker(body: LooseNativeAnswer, ask: NativeAsk): string | null {
  for (const tracker of objectsIn(body.eventtrackers)) {
    const [event, method] = [fieldOf(tracker, 'event'), fieldOf(tracker, 'method')]
    const isOffered = (ask.eventTrackers ?? []).some(
      (it) => it.event === event && numbersIn(it.methods).includes(numberOf(method)),
    )
    if (!isOffered) return `event ${event} by method ${method}`
    if (parseHttpUrl(textOf(fieldOf(tracker, 'url'))) === null)
      return `event ${event} without a URL`
  }
  const images = Array.isArray(body.imptrackers) ? body.imptrackers : []
  const odd = images.find((url) => parseHttpUrl(textOf(url)) === null)
  return odd === undefined ? null : `imptrackers: ${odd}`
}
