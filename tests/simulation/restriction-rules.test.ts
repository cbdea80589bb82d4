// Goal: what a request allows and what a deal asks for is held against every bid. Method: a good
// banner bid, changed in one place per case; and real responses, which no rule may stumble over.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { brokenRules } from '../../src/simulation/response-rules.js'
import { banner, type Change, rulesBroken } from './judged.js'

const offer = banner.request.imp[0].banner
const markup = banner.bid.adm as string
const deal = (more: object, dealid: string | undefined = 'd'): Change => ({
  imp: { pmp: { private_auction: 1, deals: [{ id: 'd', bidfloor: 2, ...more }] } },
  bid: { dealid },
})
const withDsa = (dsa: object, bid: object = {}): Change => ({
  request: { regs: { ext: { dsa } } },
  bid: { ext: { dsa: bid } },
})
const goodDsa = {
  behalf: 'Shop',
  paid: 'Shop',
  adrender: 1,
  transparency: [{ domain: 'bid.example', dsaparams: [1] }],
}

describe('kept', () => {
  test.each<[string, Change]>([
    ['as it is', {}],
    [
      'a deal, whatever the floor of the impression',
      { imp: { ...deal({}).imp, bidfloor: 90 }, bid: { dealid: 'd' } },
    ],
    ['at the agreed price', deal({ bidfloor: 5, at: 3 })],
    [
      'at the agreed price in another currency, rounded up',
      {
        ...deal({ bidfloor: 1.2345, bidfloorcur: 'EUR', at: 3 }),
        cur: 'PLN',
        bid: { dealid: 'd', price: 5.246625 },
      },
    ],
    ['a deal for our seat and domain', deal({ wseat: ['s1'], wadomain: ['www.SHOP.example'] })],
    [
      'a floor of a deal in USD, though the impression says otherwise',
      {
        imp: { bidfloor: 1, bidfloorcur: 'JPY', pmp: { deals: [{ id: 'd', bidfloor: 5 }] } },
        bid: { dealid: 'd' },
      },
    ],
    [
      'two bids, where one is under a deal and that is agreed',
      {
        imp: { pmp: { deals: [{ id: 'd' }] } },
        more: [{ ...banner.bid, id: 'b2', dealid: 'd' }],
        options: { multiBid: true },
      },
    ],
    ['an allowed category', { request: { acat: ['IAB18'] } }],
    ['below an allowed category', { request: { acat: ['IAB18'] }, bid: { cat: ['IAB18-3'] } }],
    ['ids of another taxonomy', { request: { bcat: ['IAB18'], cattax: 7 } }],
    [
      'an id that only begins alike, in another taxonomy',
      {
        request: { bcat: ['15'], cattax: 7 },
        bid: { cat: ['150'], cattax: 7 },
      },
    ],
    ['another app', { request: { bapp: ['com.other'] }, bid: { bundle: 'com.shop' } }],
    ['the language', { request: { wlang: ['PL-pl'] }, bid: { language: 'pl' } }],
    ['no words', { request: { wlang: ['de'] }, bid: { language: 'xx' } }],
    ['no language', { request: { wlang: ['de'] } }],
    ['attributes', { bid: { attr: [13, 501] }, imp: { banner: { ...offer, battr: [1, 8] } } }],
    ['an api that is offered', { bid: { apis: [5] }, imp: { banner: { ...offer, api: [5] } } }],
    ['no text ads, and it has a picture', { imp: { banner: { ...offer, btype: [1, 3, 4] } } }],
    ['HTML among the types', { imp: { banner: { ...offer, mimes: ['text/html'] } } }],
    [
      'flexible',
      {
        imp: { banner: { format: [{ wratio: 6, hratio: 5, wmin: 300 }] } },
        bid: { w: undefined, h: undefined, wratio: 6, hratio: 5 },
      },
    ],
    [
      'http where nothing is said and the page is http',
      {
        request: { site: { page: 'http://news.example/' } },
        bid: { adm: `${markup}<img src="http://cdn.example/x">` },
      },
    ],
    ['DSA', withDsa({ dsarequired: 3, pubrender: 0 }, goodDsa)],
    [
      'DSA, rendered by the publisher',
      withDsa({ dsarequired: 2, pubrender: 2 }, { ...goodDsa, adrender: 0 }),
    ],
    [
      'a billing id',
      { imp: { ext: { billing_id: ['7', '8'] } }, bid: { ext: { billing_id: '8' } } },
    ],
    [
      'an encrypted price',
      {
        bid: {
          nurl: 'https://bid.example/n/win?p=${AUCTION_PRICE:OX}',
          burl: 'https://bid.example/n/bill?p=${AUCTION_PRICE:OX}',
        },
        options: { priceMacro: '${AUCTION_PRICE:OX}' },
      },
    ],
    [
      'no billing notice, where none is agreed',
      {
        bid: { burl: undefined },
        options: { notices: { win: true, bill: false, loss: true } },
      },
    ],
  ])('%s', (_, change) => {
    expect(rulesBroken(banner, change)).toEqual([])
  })
})

