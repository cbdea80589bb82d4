import type { Markup } from './formats.js'
import { behindMacro, linksOf, originOf, pixelOf, tagsOf } from './markup.js'
import { nativeClickOf, nativeTrackersOf } from './native.js'
import type { LooseBid } from './wire.js'
import { textOf } from './wire.js'

/** URLs by which an ad tells its bidder what people do; only those that lead to the bidder. */
export interface AdTraces {
  readonly impressions: readonly string[]
  /** What comes after the impression: the start of a video, its quarters, its end. */
  readonly later: readonly string[]
  /** Followed by whoever clicks. */
  readonly clicks: readonly string[]
  /** Loaded besides when somebody clicks. */
  readonly clickTrackers: readonly string[]
}

/** The origins that a bid's notices go to: where its pixel and click links have to go, too. */
export function noticeOriginsOf(bid: LooseBid): ReadonlySet<string> {
  const origins = [bid.nurl, bid.burl, bid.lurl].map((url) => originOf(textOf(url)))
  return new Set(origins.filter((origin) => origin !== ''))
}

/** Events of a linear ad that somebody watches to the end (VAST 4.2, section 3.14.1). */
const eventsOfAView = [
  'loaded',
  'creativeView',
  'start',
  'firstQuartile',
  'midpoint',
  'thirdQuartile',
  'complete',
]

/** @param clickMacro  that the exchange has put in the place of something before links; '' for none. */
export function tracesOf(markup: Markup, bid: LooseBid, clickMacro = ''): AdTraces {
  const origins = noticeOriginsOf(bid)
  const ours = (urls: readonly string[]): readonly string[] =>
    urls.map((url) => behindMacro(url, clickMacro)).filter((url) => origins.has(originOf(url)))
  if (markup.kind === 'html') {
    const tags = tagsOf(markup.html)
    const pixel = pixelOf(tags, origins)
    const clicks = ours(linksOf(tags))
    return { impressions: pixel === '' ? [] : [pixel], later: [], clicks, clickTrackers: [] }
  }
  if (markup.kind === 'native' && markup.answer.body !== null) {
    const { impressions, later } = nativeTrackersOf(markup.answer.body)
    const { url, trackers } = nativeClickOf(markup.answer.body)
    return {
      impressions: ours(impressions),
      later: ours(later),
      clicks: ours([url]),
      clickTrackers: ours(trackers),
    }
  }
  if (markup.kind === 'vast' && markup.vast !== null) {
    const { ads } = markup.vast
    const clickable = ads.flatMap(({ linears, companions }) => [...linears, ...companions])
    const trackers = clickable.flatMap((it) => it.trackers)
    const later = eventsOfAView.flatMap((event) => trackers.filter((it) => it.event === event))
    return {
      impressions: ours(ads.flatMap(({ impressions }) => impressions)),
      later: ours(later.map(({ url }) => url)),
      clicks: ours(clickable.map(({ clickThrough }) => clickThrough)),
      clickTrackers: ours(clickable.flatMap((it) => it.clickTrackers)),
    }
  }
  return { impressions: [], later: [], clicks: [], clickTrackers: [] }
}
