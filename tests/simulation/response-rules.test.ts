// Goal: an answer that keeps every rule passes, and each rule is found when it alone is broken. Method: one
// good answer, changed in one place per case.
import { describe, expect, test } from 'vitest'
import { ratesDefault } from '../../src/simulation/currencies.js'
import { checkAnswer, checkResponse } from '../../src/simulation/response-rules.js'

// biome-ignore lint/suspicious/noExplicitAny: changed at will, like the JSON that it stands for.
type Json = any

const goodRequest = {
  id: 'r1',
  imp: [
    { id: '1', banner: { format: [{ w: 300, h: 250 }], w: 728, h: 90 }, secure: 1, bidfloor: 2 },
    { id: '2', video: {} },
  ],
  cur: ['USD', 'PLN'],
  badv: ['rival.example', 'WWW.Other.example'],
  bcat: ['IAB7', 'IAB22-1'],
  wseat: ['s1'],
}

const notice = (path: string): string =>
  `http://127.0.0.1:8080/n/${path}?t=1&p=\${AUCTION_PRICE}&c=\${AUCTION_CURRENCY}`

const goodMarkup =
  '<a href="http://127.0.0.1:8080/n/click/1?a=1&amp;u=https%3A%2F%2Fshop.example"><b>12 &lt; 13</b></a>' +
  '<img src="http://127.0.0.1:8080/n/imp?t=1" width="1" height="1">'

const goodBid = {
  id: 'b1',
  impid: '1',
  price: 2.5,
  nurl: notice('win'),
  burl: notice('bill'),
  lurl: 'http://127.0.0.1:8080/n/loss?t=1&r=${AUCTION_LOSS}',
  adm: goodMarkup,
  adomain: ['shop.example'],
  cid: 'c1',
  crid: 'c1-300x250',
  cat: ['IAB18', 'IAB22'],
  w: 300,
  h: 250,
  mtype: 1,
}
const seatWith = (more: object): object => ({ seatbid: [{ seat: 's1', bid: [goodBid], ...more }] })
const goodResponse = { id: 'r1', bidid: 'b1', cur: 'USD', ...seatWith({}) } as Json

const rulesOf = (request: Json, response: Json): readonly string[] =>
  checkResponse(request, response, ratesDefault, JSON.stringify(response)).map(({ rule }) => rule)

test('a good answer breaks no rule', () => {
  expect(checkResponse(goodRequest, goodResponse, ratesDefault)).toEqual([])
})

interface Case {
  readonly why: string
  readonly rule: string
  readonly bid?: Json
  readonly response?: Json
  readonly request?: Json
  readonly imp?: Json
}

