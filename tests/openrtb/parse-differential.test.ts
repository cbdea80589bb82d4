// Goal: `parse` takes what JSON.parse takes, refuses what it refuses, and reads the same request out
// of it as the plain reader beside this file. Method: every request of the corpus, the JSON test
// suite alone and as a value under known and unknown names, and seeded mutations of real requests, by
// bytes and by values; LONG=1 makes a million of them.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { parse } from '../../src/openrtb/parse.js'
import { BidRequest } from '../../src/openrtb/request.js'
import { counted } from './counted.js'
import { collect, mutateBytes, mutateValues, odd, write } from './mutations.js'
import { referenceParse } from './reference-reader.js'

const corpus = new URL('../../../shared/corpus/', import.meta.url)
const seed = Number(process.env['SEED'] ?? 20_260_301)
const mutationCount = process.env['LONG'] === '1' ? 1_000_000 : 60_000

const ours = new BidRequest()
const theirs = new BidRequest()
let accepted = 0
let refused = 0

/** @returns '' or where the two differ. Both requests are used again and again, as in the bidder. */
function difference(body: Buffer): string {
  const fault = parse(body, ours)
  const expected = referenceParse(body, theirs)
  if ((fault === '') !== (expected === '')) return `${fault || 'taken'}, not ${expected || 'taken'}`
  if (fault !== '') {
    refused++
    return ''
  }
  accepted++
  const mine = counted(ours)
  const reference = counted(theirs)
  return mine === reference ? '' : `${mine}\nnot\n${reference}`
}

function check(body: Buffer, what: string): void {
  const found = difference(body)
  if (found !== '') expect.fail(`${what}: ${found}\n${body.toString('latin1').slice(0, 4_000)}`)
}

function linesOf(path: string): string[] {
  return readFileSync(new URL(path, corpus), 'utf8').split('\n').filter(Boolean)
}

const requests = readdirSync(new URL('dev/requests/', corpus)).flatMap((name) =>
  linesOf(`dev/requests/${name}`),
)

describe('as JSON.parse and the plain reader have it', () => {
  test('every request of the corpus', () => {
    const traffic = ['google-adx-2016', 'rtbkit-adx-2012'].flatMap((name) =>
      linesOf(`dev/real-traffic/${name}.derived-openrtb.ndjson`),
    )
    const pairs = linesOf('dev/protobuf-pairs/bidrequest.ndjson').map((line) =>
      JSON.stringify((JSON.parse(line) as { json: unknown }).json),
    )
    const invalid = linesOf('dev/malformed/openrtb/pbs-go-invalid-requests.ndjson').map((line) =>
      JSON.stringify((JSON.parse(line) as { request: unknown }).request),
    )
    const all = [...requests, ...traffic, ...pairs, ...invalid]
    expect(all.length).toBeGreaterThan(14_000)
    for (const line of all) {
      const body = Buffer.from(line)
      check(body, 'corpus')
      // Faults are named alike, too; where there are several, what is looked at first is named.
      expect(parse(body, ours)).toBe(referenceParse(body, theirs))
    }
    for (const line of linesOf('dev/requests/ssp-docs.examples.ndjson'))
      check(Buffer.from(JSON.stringify(JSON.parse(line), undefined, '\t\r\n ')), 'with white space')
  })

  test('the JSON test suite, alone and within a request', () => {
    const folder = new URL('malformed/json-test-suite/', corpus)
    for (const name of readdirSync(folder)) {
      const value = readFileSync(new URL(encodeURIComponent(name), folder))
      check(value, name)
      for (const path of paths) {
        const [before, after] = path.split('@')
        check(Buffer.concat([Buffer.from(before!), value, Buffer.from(after!)]), `${name} ${path}`)
      }
    }
  })

  test('every name of a full request once more, with every kind of value', () => {
    // The second stands behind or before the first, as its length has it.
    const objects: object[] = []
    collect(full, objects)
    for (const object of objects)
      for (const [name, own] of Object.entries(object))
        for (const value of [...odd, write(own, new Map())]) {
          const member = Array.isArray(object) ? value : `${JSON.stringify(name)}:${value}`
          check(Buffer.from(write(full, new Map([[object, [member]]]))), `${name} once more`)
        }
  })

  test(`${mutationCount} mutations, seed ${seed}`, { timeout: 3_600_000 }, () => {
    const random = new Random(seed)
    accepted = refused = 0
    for (let i = 0; i < mutationCount; i++) {
      const line = random.pick(requests)
      const body = random.below(2) === 0 ? mutateBytes(line, random) : mutateValues(line, random)
      check(body, `mutation ${i} of seed ${seed}`)
    }
    console.info(`seed ${seed}: ${accepted} taken by both, ${refused} refused by both`)
    expect(accepted).toBeGreaterThan(mutationCount / 5)
    expect(refused).toBeGreaterThan(mutationCount / 10)
  })
})

