// Goal: a native bid that keeps every rule passes in each form that exchanges have, and each rule is
// found when it alone is broken; and real answers are read. Method: one good answer, changed in one
// place per case; and the corpus.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nativeAnswerOf, nativeAskOf } from '../../src/simulation/native.js'
import { type Change, type Json, native, nativeAnswer, nativeAsk, rulesBroken } from './judged.js'

const corpus = new URL('../../../shared/corpus/dev/native/', import.meta.url)
const linesOf = (name: string): readonly Json[] =>
  readFileSync(new URL(name, corpus), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

const answering = (change: (answer: Json) => void): Change => {
  const answer = structuredClone(nativeAnswer)
  change(answer)
  return { bid: { adm: JSON.stringify(answer) } }
}
const asking = (change: (ask: Json) => void): Change => {
  const ask = structuredClone(nativeAsk)
  change(ask)
  return { imp: { native: { request: JSON.stringify(ask) } } }
}

describe('kept', () => {
  const wrapped = (value: object): string => JSON.stringify({ native: value })
  test.each<[string, Change]>([
    ['text for text', {}],
    ['an object request', { imp: { native: { request: nativeAsk } } }],
    ['a request_native', { imp: { native: { request_native: nativeAsk } } }],
    [
      'wrapped for wrapped',
      { imp: { native: { request: wrapped(nativeAsk) } }, bid: { adm: wrapped(nativeAnswer) } },
    ],
    [
      'always wrapped, where that is agreed',
      { bid: { adm: wrapped(nativeAnswer) }, options: { nativeWrapped: 'always' } },
    ],
    [
      'an object in adm, where that is agreed',
      { bid: { adm: nativeAnswer }, options: { nativeForm: 'object' } },
    ],
    [
      'adm_native, where that is agreed',
      { bid: { adm: undefined, adm_native: nativeAnswer }, options: { nativeForm: 'adm_native' } },
    ],
    ['without mtype', { bid: { mtype: undefined } }],
    ['a title just as long', answering((it) => (it.assets[0].title.text = 'ż'.repeat(25)))],
    ['characters, not units', answering((it) => (it.assets[0].title.text = '👟'.repeat(25)))],
    ['no optional asset', answering((it) => it.assets.pop())],
    [
      'an image without a size',
      answering((it) => (it.assets[1].img = { url: 'https://shop.example/1.jpg' })),
    ],
    [
      'trackers of 1.1 where none are offered',
      {
        ...asking((it) => delete it.eventtrackers),
        ...answering((it) => {
          delete it.eventtrackers
          it.imptrackers = ['https://bid.example/n/imp?t=1']
        }),
      },
    ],
    [
      'a privacy link that is asked for',
      {
        ...asking((it) => (it.privacy = 1)),
        ...answering((it) => (it.privacy = 'https://shop.example/privacy')),
      },
    ],
    [
      "the exchange's click macro before the link",
      {
        ...answering((it) => (it.link.url = `%%CLICK%%${it.link.url}`)),
        options: { clickMacro: '%%CLICK%%' },
      },
    ],
    [
      'a click counted besides',
      answering((it) => {
        it.link = {
          url: 'https://shop.example/',
          clicktrackers: ['https://bid.example/n/click/1'],
        }
      }),
    ],
  ])('%s', (_, change) => {
    expect(rulesBroken(native, change)).toEqual([])
  })
})

describe('broken', () => {
  test.each<[string, string, Change]>([
    ['native-readable', 'no JSON', { bid: { adm: '{"assets":' } }],
    ['native-form', 'an object', { bid: { adm: nativeAnswer } }],
    ['native-form', 'text', { options: { nativeForm: 'adm_native' } }],
    ['native-wrapped', 'wrapped', { bid: { adm: JSON.stringify({ native: nativeAnswer }) } }],
    ['native-wrapped', 'bare', { options: { nativeWrapped: 'always' } }],
    [
      'native-link',
      'no link',
      answering((it) => (it.link = { clicktrackers: ['https://bid.example/n/click/1'] })),
    ],
    [
      'native-assets-known',
      'another id',
      answering((it) => it.assets.push({ id: 9, title: { text: 'x' } })),
    ],
    ['native-assets-known', 'an id as text', answering((it) => (it.assets[2].id = '3'))],
    ['native-assets-known', 'an id twice', answering((it) => it.assets.push(it.assets[2]))],
    [
      'native-assets-known',
      'another kind',
      answering((it) => (it.assets[2] = { id: 3, title: { text: 'x' } })),
    ],
    ['native-assets-known', 'two kinds', answering((it) => (it.assets[2].title = { text: 'x' }))],
    ['native-required-filled', 'no title', answering((it) => it.assets.shift())],
    [
      'native-required-filled',
      'an empty title',
      answering((it) => (it.assets[0].title.text = ' ')),
    ],
    [
      'native-required-filled',
      'a relative image',
      answering((it) => (it.assets[1].img.url = '/1.jpg')),
    ],
    [
      'native-text-length',
      'a title too long',
      answering((it) => (it.assets[0].title.text = 'x'.repeat(26))),
    ],
    [
      'native-text-length',
      'data too long',
      answering((it) => (it.assets[2].data.value = '1234567890 zł')),
    ],
    ['native-image-size', 'too low', answering((it) => (it.assets[1].img.h = 156))],
    [
      'native-image-size',
      'not exact',
      answering((it) =>
        it.assets.push({ id: 4, img: { url: 'https://shop.example/1', w: 81, h: 80 } }),
      ),
    ],
    [
      'native-image-mime',
      'a PNG',
      answering((it) => (it.assets[1].img.url = 'https://shop.example/1.png')),
    ],
    [
      'native-trackers-offered',
      'a method not offered',
      answering((it) =>
        it.eventtrackers.push({ event: 1, method: 2, url: 'https://bid.example/x' }),
      ),
    ],
    ['native-trackers-offered', 'none are offered', asking((it) => delete it.eventtrackers)],
    ['native-privacy', 'not there', asking((it) => (it.privacy = 1))],
    ['native-privacy', 'not asked for', answering((it) => (it.privacy = 'https://shop.example/p'))],
    ['format-offered', 'a request that is no JSON', { imp: { native: { request: '{' } } }],
    [
      'format-offered',
      'a banner is wanted',
      { imp: { native: undefined, banner: { w: 1, h: 1 } } },
    ],
    ['mtype-matches', 'called a banner', { imp: { banner: {} }, bid: { mtype: 1 } }],
    ['adm-present', 'no markup', { bid: { adm: undefined } }],
    [
      'secure-markup',
      'an image over http',
      answering((it) => (it.assets[1].img.url = 'http://shop.example/1.jpg')),
    ],
    ['markup-counts-and-links', 'nothing counts', answering((it) => delete it.eventtrackers)],
    [
      'markup-counts-and-links',
      'nobody hears of a click',
      answering((it) => (it.link.url = 'https://shop.example/')),
    ],
    [
      'markup-without-empty-values',
      'a missing value',
      answering((it) => (it.assets[2].data.value = 'undefined')),
    ],
    [
      'attributes-not-blocked',
      'an attribute',
      {
        imp: { native: { ...native.request.imp[0].native, battr: [3] } },
        bid: { attr: [3] },
      },
    ],
    ['apis-offered', 'OMID', { bid: { apis: [7] } }],
  ])('%s: %s', (rule, _, change) => {
    expect(rulesBroken(native, change)).toEqual([rule])
  })
})

test('real requests are read, however they come; what others could not read is none', () => {
  for (const { request, form, source } of linesOf('requests.ndjson')) {
    const ask = nativeAskOf({ native: form === 'standalone' ? request : { request } })
    const plain = typeof request === 'string' ? JSON.parse(request) : request
    const own = plain.native ?? plain
    expect(ask?.assets.length ?? 0, source).toBe(own.assets?.length ?? 0)
    if (ask !== null) expect(ask.isWrapped, source).toBe(plain.native !== undefined)
  }
  for (const { request, source } of linesOf('requests-unparseable.ndjson'))
    expect(nativeAskOf({ native: { request } }), `${source}: ${request}`).toBeNull()
})

test('real answers are read, and judged by what they say', () => {
  const faults = new Map<string, number>()
  const answers = linesOf('responses.ndjson')
  for (const { native: body } of answers) {
    const adm = typeof body === 'string' ? body : JSON.stringify(body)
    const { body: own, isWrapped } = nativeAnswerOf({ adm })
    // A request that asks for just what there is.
    const assets = ((own?.assets ?? []) as Json[]).map(({ id, title, img, data, video }) => {
      const kind = title ? { title: {} } : img ? { img: {} } : data ? { data: {} } : { video: {} }
      return { id, ...((title ?? img ?? data ?? video) ? kind : {}) }
    })
    const ask = { assets, eventtrackers: [{ event: 1, methods: [1, 2] }, { event: 2, methods: [1] }] } // biome-ignore format: one line
    const request = JSON.stringify(isWrapped ? { native: ask } : ask)
    for (const rule of rulesBroken(native, { imp: { native: { request } }, bid: { adm } }))
      if (rule.startsWith('native-')) faults.set(rule, (faults.get(rule) ?? 0) + 1)
  }
  console.info(`${answers.length} real native answers`, Object.fromEntries(faults))
  expect(faults.get('native-readable') ?? 0).toBe(0)
  expect(faults.get('native-form') ?? 0).toBe(0)
  expect(faults.get('native-wrapped') ?? 0).toBe(0)
})