const broken: readonly Case[] = [
  { why: 'another id', rule: 'id-echoed', response: { id: 'r2' } },
  { why: 'no id', rule: 'id-echoed', response: { id: undefined } },
  { why: 'no seats', rule: 'seatbid-not-empty', response: { seatbid: [] } },
  { why: 'no seatbid', rule: 'seatbid-not-empty', response: { seatbid: undefined } },
  {
    why: 'a seat without bids',
    rule: 'seat-has-bids',
    response: {
      seatbid: [
        { seat: 's1', bid: [goodBid] },
        { seat: 's1', bid: [] },
      ],
    },
  },
  { why: 'a currency not asked for', rule: 'currency-accepted', response: { cur: 'EUR' } },
  { why: 'not a currency', rule: 'currency-accepted', response: { cur: 'zl' } },
  {
    why: 'no currency means USD',
    rule: 'currency-accepted',
    response: { cur: undefined },
    request: { cur: ['PLN'] },
  },
  {
    why: 'a bid id twice',
    rule: 'bid-id-unique',
    request: {
      imp: [goodRequest.imp[0], { ...goodRequest.imp[0], id: '3' }],
    },
    response: {
      seatbid: [{ seat: 's1', bid: [goodBid, { ...goodBid, impid: '3' }] }],
    },
  },
  {
    why: 'two bids for one impression',
    rule: 'one-bid-per-imp',
    response: { seatbid: [{ seat: 's1', bid: [goodBid, { ...goodBid, id: 'b2' }] }] },
  },
  { why: 'no bid id', rule: 'bid-id-unique', bid: { id: '' } },
  { why: 'an impression that is not there', rule: 'impid-known', bid: { impid: '3' } },
  { why: 'a price of 0', rule: 'price-positive', bid: { price: 0 } },
  { why: 'a price as text', rule: 'price-positive', bid: { price: '2.5' } },
  { why: 'a cent under the floor', rule: 'price-at-least-floor', bid: { price: 1.99 } },
  {
    why: 'under a floor in another currency',
    rule: 'price-at-least-floor',
    imp: { bidfloor: 10, bidfloorcur: 'PLN' },
  },
  { why: 'more than six decimals', rule: 'price-plain-decimal', bid: { price: 2.5000000001 } },
  { why: 'a deal that is not there', rule: 'deal-offered', bid: { dealid: 'd1' } },
  { why: 'no banner wanted', rule: 'format-offered', bid: { impid: '2' } },
  { why: 'another size', rule: 'size-offered', bid: { w: 250, h: 300 } },
  { why: 'no size', rule: 'size-offered', bid: { w: undefined, h: undefined } },
  {
    why: 'called a video',
    rule: 'mtype-matches',
    imp: { video: { mimes: ['video/mp4'] } },
    bid: { mtype: 2 },
  },
  { why: 'called a text', rule: 'mtype-matches', bid: { mtype: '1' } },
  { why: 'all or nothing', rule: 'group-unused', response: seatWith({ group: 1 }) },
  {
    why: 'a field of our own in the response',
    rule: 'response-known-fields',
    response: { debug: 'x' },
  },
  {
    why: 'a field of our own in a seat',
    rule: 'response-known-fields',
    response: seatWith({ x: 1 }),
  },
  { why: 'a field of our own in a bid', rule: 'only-known-fields', bid: { row: 7 } },
  { why: 'a reason that is none', rule: 'nbr-known', response: { nbr: 99 } },
  { why: 'no time to wait', rule: 'exp-sane', bid: { exp: 0 } },
  { why: 'a relative picture', rule: 'iurl-usable', bid: { iurl: '/1.png' } },
  { why: 'no markup', rule: 'adm-present', bid: { adm: undefined } },
  { why: 'no advertiser domain', rule: 'adomain-present', bid: { adomain: [] } },
  { why: 'no creative id', rule: 'crid-present', bid: { crid: '' } },
  { why: 'a creative id that is a number', rule: 'crid-present', bid: { crid: 7 } },
  { why: 'no campaign id', rule: 'cid-present', bid: { cid: undefined } },
  { why: 'no category', rule: 'cat-present', bid: { cat: undefined } },
  { why: 'a blocked advertiser', rule: 'adomain-not-blocked', bid: { adomain: ['Rival.example'] } },
  {
    why: 'below a blocked advertiser',
    rule: 'adomain-not-blocked',
    bid: { adomain: ['a.b.other.example'] },
  },
  { why: 'a blocked category', rule: 'cat-not-blocked', bid: { cat: ['IAB22-1'] } },
  { why: 'below a blocked category', rule: 'cat-not-blocked', bid: { cat: ['IAB7-39'] } },
  { why: 'a seat not asked for', rule: 'seat-allowed', request: { wseat: ['s2'] } },
  {
    why: 'a blocked seat',
    rule: 'seat-allowed',
    request: { wseat: undefined, bseat: ['s1'] },
  },
  { why: 'no win notice', rule: 'nurl-usable', bid: { nurl: undefined } },
  {
    why: 'a relative billing notice',
    rule: 'burl-usable',
    bid: { burl: '/n/bill?p=${AUCTION_PRICE}' },
  },
  {
    why: 'no price in the billing notice',
    rule: 'burl-usable',
    bid: { burl: 'http://127.0.0.1:8080/n/bill?t=1' },
  },
  {
    why: 'neither price nor reason in the loss notice',
    rule: 'lurl-usable',
    bid: { lurl: 'http://127.0.0.1:8080/n/loss?t=1' },
  },
  {
    why: 'an encoded macro',
    rule: 'macros-plain',
    bid: { nurl: `${notice('win')}&q=%24%7BAUCTION_PRICE%7D` },
  },
  {
    why: 'a misspelt macro',
    rule: 'macros-plain',
    bid: { burl: `${notice('bill')}\${AUCTION_X}` },
  },
  {
    why: 'a picture over http',
    rule: 'secure-markup',
    bid: { adm: `${goodMarkup}<img src="http://pictures.example/1.png">` },
  },
  {
    why: 'no impression pixel',
    rule: 'markup-counts-and-links',
    bid: { adm: goodMarkup.replace('127.0.0.1:8080/n/imp', '127.0.0.1:8083/n/imp') },
  },
  {
    why: 'no click link',
    rule: 'markup-counts-and-links',
    bid: { adm: goodMarkup.replace('http://127.0.0.1:8080/n/click', 'https://shop.example/') },
  },
  {
    why: 'a missing value in the markup',
    rule: 'markup-without-empty-values',
    bid: { adm: goodMarkup.replace('12 &lt; 13', 'undefined') },
  },
  {
    why: 'a missing value in a link',
    rule: 'markup-without-empty-values',
    bid: { adm: goodMarkup.replace('?a=1', '?a=null') },
  },
  { why: 'a null', rule: 'no-empty-values', bid: { tactic: null } },
  { why: 'the text undefined', rule: 'no-empty-values', bid: { tactic: 'undefined' } },
]

