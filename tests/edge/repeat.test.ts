// Goal: the same request twice is the same decision with another bid (checklist 30); what may not be
// known of a person leaves no trace in the answer or the numbers (checklist 53, 120). Method: a bidder
// without its listener, its answers and its metrics as text.
import { expect, test } from 'vitest'
import { renderMetrics } from '../../src/base/metrics-text.js'
import { Profile } from '../../src/profiles/profile.js'
import { ProfileStats } from '../../src/profiles/stats.js'
import { catalogueOf, shopFile } from '../bidding/world.js'
import { bidderInProcess } from './in-process.js'

const campaign = { id: 'c', goal: 'cpm', bid: 10, maxCpm: 40, budget: {} }
const catalogue = catalogueOf([shopFile('shop0', [campaign])])
const request = {
  id: 'r',
  imp: [{ id: '1', banner: { w: 300, h: 250 } }],
  cur: ['PLN'],
}

test('twice the same: another bid id and token, the same creative, price and campaign', () => {
  const bidder = bidderInProcess(catalogue)
  const [one, other] = [1, 2].map(() => {
    const { body } = bidder.post(JSON.stringify(request))
    const { seatbid } = JSON.parse(body) as { seatbid: [{ bid: [Record<string, unknown>] }] }
    return seatbid[0].bid[0]
  })
  for (const field of ['id', 'nurl', 'burl', 'lurl', 'adm'])
    expect(one![field]).not.toBe(other![field])
  for (const field of ['price', 'cid', 'crid', 'w', 'h', 'adomain'])
    expect(one![field]).toEqual(other![field])
})

const secrets = {
  buyeruid: 'buyer-7d1f',
  id: 'exchange-9c2e',
  ip: '203.0.113.77',
  ifa: '9c1ce5bd-3013-5c90-2598-cd744e1c96d6',
  consent: 'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA',
  email: 'hash-of-an-address-51ab',
}

test.each([
  ['a child', { coppa: 1 }],
  ['gdpr without consent for us', { gdpr: 1 }],
  ['an opt-out', { us_privacy: '1YYN' }],
])('%s: no id is looked up, and none is in the answer or the metrics', (_, regs) => {
  const asked: string[] = []
  const profiles = {
    stats: new ProfileStats(),
    read(uid: string): Profile {
      asked.push(uid)
      return new Profile([], 1)
    },
  }
  const bidder = bidderInProcess(catalogue, {
    profiles,
    exchange: { identity: { userIdIsOurs: true, eidSources: ['mail.example'] } },
  })
  const { buyeruid, id, ip, ifa, consent, email } = secrets
  const reply = bidder.post(
    JSON.stringify({
      ...request,
      app: { bundle: 'com.news' },
      device: { ip, ifa },
      user: { buyeruid, id, consent, eids: [{ source: 'mail.example', uids: [{ id: email }] }] },
      regs,
    }),
  )
  expect(reply.status).toBe(200)
  expect(asked).toEqual([])
  const text = reply.body + renderMetrics(bidder.metrics, bidder.metrics.values)
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret)
})
