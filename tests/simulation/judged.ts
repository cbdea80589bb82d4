// Good bids of every format for good requests, and what the judge says of them after a change.
import { brokenRules, type JudgeOptions } from '../../src/simulation/response-rules.js'

// biome-ignore lint/suspicious/noExplicitAny: changed at will, like the JSON that it stands for.
export type Json = any

const notice = (path: string): string =>
  `https://bid.example/n/${path}?t=1&p=\${AUCTION_PRICE}&c=\${AUCTION_CURRENCY}`

/** What bids of all formats have in common. */
const commonBid = {
  id: 'b1',
  impid: '1',
  price: 5,
  nurl: notice('win'),
  burl: notice('bill'),
  lurl: 'https://bid.example/n/loss?t=1&r=${AUCTION_LOSS}',
  adomain: ['shop.example'],
  cid: 'c1',
  crid: 'c1-1',
  cat: ['IAB18'],
}

export interface Judged {
  readonly request: Json
  readonly bid: Json
}

export const nativeAsk = {
  ver: '1.2',
  assets: [
    { id: 1, required: 1, title: { len: 25 } },
    { id: 2, required: 1, img: { type: 3, wmin: 300, hmin: 157, mimes: ['image/jpeg'] } },
    { id: 3, required: 0, data: { type: 6, len: 10 } },
    { id: 4, required: 0, img: { type: 1, w: 80, h: 80 } },
  ],
  eventtrackers: [
    { event: 1, methods: [1] },
    { event: 2, methods: [1, 2] },
  ],
}

export const nativeAnswer = {
  ver: '1.2',
  assets: [
    { id: 1, title: { text: 'Buty na wiosnę, zażółć' } },
    { id: 2, img: { url: 'https://shop.example/1.jpg?x=.png', w: 300, h: 200 } },
    { id: 3, data: { value: '19,90 zł' } },
  ],
  link: { url: 'https://bid.example/n/click/1' },
  eventtrackers: [{ event: 1, method: 1, url: 'https://bid.example/n/imp?t=1' }],
}

export const native: Judged = {
  request: {
    id: 'r1',
    imp: [{ id: '1', native: { request: JSON.stringify(nativeAsk), ver: '1.2' }, secure: 1 }],
  },
  bid: { ...commonBid, adm: JSON.stringify(nativeAnswer), mtype: 4 },
}

export const vast = `<?xml version="1.0" encoding="UTF-8"?>
<VAST version="3.0"><Ad id="1"><InLine><AdSystem>x</AdSystem><AdTitle>x</AdTitle>
<Impression><![CDATA[https://bid.example/n/imp?t=1&x=1]]></Impression>
<Creatives><Creative><Linear><Duration>00:00:15</Duration><TrackingEvents>
<Tracking event="start"><![CDATA[https://bid.example/n/event?e=start]]></Tracking></TrackingEvents>
<VideoClicks><ClickThrough><![CDATA[https://bid.example/n/click/1]]></ClickThrough></VideoClicks>
<MediaFiles><MediaFile delivery="progressive" type="video/mp4" bitrate="800" width="640" height="360">
<![CDATA[https://shop.example/1.mp4]]></MediaFile></MediaFiles></Linear></Creative>
<Creative><CompanionAds><Companion width="300" height="250">
<StaticResource creativeType="image/png"><![CDATA[https://shop.example/1.png]]></StaticResource>
</Companion></CompanionAds></Creative></Creatives></InLine></Ad></VAST>`

export const video: Judged = {
  request: {
    id: 'r1',
    imp: [
      {
        id: '1',
        video: {
          mimes: ['video/mp4', 'video/webm'],
          minduration: 5,
          maxduration: 30,
          protocols: [2, 3, 7],
          w: 640,
          h: 360,
          linearity: 1,
          skip: 0,
          minbitrate: 300,
          maxbitrate: 1_500,
          delivery: [2],
          companionad: [{ id: 'c', w: 300, h: 250 }],
          companiontype: [1, 2],
          battr: [8],
          api: [2, 7],
        },
        secure: 1,
      },
    ],
  },
  bid: { ...commonBid, adm: vast, mtype: 2, protocol: 3, dur: 15, w: 640, h: 360 },
}

export const wrapper = `<VAST version="2.0"><Ad id="1"><Wrapper><AdSystem>x</AdSystem>
<VASTAdTagURI><![CDATA[https://other.example/vast]]></VASTAdTagURI>
<Impression><![CDATA[https://bid.example/n/imp?t=1]]></Impression><Creatives><Creative><Linear>
<VideoClicks><ClickTracking><![CDATA[https://bid.example/n/click/1]]></ClickTracking></VideoClicks>
</Linear></Creative></Creatives></Wrapper></Ad></VAST>`

export const audio: Judged = {
  request: {
    id: 'r1',
    imp: [{ id: '1', audio: { mimes: ['audio/mp3'], maxduration: 30, protocols: [3] }, secure: 1 }],
  },
  bid: {
    ...commonBid,
    adm: vast
      .replace('type="video/mp4"', 'type="audio/mpeg"')
      .replace(/<Creative><CompanionAds>[\s\S]*?<\/CompanionAds><\/Creative>/, ''),
    mtype: 3,
    protocol: 3,
    dur: 15,
  },
}

export const banner: Judged = {
  request: { id: 'r1', imp: [{ id: '1', banner: { w: 300, h: 250 } }] },
  bid: {
    ...commonBid,
    adm:
      '<a href="https://bid.example/n/click/1"><img src="https://shop.example/1.png"></a>' +
      '<img src="https://bid.example/n/imp?t=1" width="1" height="1">',
    w: 300,
    h: 250,
    mtype: 1,
  },
}

/** What a case changes: fields of the request, of its first impression, of the bid; and of what is around. */
export interface Change {
  readonly request?: Json
  readonly imp?: Json
  readonly bid?: Json
  readonly seat?: string
  readonly cur?: string
  /** Bids besides the first. */
  readonly more?: readonly Json[]
  readonly options?: JudgeOptions
}

/** Names of the rules that are broken. A change to `undefined` takes a field away. */
export function rulesBroken(good: Judged, change: Change = {}): readonly string[] {
  const { request: { imp, ...rest } } = structuredClone(good) as { request: Json } // biome-ignore format: one line
  const request = { ...rest, imp: [{ ...imp[0], ...change.imp }], ...change.request }
  const bid = { ...good.bid, ...change.bid }
  const seatbid = [{ seat: change.seat ?? 's1', bid: [bid, ...(change.more ?? [])] }]
  const response = { id: 'r1', cur: change.cur ?? 'USD', seatbid }
  const found = brokenRules(JSON.stringify(request), JSON.stringify(response), change.options)
  return [...new Set(found.map(({ rule }) => rule))]
}
