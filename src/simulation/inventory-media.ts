import type { Random } from '../base/random.js'
import { cents } from './currencies.js'

/** A video before, within or beside what people came for; rewarded or full screen in apps. */
export function someVideo(random: Random, isFullScreen: boolean): object {
  const isInstream = !isFullScreen && random.chance(0.4)
  const [w, h] = isFullScreen ? [320, 480] : random.pick([[640, 360], [640, 480], [1_280, 720], [300, 250]])! // biome-ignore format: a word list
  const has26 = random.chance(0.6)
  return {
    mimes: random.pick([
      ['video/mp4'],
      ['video/mp4', 'video/webm'],
      ['video/mp4', 'application/javascript'],
    ]),
    minduration: random.pick([0, 3, 5]),
    maxduration: random.pick([15, 30, 30, 60, 120]),
    protocols: random.pick([
      [2, 3],
      [2, 3, 5, 6],
      [2, 3, 5, 6, 7, 8],
      [3, 6, 7, 8, 11, 12, 13, 14],
    ]),
    w,
    h,
    ...(isInstream ? { startdelay: random.pick([0, 0, -1, -2]) } : {}),
    ...(has26
      ? { plcmt: isInstream ? 1 : isFullScreen ? 3 : random.pick([2, 4]) }
      : { placement: isInstream ? 1 : isFullScreen ? 5 : random.pick([2, 3, 4]) }),
    linearity: 1,
    ...(random.chance(0.6) ? { skip: random.chance(0.5) ? 1 : 0 } : {}),
    playbackmethod: [random.pick([1, 2, 6])],
    ...(random.chance(0.3) ? { maxbitrate: 2_500 } : {}),
    ...(random.chance(0.4) ? { delivery: [2] } : {}),
    ...(random.chance(0.3) ? { api: [2, 7] } : {}),
    ...(random.chance(0.15)
      ? { companionad: [{ id: 'c1', w: 300, h: 250 }], companiontype: [1, 2] }
      : {}),
    ...(random.chance(0.4) ? { battr: random.pick([[8, 10], [17], [13, 14]]) } : {}),
  }
}

/** A spot in a radio stream, a podcast or music. */
export function someAudio(random: Random): object {
  return {
    mimes: random.pick([
      ['audio/mpeg', 'audio/mp4'],
      ['audio/mp3', 'audio/aac'],
      ['audio/mp4', 'audio/ogg'],
    ]),
    minduration: 5,
    maxduration: random.pick([15, 30, 30, 60]),
    protocols: [2, 3, 5, 6],
    startdelay: random.pick([0, -1]),
    feed: random.pick([1, 2, 3]),
    stitched: random.chance(0.3) ? 1 : 0,
    ...(random.chance(0.2) ? { companionad: [{ id: 'c1', w: 300, h: 250 }] } : {}),
  }
}

/** Native in feeds and widgets, as text as 1.1 and 1.2 want it. */
export function someNative(random: Random): object {
  const is12 = random.chance(0.7)
  const plcmttype = random.pick([1, 1, 2, 4])
  const request = {
    ver: is12 ? '1.2' : '1.1',
    context: random.pick([1, 1, 2, 3]),
    plcmttype,
    plcmtcnt: 1,
    assets: [
      { id: 1, required: 1, title: { len: random.pick([25, 50, 90, 140]) } },
      {
        id: 2,
        required: 1,
        img: random.pick([
          { type: 3, wmin: 300, hmin: 157 },
          { type: 3, wmin: 200, hmin: 200, mimes: ['image/jpeg', 'image/png', 'image/webp'] },
          { type: 3, w: 1_200, h: 627, wmin: 300, hmin: 157 },
        ]),
      },
      { id: 3, required: random.chance(0.5) ? 1 : 0, data: { type: 1, len: 25 } },
      ...(random.chance(0.6) ? [{ id: 4, required: 0, data: { type: 2, len: 90 } }] : []),
      ...(random.chance(0.4) ? [{ id: 5, required: 0, img: { type: 1, wmin: 50, hmin: 50 } }] : []),
      ...(random.chance(0.3) ? [{ id: 6, required: 0, data: { type: 12, len: 15 } }] : []),
      ...(random.chance(0.2) ? [{ id: 7, required: 0, data: { type: 6 } }] : []),
    ],
    ...(is12
      ? {
          eventtrackers: [
            { event: 1, methods: random.pick([[1], [1, 2]]) },
            ...(random.chance(0.4) ? [{ event: 2, methods: [1] }] : []),
          ],
        }
      : {}),
    ...(random.chance(0.2) ? { privacy: 1 } : {}),
  }
  const isWrapped = !is12 && random.chance(0.3)
  return {
    request: JSON.stringify(isWrapped ? { native: request } : request),
    ver: request.ver,
    ...(random.chance(0.3) ? { battr: [1, 3, 8] } : {}),
  }
}

/** Deals of a private marketplace, at fixed prices or with floors of their own, now and then exclusive. */
export function someDeals(
  random: Random,
  context: {
    readonly dealIds: readonly string[]
    readonly floorMedian: number
    readonly currency: string
  },
): object {
  if (context.dealIds.length === 0 || !random.chance(0.06)) return {}
  const first = random.below(context.dealIds.length)
  const count = random.chance(0.3) ? 2 : 1
  const ids = new Set(
    Array.from({ length: count }, (_, i) => context.dealIds[(first + i) % context.dealIds.length]!),
  )
  const deals = [...ids].map((id) => ({
    id,
    bidfloor: cents(random.logNormal(context.floorMedian * 1.3, 0.3)),
    bidfloorcur: context.currency,
    at: random.pick([1, 1, 2, 3]),
    ...(random.chance(0.1) ? { wseat: ['someone-else'] } : {}),
  }))
  return { pmp: { private_auction: random.chance(0.2) ? 1 : 0, deals } }
}