/** Requests with a hole for any JSON value. */
const paths = [
  '{"id":"r","imp":[{"id":"1","banner":{"w":300,"h":250}}],"whatever":@}',
  '{"id":@,"imp":[{"id":"1"}]}',
  '{"id":"r","imp":@}',
  '{"id":"r","imp":[{"id":"1","banner":@}]}',
  '{"id":"r","imp":[{"id":"1","bidfloor":@}]}',
  '{"id":"r","imp":[{"id":"1","secure":@}]}',
  '{"id":"r","imp":[{"id":"1","banner":{"w":1,"h":1,"api":@,"mimes":["image/gif"]}}]}',
  '{"id":"r","imp":[{"id":"1","video":{"mimes":@}}]}',
  '{"id":"r","imp":[{"id":"1","native":{"request":@}}]}',
  '{"id":"r","imp":[{"id":"1","ext":{"prebid":@}}]}',
  '{"id":"r","imp":[{"id":"1"}],"device":{"geo":@,"ua":"x"}}',
  '{"id":"r","imp":[{"id":"1"}],"device":{"ua":@}}',
  '{"id":"r","imp":[{"id":"1"}],"user":{"ext":@}}',
  '{"id":"r","imp":[{"id":"1"}],"user":{"consent":@}}',
  '{"id":"r","imp":[{"id":"1"}],"user":{"eids":@}}',
  '{"id":"r","imp":[{"id":"1"}],"bcat":@,"regs":{"gpp_sid":@}}'.replace('@', '["IAB1"]'),
  '{"id":"r","imp":[{"id":"1"}],"source":{"schain":@}}',
]

