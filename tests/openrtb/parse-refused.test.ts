// Goal: of the requests that another server calls invalid, those that OpenRTB itself is against are
// refused with the field's name; the others are taken, as the same is in live traffic or is no matter
// of ours. Method: each request of that server's own list, by name; and the share of real requests that
// the rules refuse.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from '../../src/openrtb/parse.js'
import { BidRequest } from '../../src/openrtb/request.js'

const corpus = new URL('../../../shared/corpus/dev/', import.meta.url)
const request = new BidRequest()
const faultOf = (line: string): string => parse(Buffer.from(line), request)

function linesOf(path: string): string[] {
  return readFileSync(new URL(path, corpus), 'utf8').split('\n').filter(Boolean)
}

const refused: Readonly<Record<string, string>> = {
  'audio-sequence-negative': 'imp[0].audio.sequence: must not be negative',
  'banner-h-negative': 'imp[0].banner.h: must not be negative',
  'banner-w-negative': 'imp[0].banner.w: must not be negative',
  'device-geo-accuracy-negative': 'device.geo.accuracy: must not be negative',
  'device-ppi-negative': 'device.ppi: must not be negative',
  'device-w-negative': 'device.w: must not be negative',
  'empty-object': 'id: must be a string',
  'format-hratio-negative': 'imp[0].banner.format: wmin, wratio and hratio must not be negative',
  'format-wmin-negative': 'imp[0].banner.format: wmin, wratio and hratio must not be negative',
  'imp-empty-array': 'imp: must not be empty',
  'only-request-id': 'imp: must be an array',
  'regs-ext-malformed': 'regs.ext: must be an object',
  'tmax-negative': 'imp: must be an array',
  'user-gdpr-consent-invalid': 'user.ext.consent: must be a string',
  'video-h-negative': 'imp[0].video.h: must not be negative',
}

/** Why others are taken. */
const taken: Readonly<Record<string, readonly string[]>> = {
  'about that server and its ext': [
    'alias-bidder-self',
    'bid-adjustment-invalid-bidder',
    'cache-nothing',
    'imp-ext-prebid-bidder-empty',
    'imp-ext-unknown-bidder',
    'invalid-bidder-params',
    'preferred-media-type-not-defined',
    'storedrequest-id-int',
    'user-ext-prebid-buyeruids-unknown',
    'bad_stored_imp',
    'blocked-app',
  ],
  'OpenRTB 2.5 has it, or says nothing against it': [
    'banner-hmax',
    'banner-hmin',
    'banner-wmax',
    'metric-empty-object',
  ],
  'one impression that offers nothing, beside which others may': [
    'format-empty-array',
    'format-no-height',
    'interstitial-empty',
    'video-mimes-empty',
  ],
  'more than one of a hundred real requests is so': ['no-site-or-app-or-dooh'],
  'native within an impression, which is then judged by its assets': [
    'asset-data-invalid-type',
    'asset-data-no-type',
    'asset-img-hmin-negative',
    'asset-img-w-negative',
    'asset-mixed-type',
    'asset-title-empty',
    'asset-video-no-mimes',
    'asset-video-protocols-empty',
    'context-type-social-incompatible-subtype',
    'eventtracker-empty',
    'eventtracker-event-large',
    'eventtracker-methods-empty',
    'eventtracker-methods-large',
  ],
}

const list = linesOf('malformed/openrtb/pbs-go-invalid-requests.ndjson').map((line) => {
  const { file, request } = JSON.parse(line) as { file: string; request: unknown }
  return { name: /([\w-]+)\.json$/.exec(file)![1]!, body: JSON.stringify(request) }
})

test.each(list)('$name', ({ name, body }) => {
  const fault = refused[name]
  if (fault === undefined) expect(Object.values(taken).flat()).toContain(name)
  expect(faultOf(body)).toBe(fault ?? '')
})

test('no rule refuses more than 2 in 1,000 real requests, and all of them 4', () => {
  const lines = [
    ...readdirSync(new URL('requests/', corpus)).flatMap((name) => linesOf(`requests/${name}`)),
    ...linesOf('real-traffic/google-adx-2016.derived-openrtb.ndjson'),
    ...linesOf('real-traffic/rtbkit-adx-2012.derived-openrtb.ndjson'),
  ]
  const faults = new Map<string, number>()
  for (const line of lines) {
    const fault = faultOf(line).replaceAll(/\[\d+\]/g, '[n]')
    if (fault !== '') faults.set(fault, (faults.get(fault) ?? 0) + 1)
  }
  console.info(`of ${lines.length}:`, Object.fromEntries(faults))
  for (const [fault, count] of faults) expect(count / lines.length, fault).toBeLessThan(0.002)
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0)
  expect(all / lines.length).toBeLessThan(0.004)
})
