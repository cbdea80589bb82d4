// Goal: text comes out readable whatever its writer said of its encoding. Method: each way of saying
// it, saying it wrongly and not saying it, in whole and byte by byte.
import { expect, test } from 'vitest'
import { decodeText } from '../../src/base/text-encoding.js'

async function* byteByByte(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1)
}
async function decoded(
  bytes: Uint8Array,
  contentType = '',
): Promise<{ encoding: string; text: string }> {
  const { encoding, text } = await decodeText(byteByByte(bytes), contentType)
  let whole = ''
  for await (const piece of text) whole += piece
  return { encoding, text: whole }
}
const utf8 = (text: string): Buffer => Buffer.from(text)
const windows1250 = Buffer.from('7a61bff3b3e6206765b96cb9206a619ff1', 'hex')
const windows1251 = Buffer.from('d2eee2e0f020e4ebff20e4eeece0', 'hex')
const latin2Xml = Buffer.concat([
  Buffer.from('<?xml version="1.0" encoding="ISO-8859-2"?>'),
  Buffer.from('b1b6bc', 'hex'),
])

test.each([
  ['UTF-8', utf8('zażółć 漢 😀'), '', 'utf-8', 'zażółć 漢 😀'],
  ['ASCII', utf8('plain'), '', 'utf-8', 'plain'],
  ['nothing', utf8(''), '', 'utf-8', ''],
  ['a mark', utf8('\ufeffid'), '', 'utf-8', 'id'],
  ['UTF-16 with a mark', Buffer.from('\ufeffzażółć', 'utf16le'), '', 'utf-16le', 'zażółć'],
  ['UTF-16 without', Buffer.from('id;ż', 'utf16le'), '', 'utf-16le', 'id;ż'],
  ['big-endian', Buffer.from('\ufeffid;ż', 'utf16le').swap16(), '', 'utf-16be', 'id;ż'],
  [
    'XML that says so',
    latin2Xml,
    '',
    'iso-8859-2',
    '<?xml version="1.0" encoding="ISO-8859-2"?>ąśź',
  ],
  [
    'a content type that says so',
    Buffer.from('e9e8', 'hex'),
    'text/csv; charset="windows-1252"',
    'windows-1252',
    'éè',
  ],
  ['Polish that says nothing', windows1250, '', 'windows-1250', 'zażółć geąlą jaźń'],
  [
    'Polish that says UTF-8',
    windows1250,
    'text/csv; charset=utf-8',
    'windows-1250',
    'zażółć geąlą jaźń',
  ],
  ['Cyrillic that says nothing', windows1251, '', 'windows-1251', 'Товар для дома'],
  ['UTF-8 that says otherwise', utf8('żółw'), 'text/csv; charset=iso-8859-2', 'utf-8', 'żółw'],
  ['a label nobody knows', utf8('a'), 'text/csv; charset=klingon', 'utf-8', 'a'],
  [
    'UTF-8 with one broken letter',
    Buffer.concat([utf8('żółw i jeż'), Buffer.from([0xc5]), utf8(' ważą')]),
    '',
    'utf-8',
    'żółw i jeż\ufffd ważą',
  ],
])('%s', async (_, bytes, contentType, encoding, text) => {
  expect(await decoded(bytes, contentType)).toEqual({ encoding, text })
})

test('a sample that ends inside of a letter is still UTF-8', async () => {
  const text = `${'a'.repeat(65_534)}漢 ż`
  expect(await decoded(utf8(text))).toEqual({ encoding: 'utf-8', text })
})
