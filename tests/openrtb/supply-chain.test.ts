// Goal: nothing is bought through whom the operator or the site's owner doesn't want, and a request is not
// lost for want of something that nobody asked for.
// Method: chains as exchanges send them (corpus) under each policy, then the policies by hand; publishers'
// real ads.txt files, whose lines must all be found again, and the ways in which such files go wrong.
// Conformance checklist 112, 113.
import { strict as check } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'vitest'
import { AdsTxtIndex, Listing, parseAdsTxt } from '../../src/openrtb/ads-txt.js'
import { BidRequest } from '../../src/openrtb/request.js'
import { adsTxtVerdict, supplyChainVerdict } from '../../src/openrtb/supply-chain.js'

const corpus = new URL('../../../shared/corpus/', import.meta.url)
const text = (path: string): string => readFileSync(new URL(path, corpus), 'utf8')

type Node = { asi?: string; sid?: string; hp?: number }
function requestWith(complete: number, nodes: readonly Node[]): BidRequest {
  const request = new BidRequest()
  request.schainComplete = complete === 1 ? 1 : 0
  for (const { asi, sid } of nodes) {
    request.schainSystems.push(asi ?? '')
    request.schainSellers.push(sid ?? '')
  }
  return request
}
const anything = { required: false, complete: false, blockedSystems: [] }
const whole = { required: true, complete: true, blockedSystems: [] }

test('chains that exchanges send are taken, or refused where they say so themselves', () => {
  const lines = text('dev/schain/objects.ndjson').trim().split('\n')
  let taken = 0
  for (const line of lines) {
    const { schain } = JSON.parse(line) as { schain: { complete?: number; nodes?: Node[] } }
    const nodes = Array.isArray(schain.nodes) ? schain.nodes : []
    const request = requestWith(schain.complete ?? 0, nodes)
    check.equal(supplyChainVerdict(request, anything), 0, line)
    const isWhole = nodes.length > 0 && nodes.every(({ asi, sid }) => asi && sid)
    const expected = schain.complete === 1 && isWhole ? 0 : 16
    check.equal(supplyChainVerdict(request, whole), expected, line)
    if (expected === 0) taken++
    const last = nodes.at(-1)?.asi
    if (last === undefined) continue
    const blocking = { ...anything, blockedSystems: ['other.example', last.toUpperCase()] }
    check.equal(supplyChainVerdict(request, blocking), 17, line)
  }
  check.ok(lines.length > 10 && taken > 10 && taken < lines.length)
})

test('what is missing is missed only where it is required', () => {
  const without = new BidRequest()
  check.equal(supplyChainVerdict(without, anything), 0)
  check.equal(supplyChainVerdict(without, { ...whole, required: false }), 0)
  check.equal(supplyChainVerdict(without, whole), 16)
  const empty = requestWith(1, [])
  check.equal(supplyChainVerdict(empty, anything), 0)
  check.equal(supplyChainVerdict(empty, { ...anything, required: true }), 16)
  const incomplete = requestWith(0, [{ asi: 'a.example', sid: '1', hp: 0 }])
  check.equal(supplyChainVerdict(incomplete, { ...anything, required: true }), 0)
  check.equal(supplyChainVerdict(incomplete, { ...anything, complete: true }), 16)
  const unnamed = requestWith(1, [{ asi: 'a.example', sid: '1' }, { sid: '2' }])
  check.equal(supplyChainVerdict(unnamed, whole), 16)
  const both = { ...whole, blockedSystems: ['A.example'] }
  check.equal(supplyChainVerdict(incomplete, both), 17, 'blocked whether complete or not')
})

