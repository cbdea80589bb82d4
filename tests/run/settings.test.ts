// Goal: settings that can't work together are refused at the start, by name. Method: read from the environment.
import { expect, test } from 'vitest'
import { readSettings } from '../../src/run/settings.js'

function faultsOf(env: Record<string, string>): readonly string[] {
  const read = readSettings(env)
  return read.ok ? [] : read.faults
}

test.each([
  ['', 'https://bid.ads.example'],
  ['ads.example', ''],
  ['ads.example', 'https://bid.ads.example:8443/'],
  ['ads.example', 'https://ads.example'],
])('cookies of %j fit a bidder at %j', (domain, url) => {
  expect(faultsOf({ GROSZ_COOKIE_DOMAIN: domain, GROSZ_PUBLIC_URL: url })).toEqual([])
})

test.each([
  ['ads.example', 'https://bid.other.example', 'or one above it, of publicUrl'],
  ['ads.example', 'https://badads.example', 'or one above it, of publicUrl'],
  ['.ads.example', '', 'like ads.example'],
  ['Ads.Example', '', 'like ads.example'],
  ['localhost', '', 'like ads.example'],
  ['192.0.2.1', '', 'like ads.example'],
  ['ads.example; Secure', '', 'like ads.example'],
])('cookies of %j for a bidder at %j are refused', (domain, url, reason) => {
  const [fault, ...others] = faultsOf({ GROSZ_COOKIE_DOMAIN: domain, GROSZ_PUBLIC_URL: url })
  expect(fault).toMatch(/^cookieDomain: /)
  expect(fault).toContain(reason)
  expect(others).toEqual([])
})
