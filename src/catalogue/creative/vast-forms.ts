import { bannerSizes } from '../sizes.js'
import { jsonPiece } from './escape.js'

/** Versions that are written, newest first, as OpenRTB's `protocols` numbers them: 4.2, 4.1, 4.0, 3.0, 2.0. */
export const vastInline = [13, 11, 7, 3, 2] as const
export const vastWrapper = [14, 12, 8, 6, 5] as const

/** What differs between versions (IAB VAST 2.0 to 4.2, and their schemas). */
export interface VastForm {
  readonly opening: Buffer
  readonly isWrapper: boolean
  /** Order of elements, a name for each creative, and a namespace, are those of 4.0. */
  readonly isFour: boolean
  readonly canSkip: boolean
  /** `AdServingId` and `adType`: since 4.1. */
  readonly hasServingId: boolean
  /** `UniversalAdId` has `idValue`: up to 4.1. */
  readonly hasIdValue: boolean
}

const forms = new Map<number, VastForm>()
for (const [index, version] of ['4.2', '4.1', '4.0', '3.0', '2.0'].entries())
  for (const [list, isWrapper] of [
    [vastInline, false],
    [vastWrapper, true],
  ] as const) {
    const isFour = version >= '4.0'
    const namespace = isFour ? ' xmlns="http://www.iab.com/VAST"' : ''
    forms.set(list[index]!, {
      opening: jsonPiece(`<VAST version="${version}"${namespace}><Ad id="`),
      isWrapper,
      isFour,
      canSkip: version >= '3.0' && !isWrapper,
      hasServingId: version >= '4.1' && !isWrapper,
      hasIdValue: version < '4.2',
    })
  }

/** @param protocol one of `vastInline` or `vastWrapper`. */
export const vastFormOf = (protocol: number): VastForm => forms.get(protocol)!

const trackedEvents = ['start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete']

/** What stands between the parts, as the inside of a JSON string. */
export const pieces = {
  audio: jsonPiece('" adType="audio'),
  inline: jsonPiece('"><InLine><AdSystem>Grosz</AdSystem>'),
  wrapper: jsonPiece('"><Wrapper><AdSystem>Grosz</AdSystem>'),
  tag: jsonPiece('<VASTAdTagURI><![CDATA['),
  endTag: jsonPiece(']]></VASTAdTagURI>'),
  title: jsonPiece('<AdTitle>'),
  endTitle: jsonPiece('</AdTitle>'),
  impression: jsonPiece('<Impression><![CDATA['),
  endImpression: jsonPiece(']]></Impression>'),
  servingId: jsonPiece('<AdServingId>'),
  endServingId: jsonPiece('</AdServingId>'),
  creatives: jsonPiece('<Creatives><Creative id="'),
  linear: jsonPiece('"><Linear>'),
  skippable: jsonPiece('"><Linear skipoffset="'),
  endSkippable: jsonPiece('">'),
  duration: jsonPiece('<Duration>'),
  endDuration: jsonPiece('</Duration>'),
  trackings: jsonPiece(`<TrackingEvents><Tracking event="${trackedEvents[0]}"><![CDATA[`),
  /** From behind one event's token to before the next one's. */
  nextTracking: trackedEvents
    .slice(1)
    .map((event, before) =>
      jsonPiece(`&e=${trackedEvents[before]}]]></Tracking><Tracking event="${event}"><![CDATA[`),
    ),
  skipTracking: jsonPiece(
    `&e=${trackedEvents.at(-1)}]]></Tracking><Tracking event="skip"><![CDATA[`,
  ),
  endTrackings: jsonPiece(`&e=${trackedEvents.at(-1)}]]></Tracking></TrackingEvents>`),
  endSkipTracking: jsonPiece('&e=skip]]></Tracking></TrackingEvents>'),
  clickThrough: jsonPiece('<VideoClicks><ClickThrough><![CDATA['),
  endClickThrough: jsonPiece(']]></ClickThrough></VideoClicks>'),
  clickTracking: jsonPiece('<VideoClicks><ClickTracking><![CDATA['),
  endClickTracking: jsonPiece('&e=click]]></ClickTracking></VideoClicks>'),
  files: jsonPiece('<MediaFiles>'),
  endFiles: jsonPiece('</MediaFiles>'),
  endLinear: jsonPiece('</Linear>'),
  universal: jsonPiece('<UniversalAdId idRegistry="'),
  universalValue: jsonPiece('" idValue="'),
  universalText: jsonPiece('">'),
  endUniversal: jsonPiece('</UniversalAdId>'),
  endCreative: jsonPiece('</Creative>'),
  companions: bannerSizes.map(({ width, height }) =>
    jsonPiece(
      `<Creative><CompanionAds><Companion width="${width}" height="${height}"><HTMLResource><![CDATA[`,
    ),
  ),
  endCompanion: jsonPiece(']]></HTMLResource></Companion></CompanionAds>'),
  endCreatives: jsonPiece('</Creatives>'),
  endInline: jsonPiece('</InLine></Ad></VAST>'),
  endWrapper: jsonPiece('</Wrapper></Ad></VAST>'),
} as const
