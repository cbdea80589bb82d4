// Goal: what is typed is what is done, and a mistake is named in one line. Method: command lines.
import { expect, test } from 'vitest'
import { parseCommandLine } from '../../src/simulation/options.js'

test('without options: the demo exchange of a bidder on this machine', () => {
  expect(parseCommandLine([])).toMatchObject({
    kind: 'run',
    options: {
      url: new URL('http://127.0.0.1:8080/openrtb2/demo'),
      adminUrl: 'http://127.0.0.1:8090',
      requestFile: null,
      ratePerSecond: 100,
      seconds: 10,
      uids: ['demo-cart', 'demo-intent', 'demo-viewer'],
      knownShare: 0.5,
      currency: 'PLN',
      formats: ['banner', 'video', 'audio', 'native'],
      wire: 'json',
      timeoutMs: 100,
      isJson: false,
    },
  })
})

test('all options', () => {
  const line =
    '--requests a.ndjson --qps 2500.5 --seconds 3 --competitors 0 --json --url https://b.example/x ' +
    '--known-share 1 --uids u1,u2 --seed 7 --connections 8 --currency EUR --timeout-ms 80 ' +
    '--click-share 0 --admin http://b.example:1/ --market-scale 2 --rates EUR=1,PLN=0.23 ' +
    '--formats native,audio --deals d1,d2 --wire protobuf --secret s3cret'
  expect(parseCommandLine(line.split(' '))).toEqual({
    kind: 'run',
    options: {
      url: new URL('https://b.example/x'),
      adminUrl: 'http://b.example:1',
      requestFile: 'a.ndjson',
      ratePerSecond: 2500.5,
      seconds: 3,
      connectionCount: 8,
      competitorCount: 0,
      marketScale: 2,
      uids: ['u1', 'u2'],
      knownShare: 1,
      clickShare: 0,
      currency: 'EUR',
      formats: ['native', 'audio'],
      dealIds: ['d1', 'd2'],
      wire: 'protobuf',
      secret: 's3cret',
      rates: { EUR: 1, PLN: 0.23 },
      timeoutMs: 80,
      seed: 7,
      isJson: true,
    },
  })
})

test('help', () => {
  expect(parseCommandLine(['--qps', 'x', '--help'])).toEqual({ kind: 'help' })
})

test.each([
  ['--qps fast', /--qps: must be a number/],
  ['--formats banner,tv', /--formats: must be of banner/],
  ['--wire xml', /--wire: must be one of json protobuf/],
  ['--secret ä', /--secret/],
  ['--qps 0', /--qps/],
  ['--qps', /--qps/],
  ['--seconds -1', /--seconds/],
  ['--connections 1.5', /--connections: must be a whole number/],
  ['--known-share 2', /--known-share: must be a number from 0 to 1/],
  ['--url localhost:8080', /--url: must be an http or https URL/],
  ['--url ftp://a.example', /--url/],
  ['--uids a"b', /--uids/],
  ['--currency XYZ', /--currency: must be one of PLN/],
  ['--rates EUR=0', /--rates/],
  ['--rates EUR', /--rates/],
  ['--colour red', /--colour/],
  ['positional', /positional/],
])('%s is a mistake, told in one line', (line, message) => {
  const parsed = parseCommandLine(line.split(' '))
  expect(parsed).toMatchObject({
    kind: 'mistake',
    message: expect.stringMatching(message),
  })
  expect(parsed.kind === 'mistake' && parsed.message.includes('\n')).toBe(false)
})
