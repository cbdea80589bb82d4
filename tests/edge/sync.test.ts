// Goal: an exchange and we recognise the same browser where it agrees, and nothing of it is set, read or
// passed on where it doesn't; nobody is sent where the exchange's file doesn't say. Method: requests as
// browsers send them; tricks of open redirects, one by one.
import { expect, test } from 'vitest'
import { exchangeSchema } from '../../src/edge/exchange.js'
import { SyncHandler } from '../../src/edge/sync.js'
import { isUid } from '../../src/profiles/uid.js'
import { makeMetrics } from '../../src/run/metrics.js'
import { unitValue } from '../bidding/world.js'
import { getRequest } from './get-request.js'
import { CaughtReply, demoExchange } from './in-process.js'

const redirectHosts = ['sync.exchange.example', 'other.example:8443']
const syncUrl =
  'https://match.example/set?id={uid}&g={gdpr}&c={gdpr_consent}&p={us_privacy}&x={gpp}&s={gpp_sid}&u={partner_uid}'

function setUp(
  sync: object,
  maySync: (params: URLSearchParams, gpc: boolean) => boolean,
  cookieDomain = '',
) {
  const exchanges = [exchangeSchema.parse({ ...demoExchange, sync })]
  const metrics = makeMetrics({ currencies: unitValue }, exchanges)
  const handler = new SyncHandler({ exchanges, metrics, consent: { maySync }, cookieDomain })
  const [route] = handler.routes()
  return {
    counted: (result: keyof typeof metrics.slots.syncs) =>
      metrics.values[metrics.slots.syncs[result]]!,
    get(query: string, headers: Record<string, string> = {}, parameter = 'demo', isHead = false) {
      const reply = new CaughtReply()
      if (route?.method === 'GET')
        route.handle(getRequest(query, { headers, parameter, isHead }), reply)
      const header = (wanted: string): string =>
        reply.headers.find(([name]) => name === wanted)?.[1] ?? ''
      return {
        status: reply.status,
        type: header('Content-Type'),
        cookie: header('Set-Cookie'),
        location: header('Location'),
      }
    },
  }
}
const agreed = () => true
const refused = () => false
const uidOf = (cookie: string): string => /^grosz_uid=([\w-]{22});/.exec(cookie)?.[1] ?? ''

test('a browser that is new gets an id, and the exchange gets the same one', () => {
  const { get, counted } = setUp({ url: syncUrl }, agreed)
  const { status, cookie, location } = get('partner_uid=a%26b')
  expect(status).toBe(302)
  const uid = uidOf(cookie)
  expect(isUid(uid)).toBe(true)
  expect(cookie).toBe(`grosz_uid=${uid}; Max-Age=34128000; Path=/; Secure; HttpOnly; SameSite=None`)
  expect(location).toBe(`https://match.example/set?id=${uid}&g=&c=&p=&x=&s=&u=a%26b`)
  expect(counted('new')).toBe(1)
  expect(uidOf(get('').cookie)).not.toBe(uid)
})

test('where bidder and collector have hosts of their own, their domain shares the cookie', () => {
  const { cookie } = setUp({ url: syncUrl }, agreed, 'ads.example').get('')
  expect(cookie).toMatch(/; SameSite=None; Domain=ads\.example$/)
  expect(isUid(uidOf(cookie))).toBe(true)
})

test('one that has an id keeps it; junk in its place is replaced', () => {
  const { get, counted } = setUp({ url: syncUrl }, agreed)
  const uid = uidOf(get('').cookie)
  const again = get('', { cookie: `a=b; grosz_uid=${uid}; c=d` })
  expect(again.cookie).toBe('')
  expect(again.location).toContain(`id=${uid}&`)
  expect(counted('known')).toBe(1)
  for (const junk of ['', 'x', `${uid}x`, `${uid.slice(0, 21)}B`, '../../etc', `"${uid}"`, '%00']) {
    const fresh = get('', { cookie: `not_grosz_uid=${uid}; grosz_uid=${junk}` })
    expect(uidOf(fresh.cookie), junk).not.toBe('')
    expect(fresh.location, junk).toContain(`id=${uidOf(fresh.cookie)}&`)
  }
})

// Conformance checklist 107.
test('without consent no id is set, read or passed on; the way goes on', () => {
  const { get, counted } = setUp({ url: syncUrl, redirectHosts }, refused)
  const headers = { cookie: 'grosz_uid=AAAAAAAAAAAAAAAAAAAAAA' }
  const query = 'gdpr=1&gdpr_consent=CP%2Bx&us_privacy=1YYN&gpp=DB~C&gpp_sid=7,8&partner_uid=theirs'
  const { status, cookie, location } = get(query, headers)
  expect([status, cookie]).toEqual([302, ''])
  expect(location).toBe('https://match.example/set?id=&g=1&c=CP%2Bx&p=1YYN&x=DB~C&s=7%2C8&u=')
  const asked = get('redirect=https://sync.exchange.example/?u=$UID', headers)
  expect([asked.location, asked.cookie]).toEqual(['https://sync.exchange.example/?u=', ''])
  expect(counted('no_consent')).toBe(2)
})