test('every seller in publishers’ ads.txt files is found, and none that isn’t', () => {
  const names = readdirSync(new URL('adstxt/', corpus)).filter((name) => /^(app-)?ads\./.test(name))
  const index = new AdsTxtIndex(1_000_000)
  let entryCount = 0
  for (const name of names) {
    const file = text(`adstxt/${name}`)
    const site = `${name.replace(/\.txt$/, '')}.example`
    const entries = parseAdsTxt(file)!
    // Lines that look like a seller's to a plain pattern.
    const pattern =
      /^\uFEFF?\s*[\w.-]+\.\w+\s*,\s*[^,#;\s][^,#;]*,\s*(direct|reseller)\s*(,|#|;|$)/i
    const lines = file.split(/[\r\n]+/).filter((line) => pattern.test(line))
    check.equal(entries.length, lines.length, name)
    entryCount += entries.length
    check.equal(index.set(site, file), '')
    for (const { system, account, isDirect } of entries) {
      const listing = index.listing(site, system, account)
      if (isDirect) check.equal(listing, Listing.direct)
      else check.ok(listing === Listing.reseller || listing === Listing.direct)
      check.equal(index.listing(site, system, `${account}x`), Listing.absent)
    }
  }
  check.ok(names.length > 40 && entryCount > 5_000)
  check.equal(index.siteCount, names.length)
  check.ok(index.entryCount < entryCount, 'files of one publisher that are alike are kept once')
  for (const name of names) index.remove(`${name.replace(/\.txt$/, '')}.example`)
  check.equal(index.entryCount, 0)
})

test('a file is read however it is written', () => {
  const file = [
    '\uFEFF# ours',
    'CONTACT=ads@publisher.example',
    'exchange.example, seller-abc, DIRECT, f08c47fec0942fa0 # own',
    'OTHER.example,42,reseller',
    '\tthird.example ,\u00a07 , Reseller;ext=1',
    'exchange.example, no-relation',
    'exchange.example, , DIRECT',
    'not a domain, 1, DIRECT',
    'placeholder',
    '# commented.example, 1, DIRECT',
  ]
  for (const end of ['\n', '\r\n', '\r', '\n\n'])
    check.deepEqual(parseAdsTxt(file.join(end)), [
      ...[
        {
          system: 'exchange.example',
          account: 'seller-abc',
          isDirect: true,
          certificationId: 'f08c47fec0942fa0',
        },
      ],
      ...[{ system: 'other.example', account: '42', isDirect: false, certificationId: '' }],
      ...[{ system: 'third.example', account: '7', isDirect: false, certificationId: '' }],
    ])
  check.equal(parseAdsTxt('\uFEFF\n <!DOCTYPE html><p>404, not, DIRECT'), null)
  check.equal(parseAdsTxt('a'.repeat(5_000_000)), null)
  check.deepEqual(parseAdsTxt(''), [])
})

test('a site that lists others doesn’t sell through this one; one whose file is unknown may', () => {
  const index = new AdsTxtIndex(10)
  check.equal(
    index.set('publisher.example', text('adstxt/fixture.ads.publisher.example.ads.txt')),
    '',
  )
  const request = requestWith(1, [{ asi: 'Exchange1.example', sid: 'seller-abc' }])
  request.domain = 'publisher.example'
  check.equal(adsTxtVerdict(request, index, true), 0)
  request.domain = 'news.publisher.example'
  check.equal(adsTxtVerdict(request, index, true), 0)
  const other = requestWith(1, [{ asi: 'exchange1.example', sid: 'not-a-seller' }])
  other.domain = 'publisher.example'
  check.equal(adsTxtVerdict(other, index, false), 12)
  other.domain = 'elsewhere.example'
  check.equal(adsTxtVerdict(other, index, false), 0)
  check.equal(adsTxtVerdict(other, index, true), 11)
  check.equal(adsTxtVerdict(new BidRequest(), index, true), 0)
})

test('the index stays within its bounds', () => {
  const index = new AdsTxtIndex(3)
  const lines = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `a.example, ${from + i}, DIRECT`).join('\n')
  check.equal(index.set('one.example', lines(0, 2)), '')
  check.match(index.set('two.example', lines(5, 2)), /more than 3 would be kept/)
  check.equal(index.listing('two.example', 'a.example', '5'), Listing.unknown)
  check.equal(index.set('two.example', lines(0, 2)), '', 'alike: costs nothing')
  check.equal(index.entryCount, 2)
  check.equal(index.set('one.example', lines(7, 1)), '')
  check.equal(index.entryCount, 3)
  check.equal(index.listing('one.example', 'a.example', '0'), Listing.absent)
  check.match(index.set('one.example', '<html>'), /is no ads\.txt/)
  check.equal(index.listing('one.example', 'a.example', '7'), Listing.direct)
  index.remove('one.example')
  index.remove('one.example')
  check.equal(index.entryCount, 2)
})
