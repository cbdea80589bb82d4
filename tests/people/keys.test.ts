// Goal: an address and its hash lead to one person at one shop and to nobody at another; tokens say who somebody is to
// the shop that they were made for, to nobody else, and not for ever. Method: each changed in each way that a sender
// or a thief could.
import { strict as check } from 'node:assert'
import { createHash } from 'node:crypto'
import { test } from 'vitest'
import {
  emailHashOfKey,
  emailKey,
  makePersonToken,
  readPersonToken,
  shopSecretOf,
  tokenValueBytesMax,
} from '../../src/people/keys.js'

const installation = Buffer.alloc(32, 3)
const shoes = shopSecretOf(installation, 'shoes')
const books = shopSecretOf(installation, 'books')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const uid = 'AbCdEfGhIjKlMnOpQrStuA'
const nowMs = 1_746_093_605_000

test('keys: an address, however it is written, and its hash in either case come to one key', () => {
  const key = emailKey(shoes, 'jan@example.com')
  check.match(key, /^[\w-]{43}$/)
  const hash = sha256('jan@example.com')
  for (const same of [' Jan@Example.COM\n', hash, hash.toUpperCase(), ` ${hash} `])
    check.equal(emailKey(shoes, same), key, same)
  check.equal(emailKey(shoes, 'jose\u0301@example.com'), emailKey(shoes, 'jos\u00e9@example.com'))
  check.notEqual(emailKey(shoes, 'j.an@gmail.com'), emailKey(shoes, 'jan@gmail.com'))
})

test('keys: an address has another key at another shop and at another installation', () => {
  const keys = [shoes, books, shopSecretOf(Buffer.alloc(32, 4), 'shoes')].map((secret) =>
    emailKey(secret, 'jan@example.com'),
  )
  check.equal(new Set(keys).size, 3)
})

test('keys: what is no address has no key, nor what stands for none', () => {
  for (const text of [
    ...[
      '',
      ' ',
      'jan',
      'jan@',
      '@example.com',
      'a b@example.com',
      'a@b@c',
      'null',
      'null@null.com',
    ],
    ...[sha256(''), sha256('null').toUpperCase(), sha256('undefined'), 'a'.repeat(63)],
    ...[`${'a'.repeat(65)}@example.com`, `a@${'b'.repeat(256)}`, 'a'.repeat(1_000_000)],
  ])
    check.equal(emailKey(shoes, text), '', text.slice(0, 100))
})

test('tokens: what was put in comes out, for the shop, until it expires', () => {
  for (const [kind, value] of [
    ['click', uid],
    ['mail', 'cust:zażółć 42'],
    ['mail', `mail:${emailKey(shoes, 'jan@example.com')}`],
    ['click', 'x'.repeat(tokenValueBytesMax)],
  ] as const) {
    const token = makePersonToken(shoes, kind, value, nowMs + 5_000)
    check.match(token, /^[\w-]{1,1024}$/)
    check.deepEqual(readPersonToken(shoes, token, nowMs), { kind, value })
    check.equal(readPersonToken(books, token, nowMs), null, 'read by another shop')
    check.equal(readPersonToken(shoes, token, nowMs + 5_000), null, 'read after its time')
  }
  check.equal(makePersonToken(shoes, 'click', uid, nowMs).length, 58)
  check.throws(() => makePersonToken(shoes, 'click', 'x'.repeat(tokenValueBytesMax + 1), nowMs))
})

test('tokens: a link shows nothing of what its token stands for, and no two shops have the same', () => {
  const token = makePersonToken(shoes, 'click', uid, nowMs + 1_000)
  check.ok(!Buffer.from(token, 'base64url').includes(uid))
  check.notEqual(token, makePersonToken(books, 'click', uid, nowMs + 1_000))
})

test('tokens: one that differs in any character is none', () => {
  const token = makePersonToken(shoes, 'click', uid, nowMs + 1_000)
  for (let i = 0; i < token.length; i++)
    for (const other of ['A', 'z', '_', '=', '', 'ż']) {
      const forged = token.slice(0, i) + other + token.slice(i + 1)
      if (forged !== token) check.equal(readPersonToken(shoes, forged, nowMs), null, `at ${i}`)
    }
  for (const text of ['', 'A', token + token, `${token}A`, 'A'.repeat(2_000_000)])
    check.equal(readPersonToken(shoes, text, nowMs), null)
})

test('keys: one of an address is made its hash again by who has the shop’s secret, and nobody else', () => {
  const key = emailKey(shoes, 'Jan@example.com ')
  check.equal(emailHashOfKey(shoes, key), sha256('jan@example.com'))
  check.notEqual(emailHashOfKey(books, key), sha256('jan@example.com'))
  check.equal(emailHashOfKey(shoes, 'short'), '')
})
