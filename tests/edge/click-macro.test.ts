// Goal: an exchange that counts clicks sees each one, whatever was shown, and each still leads to the shop,
// however the exchange hands our link on. Method: bids in every format through the bid endpoint; links as an
// exchange reads them out of the response.
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { readVast } from '../../src/simulation/vast.js'
import { catalogueOf, shopFile } from '../bidding/world.js'
import { allOf, clickBehind, parseMarkup } from '../catalogue/creative-world.js'
import { someAudio, someVideo } from '../catalogue/media-world.js'
import { bidderInProcess, signer } from './in-process.js'

const clickMacro = '%%CLICK_URL_UNESC%%'
const publicUrl = 'https://bid.grosz.example'
const file = { link: '/sale?a=1&b=%20#c', ...someVideo }
const shop = shopFile('shop0', [{ id: 'c', goal: 'cpm', bid: 40, maxCpm: 40, budget: {} }], 'PLN', {
  videos: [file],
  audios: [{ ...someAudio, link: file.link }],
})
const media = {
  protocols: [3],
  minduration: 5,
  maxduration: 60,
  companionad: [{ w: 300, h: 250 }],
  companiontype: [2],
}

const linksOf = (html: string): readonly string[] =>
  allOf(parseMarkup(html), 'a').map(({ attributes }) => attributes['href']!)

/** Links of a document's ad, and of the banner beside it. */
function linksOfVast(adm: string): readonly string[] {
  const reading = readVast(adm)
  if (!reading.ok) throw new Error(reading.fault)
  const [linear] = reading.vast.ads[0]!.linears
  const beside = /<HTMLResource><!\[CDATA\[(.*?)\]\]>/s.exec(adm)?.[1] ?? ''
  expect(beside).not.toBe('')
  return [linear!.clickThrough, ...linksOf(beside)]
}

const asset = { id: 1, required: 1, title: { len: 90 } }
const native = { request: JSON.stringify({ ver: '1.2', assets: [asset] }), ver: '1.2' }

describe.each<[string, object, (adm: string) => readonly string[]]>([
  ['banner', { banner: { w: 300, h: 250 } }, linksOf],
  ['native', { native }, (adm) => [(JSON.parse(adm) as { link: { url: string } }).link.url]],
  ['video', { video: { mimes: ['video/mp4'], w: 640, h: 360, ...media } }, linksOfVast],
  ['audio', { audio: { mimes: ['audio/mpeg'], ...media } }, linksOfVast],
])('%s', (_format, offer, linksIn) => {
  const admOf = (exchange: object): string => {
    const bidder = bidderInProcess(catalogueOf([shop]), { exchange, publicUrl })
    const reply = bidder.post(JSON.stringify({ id: 'r', imp: [{ id: '1', ...offer }] }))
    expect(reply.status).toBe(200)
    return JSON.parse(reply.body).seatbid[0].bid[0].adm as string
  }

  test('each link comes after the macro, and arrives escaped or not', () => {
    const links = linksIn(admOf({ clickMacro }))
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) {
      const { token, target } = clickBehind(link, clickMacro, publicUrl)
      expect(signer.verify(token)).toMatchObject({ shopKey: keyOf('shop0') })
      expect(new URL(target!).origin).toBe('https://shop0.example')
    }
  })

  test('nothing else of the markup changes', () => {
    const withoutTokens = (adm: string): string => adm.replace(/[\w-]{100}/g, 'TOKEN')
    const counted = withoutTokens(admOf({ clickMacro }))
    expect(counted.replaceAll(clickMacro, '')).toBe(withoutTokens(admOf({})))
  })
})