const chain = (asi: string): object => ({ complete: 1, nodes: [{ asi, sid: 7 }] })
/** Each member that is read, at least once. */
const full = {
  id: 'r',
  imp: [
    {
      id: '1',
      banner: {
        w: 300,
        h: 250,
        format: [{ w: 728, h: 90, wmin: 1, wratio: 1, hratio: 1 }],
        pos: 1,
        btype: [1],
        battr: [2, 3],
        api: [5],
        mimes: ['image/gif'],
      },
      video: {
        mimes: ['video/mp4'],
        w: 640,
        h: 480,
        minduration: 5,
        maxduration: 30,
        protocols: [2, 3],
        protocol: 6,
        startdelay: -1,
        linearity: 1,
        skip: 1,
        skipmin: 6,
        skipafter: 5,
        plcmt: 1,
        placement: 3,
        minbitrate: 300,
        maxbitrate: 1500,
        delivery: [2],
        battr: [13],
        api: [7],
        pos: 7,
        companionad: [{ w: 300, h: 250, format: [{ w: 728, h: 90 }] }],
        companiontype: [1, 2],
        rqddurs: [15, 30],
        sequence: 1,
        maxseq: 3,
        podid: 'p',
        poddur: 90,
        poddedupe: [1],
        mincpmpersec: 0.25,
        durfloors: [{ mindur: 1, maxdur: 15, bidfloor: 2.5 }],
        ext: { rewarded: 1 },
      },
      audio: { mimes: ['audio/mpeg'], minduration: 5, feed: 1 },
      native: {
        ver: '1.1',
        api: [3],
        battr: [1],
        request: {
          native: {
            ver: '1.2',
            context: 3,
            plcmttype: 1,
            privacy: 1,
            eventtrackers: [
              { event: 1, methods: [1, 2] },
              { event: 2, methods: [1] },
            ],
            assets: [
              { id: 1, required: 1, title: { len: 25 } },
              { id: 2, img: { type: 3, w: 1, h: 2, wmin: 3, hmin: 4, mimes: ['image/png'] } },
              { id: 3, data: { type: 2, len: 90 } },
              { id: 4, video: { mimes: ['video/mp4'] } },
            ],
          },
        },
        request_native: { assets: [{ id: 9, data: { type: 1 } }] },
      },
      bidfloor: 0.75,
      bidfloorcur: 'pln',
      secure: 1,
      instl: 1,
      rwdd: 0,
      exp: 60,
      pmp: {
        private_auction: 1,
        deals: [
          {
            id: 'd',
            bidfloor: 1.25,
            bidfloorcur: 'eur',
            at: 3,
            wseat: ['s'],
            wadomain: ['WWW.a.example'],
            guar: 1,
            mincpmpersec: 1,
            durfloors: [{ mindur: 1, maxdur: 15, bidfloor: 2.5 }],
          },
        ],
      },
      ext: {
        billing_id: [5],
        rewarded: 0,
        is_rewarded_inventory: 0,
        prebid: { is_rewarded_inventory: 1 },
      },
    },
  ],
  at: 1,
  tmax: 120.5,
  test: 1,
  cur: ['usd'],
  bcat: ['IAB7'],
  acat: ['IAB8'],
  cattax: 2,
  badv: ['Www.x.example'],
  bapp: ['com.x'],
  wseat: ['a'],
  bseat: ['b'],
  wlang: ['en-GB'],
  wlangb: ['pl'],
  site: {
    id: 's',
    domain: 'WWW.news.example',
    page: 'https://news.example/a',
    cat: ['IAB1'],
    sectioncat: ['IAB2'],
    pagecat: ['IAB3'],
    publisher: { id: 'p' },
  },
  app: { id: 'a', bundle: 'com.a', cat: ['IAB9'], publisher: { id: 'q' } },
  dooh: { id: 'o', domain: 'screens.example', publisher: { id: 'z' } },
  device: {
    ua: 'Mozilla/5.0 (Windows NT 10.0)',
    ip: '10.0.0.1',
    ipv6: '::1',
    os: 'iPadOS',
    devicetype: 5,
    ifa: 'ABC-1',
    dnt: 0,
    lmt: 1,
    w: 1,
    h: 2,
    ppi: 3,
    geo: { country: 'pl', region: 'mz', accuracy: 5 },
    sua: { platform: { brand: 'Android' } },
    ext: { sua: { platform: { brand: 'Linux' } } },
  },
  user: {
    id: 'u',
    buyeruid: 'b',
    consent: 'C1',
    eids: [{ source: 'S.example', uids: [{ id: 'x' }] }],
    ext: { consent: 'C2', eids: [{ source: 't.example', uids: [{ id: 'y' }] }] },
  },
  regs: {
    coppa: 0,
    gdpr: 1,
    us_privacy: '1YNN',
    gpp: 'DB',
    gpp_sid: [7],
    ext: {
      gdpr: 0,
      us_privacy: '1---',
      gpp: 'DC',
      gpp_sid: [8],
      gpc: '1',
      dsa: { dsarequired: 2, pubrender: 1 },
    },
  },
  source: { schain: chain('a.example'), ext: { schain: chain('b.example') } },
  ext: { schain: chain('c.example') },
}