describe('broken', () => {
  test.each<[string, string, Change]>([
    ['deal-offered', 'another deal', deal({}, 'e')],
    [
      'deal-needed',
      'no deal',
      {
        imp: { pmp: { private_auction: 1, deals: [{ id: 'd' }] } },
      },
    ],
    ['price-at-least-deal-floor', 'under it', deal({ bidfloor: 5.01 })],
    [
      'price-at-least-deal-floor',
      'under it in USD',
      {
        ...deal({ bidfloor: 2 }),
        cur: 'PLN',
      },
    ],
    ['price-is-agreed', 'above it', deal({ at: 3 })],
    ['deal-for-buyer', 'another seat', deal({ wseat: ['s2'] })],
    ['deal-for-buyer', 'another advertiser', deal({ wadomain: ['other.example'] })],
    [
      'one-bid-per-imp',
      'twice without a deal',
      {
        more: [{ ...banner.bid, id: 'b2' }],
        options: { multiBid: true },
      },
    ],
    ['cat-allowed', 'none of them', { request: { acat: ['IAB1', 'IAB180'] } }],
    [
      'cat-not-blocked',
      'in another taxonomy, the same',
      {
        request: { bcat: ['150'], cattax: 7 },
        bid: { cat: ['150'], cattax: 7 },
      },
    ],
    [
      'bundle-not-blocked',
      'the app',
      { request: { bapp: ['com.shop'] }, bid: { bundle: 'com.shop' } },
    ],
    ['language-allowed', 'another', { request: { wlang: ['de'] }, bid: { language: 'en-GB' } }],
    [
      'language-allowed',
      'another, by its long name',
      { request: { wlangb: ['de-AT'] }, bid: { langb: 'en-GB' } },
    ],
    ['attributes-listed', 'none of the list', { bid: { attr: [24] } }],
    ['attributes-listed', 'as text', { bid: { attr: ['1'] } }],
    [
      'attributes-not-blocked',
      'a blocked one',
      { bid: { attr: [8] }, imp: { banner: { ...offer, battr: ['8'] } } },
    ],
    ['apis-offered', 'one that is not offered', { bid: { apis: [5] } }],
    ['apis-offered', 'by its old name', { bid: { api: 5 } }],
    [
      'mraid-offered',
      'without MRAID',
      { bid: { adm: `<script src="mraid.js"></script>${markup}` } },
    ],
    ['banner-type-not-blocked', 'pictures', { imp: { banner: { ...offer, btype: [2] } } }],
    [
      'banner-type-not-blocked',
      'scripts',
      {
        imp: { banner: { ...offer, btype: [3] } },
        bid: { adm: `${markup}<script>1</script>` },
      },
    ],
    [
      'banner-type-not-blocked',
      'iframes',
      {
        imp: { banner: { ...offer, btype: [4] } },
        bid: { adm: `${markup}<iframe src="https://x.example/"></iframe>` },
      },
    ],
    [
      'banner-mime-offered',
      'Flash',
      { imp: { banner: { ...offer, mimes: ['application/x-shockwave-flash'] } } },
    ],
    [
      'size-offered',
      'another ratio',
      {
        imp: { banner: { format: [{ wratio: 6, hratio: 5, wmin: 300 }] } },
        bid: { w: undefined, h: undefined, wratio: 5, hratio: 6 },
      },
    ],
    ['adomain-is-domain', 'a URL', { bid: { adomain: ['https://shop.example/'] } }],
    [
      'secure-markup',
      'nothing is said, and the page is https',
      {
        request: { site: { page: 'https://news.example/' } },
        bid: { adm: `${markup}<img src="http://cdn.example/x">` },
      },
    ],
    ['secure-markup', 'iurl', { imp: { secure: 1 }, bid: { iurl: 'http://shop.example/1.png' } }],
    ['dsa-told', 'nothing', { request: { regs: { ext: { dsa: { dsarequired: 2 } } } } }],
    ['dsa-told', 'nobody pays', withDsa({ dsarequired: 2 }, { ...goodDsa, paid: '' })],
    ['dsa-told', 'nobody renders', withDsa({ dsarequired: 2 }, { ...goodDsa, adrender: 0 })],
    [
      'dsa-told',
      'no parameters',
      withDsa({ dsarequired: 3 }, { ...goodDsa, transparency: [{ domain: 'bid.example' }] }),
    ],
    [
      'billing-id-offered',
      'another',
      { imp: { ext: { billing_id: ['7'] } }, bid: { ext: { billing_id: '8' } } },
    ],
    [
      'burl-usable',
      "the exchange's own macro is asked for",
      {
        bid: { nurl: 'https://bid.example/n/win?p=${AUCTION_PRICE:OX}' },
        options: { priceMacro: '${AUCTION_PRICE:OX}' },
      },
    ],
  ])('%s: %s', (rule, _, change) => {
    expect(rulesBroken(banner, change)).toEqual([rule])
  })
})

test('no real response makes a rule stumble, whatever it is held against', () => {
  const folder = new URL('../../../shared/corpus/dev/responses/', import.meta.url)
  let count = 0
  let broken = 0
  for (const name of readdirSync(folder))
    for (const line of readFileSync(new URL(name, folder), 'utf8').split('\n')) {
      if (line === '') continue
      const { id, seatbid } = JSON.parse(line) as { id?: string; seatbid?: unknown }
      const seats = (Array.isArray(seatbid) ? seatbid : []) as ({ bid?: unknown } | null)[]
      const bids = seats.flatMap((seat) => (Array.isArray(seat?.bid) ? seat.bid : []))
      const imp = bids.map((bid: { impid?: unknown; w?: unknown; h?: unknown } | null) => ({
        id: bid?.impid,
        banner: { w: bid?.w, h: bid?.h },
        video: { mimes: ['video/mp4'] },
        native: { request: { assets: [{ id: 1 }] } },
      }))
      count++
      if (brokenRules({ id, imp }, line).length > 0) broken++
    }
  console.info(`${count} real responses, ${broken} break a rule`)
  expect(count).toBeGreaterThan(1_000)
})

test('a body that is none, and a request that is none', () => {
  const rules = (request: unknown, body: string): readonly string[] =>
    brokenRules(request, body).map(({ rule }) => rule)
  expect(rules('{"id":"1"}', '')).toEqual([])
  expect(rules('{"id":"1"}', '{')).toEqual(['json-object'])
  expect(rules('nonsense', '{"id":"1"}')).toEqual(['request-was-valid'])
})