function changed(change: Case): readonly [request: Json, response: Json] {
  const request = { ...structuredClone(goodRequest), ...change.request } as Json
  Object.assign(request.imp[0], change.imp)
  const response = { ...structuredClone(goodResponse), ...change.response } as Json
  if (change.bid !== undefined) Object.assign(response.seatbid[0].bid[0], change.bid)
  return [JSON.parse(JSON.stringify(request)), JSON.parse(JSON.stringify(response))]
}

describe('a rule that is broken is found, and no other', () => {
  test.each(broken)('$rule: $why', (change) => {
    expect(rulesOf(...changed(change))).toEqual([change.rule])
  })
})

const kept: readonly Case[] = [
  { why: 'a bid at the floor', rule: '', bid: { price: 2 } },
  {
    why: 'a floor in another currency, reached',
    rule: '',
    imp: { bidfloor: 9, bidfloorcur: 'PLN' },
  },
  { why: 'a floor in an unknown currency', rule: '', imp: { bidfloor: 99, bidfloorcur: 'XYZ' } },
  { why: 'the other size', rule: '', bid: { w: 728, h: 90 } },
  { why: 'no currencies in the request', rule: '', request: { cur: undefined } },
  { why: 'no mtype', rule: '', bid: { mtype: undefined } },
  { why: 'a name that ends like a blocked one', rule: '', bid: { adomain: ['notrival.example'] } },
  { why: 'a category that begins like a blocked one', rule: '', bid: { cat: ['IAB70', 'IAB22'] } },
  {
    why: 'http where nothing asks for https',
    rule: '',
    imp: { secure: 0 },
    bid: { adm: `${goodMarkup}<img src="http://pictures.example/1.png">` },
  },
  {
    why: 'words that only hold a missing value',
    rule: '',
    bid: { adm: goodMarkup.replace('12 &lt; 13', 'Nullarbor, NaNo, undefinedly') },
  },
  {
    why: "a deal, at the deal's floor",
    rule: '',
    imp: { bidfloor: 9, pmp: { deals: [{ id: 'd1', bidfloor: 2.5, at: 3 }] } },
    bid: { dealid: 'd1' },
  },
]

