import {
  fieldOf,
  isFlagSet,
  isObject,
  type LooseBid,
  type LooseImp,
  objectsIn,
  textOf,
} from './wire.js'

/** What a native request asks for (OpenRTB Native 1.0 to 1.2), however it came. */
export interface NativeAsk {
  /** Came within `{"native": …}`. */
  readonly isWrapped: boolean
  readonly assets: readonly LooseAssetAsk[]
  /** null where the request doesn't name any: trackers then are as in Native 1.1. */
  readonly eventTrackers: readonly LooseEventTracker[] | null
  readonly wantsPrivacy: boolean
  readonly takesAssetsUrl: boolean
  readonly takesDcoUrl: boolean
}

export interface LooseAssetAsk {
  readonly id?: unknown
  readonly required?: unknown
  readonly title?: unknown
  readonly img?: unknown
  readonly data?: unknown
  readonly video?: unknown
}

export interface LooseEventTracker {
  readonly event?: unknown
  readonly methods?: unknown
}

export interface LooseNativeAnswer {
  readonly assets?: unknown
  readonly assetsurl?: unknown
  readonly dcourl?: unknown
  readonly link?: unknown
  readonly imptrackers?: unknown
  readonly jstracker?: unknown
  readonly eventtrackers?: unknown
  readonly privacy?: unknown
}

/** Where a bid's native answer stood, and what it says. */
export interface NativeAnswer {
  readonly form: 'text' | 'object' | 'adm_native'
  readonly isWrapped: boolean
  /** null where it can't be read; `fault` says why. */
  readonly body: LooseNativeAnswer | null
  readonly fault: string
}

/** null where no native ad is offered, or none that can be made out. */
export function nativeAskOf({ native }: LooseImp): NativeAsk | null {
  const sent = fieldOf(native, 'request') ?? fieldOf(native, 'request_native') ?? native
  const root = typeof sent === 'string' ? parsed(sent) : sent
  const inner = fieldOf(root, 'native')
  const request = isObject(inner) ? inner : root
  const assets = objectsIn(fieldOf(request, 'assets'))
  if (assets.length === 0) return null
  const eventTrackers = fieldOf(request, 'eventtrackers')
  return {
    isWrapped: isObject(inner),
    assets,
    eventTrackers: Array.isArray(eventTrackers) ? objectsIn(eventTrackers) : null,
    wantsPrivacy: isFlagSet(fieldOf(request, 'privacy')),
    takesAssetsUrl: isFlagSet(fieldOf(request, 'aurlsupport')),
    takesDcoUrl: isFlagSet(fieldOf(request, 'durlsupport')),
  }
}

/** null for text that isn't JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export function nativeAnswerOf(bid: LooseBid): NativeAnswer {
  const isApart = bid.adm_native !== undefined
  const sent = isApart ? bid.adm_native : bid.adm
  const form = isApart ? 'adm_native' : typeof sent === 'string' ? 'text' : 'object'
  let root = sent
  try {
    if (typeof sent === 'string') root = JSON.parse(sent)
  } catch (error) {
    const fault = error instanceof Error ? error.message : 'no JSON'
    return { form, isWrapped: false, body: null, fault }
  }
  if (!isObject(root)) return { form, isWrapped: false, body: null, fault: 'no JSON object' }
  const inner = fieldOf(root, 'native')
  if (isObject(inner)) return { form, isWrapped: true, body: inner, fault: '' }
  return { form, isWrapped: false, body: root, fault: '' }
}

/** Images that count an impression, as their URLs; and those that count what happens later. */
export function nativeTrackersOf(answer: LooseNativeAnswer): {
  readonly impressions: readonly string[]
  readonly later: readonly string[]
} {
  const images = objectsIn(answer.eventtrackers).filter((it) => fieldOf(it, 'method') === 1)
  const urls = (isImpression: boolean): readonly string[] =>
    images
      .filter((it) => (fieldOf(it, 'event') === 1) === isImpression)
      .map((it) => textOf(fieldOf(it, 'url')))
  const older = Array.isArray(answer.imptrackers) ? answer.imptrackers.map(textOf) : []
  return { impressions: [...older, ...urls(true)], later: urls(false) }
}

/** Where a click leads, and what counts it. */
export function nativeClickOf({ link }: LooseNativeAnswer): {
  readonly url: string
  readonly trackers: readonly string[]
} {
  const trackers = fieldOf(link, 'clicktrackers')
  return {
    url: textOf(fieldOf(link, 'url')),
    trackers: Array.isArray(trackers) ? trackers.map(textOf) : [],
  }
}