test('what the browser itself says counts, and the decision sees the whole query', () => {
  const seen: [string | null, boolean][] = []
  const { get } = setUp({}, (params, gpc) => {
    seen.push([params.get('gdpr_consent'), gpc])
    return !gpc
  })
  expect(get('gdpr_consent=CPx').cookie).not.toBe('')
  expect(get('gdpr_consent=CPy', { 'sec-gpc': '1' }).cookie).toBe('')
  expect(seen).toEqual([
    ['CPx', false],
    ['CPy', true],
  ])
  expect(get('', { dnt: '1' }).cookie).toBe('')
  expect(get('coppa=1').cookie).toBe('')
})

test('without anywhere to go there is a pixel', () => {
  const { get } = setUp({}, agreed)
  const { status, type, cookie } = get('')
  expect([status, type]).toEqual([200, 'image/gif'])
  expect(uidOf(cookie)).not.toBe('')
})

test.each([
  ['https://sync.exchange.example/m?u={uid}', 'https://sync.exchange.example/m?u=UID'],
  ['https://sync.exchange.example/m?u=$UID&x=1#y', 'https://sync.exchange.example/m?u=UID&x=1#y'],
  ['HTTP://SYNC.Exchange.example:80', 'http://sync.exchange.example/'],
  ['https://other.example:8443/a/../b', 'https://other.example:8443/b'],
  ['https://sync.exchange.example/ż', 'https://sync.exchange.example/%C5%BC'],
])('a redirect to an agreed host, %s', (redirect, expected) => {
  const { get } = setUp({ url: syncUrl, redirectHosts }, agreed)
  const { location, cookie, status } = get(`redirect=${encodeURIComponent(redirect)}`)
  expect(status).toBe(302)
  expect(location).toBe(expected.replace('UID', uidOf(cookie)))
})

test.each([
  'https://evil.example/',
  '//sync.exchange.example/',
  '/local',
  'https:sync.exchange.example',
  'https:///sync.exchange.example',
  'https://sync.exchange.example.evil.example/',
  'https://evil.example/sync.exchange.example',
  'https://evil.example?sync.exchange.example',
  'https://evil.example#@sync.exchange.example/',
  'https://sync.exchange.example@evil.example/',
  'https://user@sync.exchange.example/',
  'https://user:word@sync.exchange.example/',
  'https://sync.exchange.example:444/',
  'https://other.example/',
  'https://sync.exchange.example\\@evil.example/',
  'https://evil.example\\.sync.exchange.example/',
  'https:\\\\sync.exchange.example/',
  'https://sync.exchange.example/\r\nSet-Cookie: a=b',
  'https://sync.exchange.example/\u0000',
  '\thttps://sync.exchange.example/',
  'https://sync.exchange.example /',
  'https://sync。exchange.example.evil.example/',
  'javascript:alert(1)//https://sync.exchange.example/',
  'data:text/html,https://sync.exchange.example/',
  'ftp://sync.exchange.example/',
  'https://{uid}.example/',
  'https://%73ync.evil.example/',
  `https://sync.exchange.example/${'a'.repeat(10_000)}`,
])('a redirect to anywhere else is refused: %j', (redirect) => {
  const { get, counted } = setUp({ url: syncUrl, redirectHosts }, agreed)
  const { status, location, cookie } = get(`redirect=${encodeURIComponent(redirect)}`)
  expect([status, location, cookie]).toEqual([400, '', ''])
  expect(counted('refused')).toBe(1)
})

test('values with line ends, quotes or braces stay values', () => {
  const { get } = setUp({ url: syncUrl }, agreed)
  const value = encodeURIComponent('{uid}\r\nX: y"<{gdpr}$&')
  const { location } = get(`us_privacy=${value}&gdpr=${'1'.repeat(3_000)}`)
  expect(location).toContain(`&g=&c=&p=${value}&`)
})

test('an exchange that is not there', () => {
  const { get } = setUp({}, agreed)
  for (const name of ['nobody', '__proto__', '']) {
    const { status, cookie } = get('', {}, name)
    expect([status, cookie]).toEqual([404, ''])
  }
})

test('a HEAD begins nothing', () => {
  const { get, counted } = setUp({ url: syncUrl }, agreed)
  const { status, cookie, location } = get('', {}, 'demo', true)
  expect([status, cookie]).toEqual([302, ''])
  expect(location).toContain('id=&')
  expect(counted('new')).toBe(0)
})
