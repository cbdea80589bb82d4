// Goal: an exchange's blind text replacement, as OpenRTB 2.6 section 4.4 describes it. Method: every
// macro by its name, and the forms that must be left alone.
import { expect, test } from 'vitest'
import { findStrayMacros, macroNames, substituteMacros } from '../../src/openrtb/macros.js'

test('every macro of the specification is replaced by its value, each time that it occurs', () => {
  expect(macroNames).toHaveLength(14)
  for (const name of macroNames) {
    const text = `https://a.example/?x=\${${name}}&y=\${${name}}`
    expect(substituteMacros(text, { [name]: '4.2' })).toBe('https://a.example/?x=4.2&y=4.2')
  }
})

test('a value that was not supplied becomes the empty string', () => {
  for (const name of macroNames) expect(substituteMacros(`[\${${name}}]`, {})).toBe('[]')
})

test('values are put in as they are and not looked at again', () => {
  const values = { AUCTION_ID: '${AUCTION_PRICE} & "<$&>', AUCTION_PRICE: '1' }
  expect(substituteMacros('${AUCTION_ID}|${AUCTION_PRICE}', values)).toBe(
    '${AUCTION_PRICE} & "<$&>|1',
  )
})

test.each([
  ['${AUCTION_PRICE:B64}', 'algorithm'],
  ['%24%7BAUCTION_PRICE%7D', 'encoded'],
  ['%24%7bAUCTION_PRICE%7d', 'encoded'],
  ['${AUCTION_PRIZE}', 'unknown'],
  ['${auction_price}', 'unknown'],
])('%s is left as it is and found as %s', (macro, kind) => {
  const text = `a=${macro}&b=${macro}&c=\${AUCTION_PRICE}`
  expect(substituteMacros(text, { AUCTION_PRICE: '1' })).toBe(`a=${macro}&b=${macro}&c=1`)
  expect(findStrayMacros(text)).toEqual([{ text: macro, kind }])
})

test("what isn't an auction macro is none of ours", () => {
  const text = '${GDPR} ${x} $AUCTION_PRICE {AUCTION_PRICE} ${AUCTION_PRICE'
  expect(substituteMacros(text, { AUCTION_PRICE: '1' })).toBe(text)
  expect(findStrayMacros(text)).toEqual([])
})