describe('what is allowed is not complained of', () => {
  test.each(kept)('$why', (change) => {
    expect(rulesOf(...changed(change))).toEqual([])
  })

  test.each([
    ['an empty object', {}],
    ['a no-bid reason', { id: 'r1', seatbid: [], nbr: 2 }],
  ])('no bid: %s', (_, response) => {
    expect(rulesOf(goodRequest, response)).toEqual([])
  })
})

test('a price with an exponent is found in the text', () => {
  const text = JSON.stringify(goodResponse).replace('"price":2.5', '"price":2.5e0')
  const found = checkResponse(goodRequest, JSON.parse(text), ratesDefault, text)
  expect(found).toEqual([{ rule: 'price-plain-decimal', number: 23, detail: '2.5e0', bid: null }])
})

describe('HTTP', () => {
  const good = { status: 200, contentType: 'application/json', excessBytes: 0 }
  const text = JSON.stringify(goodResponse)
  const rules = (answer: object, request: Json = goodRequest): readonly string[] =>
    checkAnswer(request, { ...good, text, ...answer }, ratesDefault).broken.map(({ rule }) => rule)

  test.each([
    ['a bid', {}, []],
    ['a charset', { contentType: 'Application/JSON; charset=utf-8' }, []],
    ['no bid', { status: 204, text: '', contentType: '' }, []],
    ['a 204 with a body', { status: 204, text: '{}' }, ['body-ends-where-it-should']],
    [
      'a 204 that announces a body',
      { status: 204, text: '', excessBytes: 3 },
      ['body-ends-where-it-should'],
    ],
    ['a 200 without a body', { text: '' }, ['json-object']],
    ['no JSON', { text: '{"id":' }, ['json-object']],
    ['an array', { text: '[]' }, ['json-object']],
    ['HTML', { contentType: 'text/html' }, ['content-type-json']],
    ['no type', { contentType: '' }, ['content-type-json']],
    ['a 400 for a good request', { status: 400, text: '{"error":"x"}' }, ['status-200-or-204']],
    ['a 503', { status: 503, text: '' }, ['status-200-or-204']],
  ])('%s', (_, answer, want) => {
    expect(rules(answer)).toEqual(want)
  })

  test.each([
    ['no object', null],
    ['no id', { imp: [{ id: '1' }] }],
    ['no impressions', { id: 'r', imp: [] }],
    ['an impression without an id', { id: 'r', imp: [{}, null] }],
    ['two impressions with one id', { id: 'r', imp: [{ id: '1' }, { id: '1' }] }],
  ])('a request that is none (%s) may be refused, but not with a 500', (_, request) => {
    expect(rules({ status: 400, text: '{"error":"id"}' }, request)).toEqual([])
    expect(rules({ status: 500, text: '' }, request)).toEqual(['status-200-or-204'])
  })

  test.each([
    ['a true fault', 'imp[0].banner.w: must not be negative', true],
    ['one of sizes', 'imp[0].banner.format: sizes must not be negative', true],
    ['a wrong type', 'user: must be an object', true],
    ['a fault that is not there', 'imp[0].bidfloor: must not be negative', false],
    ['a type that is right', 'id: must be a string', false],
    ['a field that is not there', 'regs: must be an object', false],
    ['no reason', 'go away', false],
  ])('a 400 for a request with ids: %s', (_, error, isTrue) => {
    const banner = { w: -1, format: [{ w: 1, h: -1 }] }
    const odd = { id: 'r', imp: [{ id: '1', bidfloor: 1, banner }], user: 'me' }
    const found = rules({ status: 400, text: JSON.stringify({ error }) }, odd)
    expect(found).toEqual(isTrue ? [] : ['status-200-or-204'])
  })
})
