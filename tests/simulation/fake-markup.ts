// Markup of the fake bidder: as little as each format needs to be accepted.

// biome-ignore lint/suspicious/noExplicitAny: requests are read here like any JSON.
type Json = any

/** @param notice  URL of a notice, a pixel or a click, by kind. */
export type NoticeUrl = (kind: string) => string

/** What a bid for an impression has besides its price and notices. */
export function fakeCreative(imp: Json, notice: NoticeUrl): Json {
  if (imp.banner !== undefined) {
    const size = imp.banner.format?.[0] ?? imp.banner
    return { adm: fakeHtml(notice), w: size.w, h: size.h, mtype: 1 }
  }
  if (imp.native !== undefined) return { adm: fakeNative(imp.native, notice), mtype: 4 }
  const [media, mtype] = imp.video !== undefined ? [imp.video, 2] : [imp.audio, 3]
  const dur = Math.min(15, media.maxduration)
  const protocol = media.protocols[0]
  return { adm: fakeVast(media, dur, protocol, notice), mtype, dur, protocol }
}

function fakeHtml(notice: NoticeUrl): string {
  const html = (text: string): string => text.replaceAll('&', '&amp;')
  return (
    `<a href="${html(notice('click'))}"><img src="https://shop.example/x.png" alt=""></a>` +
    `<img src="${html(notice('imp'))}" width="1" height="1">`
  )
}

function fakeNative(native: Json, notice: NoticeUrl): string {
  const root = JSON.parse(native.request)
  const ask = root.native ?? root
  const assets = ask.assets.map(({ id, title, img }: Json) => {
    if (title !== undefined) return { id, title: { text: 'x' } }
    if (img === undefined) return { id, data: { value: 'x' } }
    const [w, h] = [img.wmin ?? img.w, img.hmin ?? img.h]
    return { id, img: { url: 'https://shop.example/x.png', w, h } }
  })
  const answer = {
    ver: ask.ver,
    assets,
    link: { url: notice('click') },
    ...(ask.eventtrackers === undefined
      ? { imptrackers: [notice('imp')] }
      : { eventtrackers: [{ event: 1, method: 1, url: notice('imp') }] }),
    ...(ask.privacy === 1 ? { privacy: 'https://shop.example/privacy' } : {}),
  }
  return JSON.stringify(root.native === undefined ? answer : { native: answer })
}

function fakeVast(media: Json, dur: number, protocol: number, notice: NoticeUrl): string {
  const url = (text: string): string => `<![CDATA[${text}]]>`
  return (
    `<VAST version="${protocol}.0"><Ad><InLine><AdSystem>x</AdSystem><AdTitle>x</AdTitle>` +
    `<Impression>${url(notice('imp'))}</Impression><Creatives><Creative><Linear>` +
    `<Duration>00:${dur === 60 ? '01:00' : `00:${String(dur).padStart(2, '0')}`}</Duration><TrackingEvents>` +
    `<Tracking event="complete">${url(notice('event/complete'))}</Tracking>` +
    `<Tracking event="start">${url(notice('event/start'))}</Tracking>` +
    `<Tracking event="mute">${url(notice('event/mute'))}</Tracking></TrackingEvents>` +
    `<VideoClicks><ClickThrough>${url(notice('click'))}</ClickThrough></VideoClicks>` +
    `<MediaFiles><MediaFile delivery="progressive" type="${media.mimes[0]}" width="${media.w ?? 0}" ` +
    `height="${media.h ?? 0}">${url('https://shop.example/x')}</MediaFile></MediaFiles>` +
    '</Linear></Creative></Creatives></InLine></Ad></VAST>'
  )
}
