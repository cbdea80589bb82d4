// Goal: a VAST document is read as a player reads it: what isn't well-formed is refused, and what an
// exchange looks at is found. Method: real documents whose well-formedness a real parser settled, each
// of XML's rules broken by itself, and one document of which every part is known.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { looksLikeVast, protocolOf, readVast } from '../../src/simulation/vast.js'
import { readXml } from '../../src/simulation/xml.js'

interface RealDocument {
  readonly source: string
  readonly version: string | null
  readonly wellFormed: boolean
  readonly wrapper: boolean
  readonly vast: string
}

const real = readFileSync(
  new URL('../../../shared/corpus/dev/vast/vast.ndjson', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as RealDocument)

test('real documents are well-formed here exactly where a whole parser says so', () => {
  const wrong = real.filter(({ vast, wellFormed }) => readXml(vast.trim()).ok !== wellFormed)
  const faults = wrong.map(({ source, vast }) => [source, readXml(vast.trim())])
  expect(faults).toEqual([])
  expect(real.length).toBeGreaterThan(100)
})

test('their version and kind are read', () => {
  const read = real.filter(({ wellFormed }) => wellFormed)
  for (const { vast, version, wrapper, source } of read) {
    const reading = readVast(vast)
    if (!reading.ok) {
      expect(reading.fault, source).toMatch(/^the root element is/)
      continue
    }
    expect(reading.vast.version, source).toBe(version ?? '')
    expect(
      reading.vast.ads.some(({ isWrapper }) => isWrapper),
      source,
    ).toBe(wrapper)
    expect(looksLikeVast(vast), source).toBe(true)
  }
})

describe('what is not well-formed', () => {
  test.each([
    ['nothing', ''],
    ['no element', '<!-- x -->'],
    ['an element that is not closed', '<a><b></b>'],
    ['another end tag', '<a><b></a></b>'],
    ['an end tag too many', '<a/></a>'],
    ['two roots', '<a/><b/>'],
    ['text before', 'x<a/>'],
    ['text behind', '<a/>x'],
    ['a declaration that is not the first', ' <?xml version="1.0"?><a/>'],
    ['a declaration without a version', '<?xml?><a/>'],
    ['a bare &', '<a>x & y</a>'],
    ['a bare & in a URL', '<a href="http://x/?a=1&b=2"/>'],
    ['an entity of HTML', '<a>&nbsp;</a>'],
    ['a reference to what is no character', '<a>&#0;</a>'],
    ['a stray <', '<a>1 < 2</a>'],
    ['a < in an attribute', '<a b="<"/>'],
    ['an attribute without quotes', '<a b=1/>'],
    ['an attribute without a value', '<a b/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['attributes without a space', '<a b="1"c="2"/>'],
    ['a comment with --', '<a><!-- x -- y --></a>'],
    ['a comment without an end', '<a><!-- x </a>'],
    ['CDATA without an end', '<a><![CDATA[x</a>'],
    ['CDATA outside', '<![CDATA[x]]><a/>'],
    ['the end of CDATA in text', '<a>x ]]> y</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['half a character', '<a>\ud83d</a>'],
    ['a prefix that is not declared', '<a xsi:b="1"/>'],
    ['a doctype', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a tag in the wrong case', '<a></A>'],
    ['depth without end', '<a>'.repeat(100_000)],
  ])('%s', (_, xml) => {
    expect(readXml(xml).ok).toBe(false)
  })
})

test('what is well-formed, and what it says', () => {
  const xml =
    '\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<!-- - -->\n<?style sheet?>' +
    '<v:a xmlns:v="urn:v" v:b = \'"1&amp;&#x41;&#66;"\' c="é 漢 😀">\n x <![CDATA[<&]]>&lt;<d ' +
    '/><e></e ></v:a>\n<!-- end -->\n'
  const reading = readXml(xml)
  if (!reading.ok) throw new Error(reading.fault)
  const { name, attributes, text, children } = reading.root
  expect(name).toBe('v:a')
  expect(attributes.get('v:b')).toBe('"1&AB"')
  expect(attributes.get('c')).toBe('é 漢 😀')
  expect(text).toBe('x <&<')
  expect(children.map((child) => child.name)).toEqual(['d', 'e'])
})

test('long hostile text takes no longer than a short one of many times the number', () => {
  for (const piece of ['<', '<a ', '<a b="', '<!--', '<![CDATA[', '&', '<?', '</a', '<a b="c" '])
    for (const start of ['', '<a>']) {
      const startMs = performance.now()
      readXml(start + piece.repeat(200_000 / piece.length))
      expect(performance.now() - startMs, piece).toBeLessThan(1_000)
    }
  const startMs = performance.now()
  looksLikeVast('<!-- '.repeat(50_000))
  expect(performance.now() - startMs).toBeLessThan(1_000)
})

test('everything that is judged is found', () => {
  const reading = readVast(`<?xml version="1.0"?>
<VAST version="4.2" xmlns="http://www.iab.com/VAST"><Ad id="1"><InLine>
  <AdSystem>s</AdSystem><AdTitle>t</AdTitle><AdServingId>i</AdServingId>
  <Impression><![CDATA[https://b.example/i?a=1&b=2]]></Impression>
  <Creatives>
    <Creative><UniversalAdId idRegistry="unknown">u</UniversalAdId>
      <Linear skipoffset="00:00:05"><Duration>00:01:15.500</Duration>
        <TrackingEvents><Tracking event="start">https://b.example/s</Tracking></TrackingEvents>
        <VideoClicks><ClickThrough>https://b.example/c</ClickThrough>
          <ClickTracking>https://b.example/ct</ClickTracking></VideoClicks>
        <MediaFiles><MediaFile delivery="progressive" type="Video/MP4" width="640" height="360"
          bitrate="800" maxBitrate="900">https://m.example/v.mp4</MediaFile>
          <InteractiveCreativeFile apiFramework="SIMID">https://m.example/x</InteractiveCreativeFile>
        </MediaFiles></Linear></Creative>
    <Creative><UniversalAdId idRegistry="unknown">v</UniversalAdId><CompanionAds>
      <Companion width="300" height="250"><HTMLResource>x</HTMLResource>
        <CompanionClickThrough>https://b.example/cc</CompanionClickThrough></Companion>
    </CompanionAds></Creative>
  </Creatives></InLine></Ad></VAST>`)
  if (!reading.ok) throw new Error(reading.fault)
  expect(protocolOf(reading.vast)).toBe(13)
  expect(reading.vast.texts).not.toContain('http://www.iab.com/VAST')
  expect(reading.vast.ads).toEqual([
    {
      isWrapper: false,
      tagUrl: '',
      system: 's',
      title: 't',
      servingId: 'i',
      impressions: ['https://b.example/i?a=1&b=2'],
      creativeCount: 2,
      hasUniversalIds: true,
      nonLinearCount: 0,
      linears: [
        {
          durationS: 75.5,
          skipOffset: '00:00:05',
          frameworks: ['SIMID'],
          clickThrough: 'https://b.example/c',
          clickTrackers: ['https://b.example/ct'],
          trackers: [{ event: 'start', url: 'https://b.example/s' }],
          files: [
            {
              url: 'https://m.example/v.mp4',
              type: 'video/mp4',
              delivery: 'progressive',
              framework: '',
              width: 640,
              height: 360,
              bitrates: [800, 900],
            },
          ],
        },
      ],
      companions: [
        {
          width: 300,
          height: 250,
          types: [2],
          clickThrough: 'https://b.example/cc',
          clickTrackers: [],
          trackers: [],
        },
      ],
    },
  ])
})
