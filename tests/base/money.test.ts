// Goal: a price read from an exchange is exactly what it wrote, and nothing else is taken for a price.
// Conformance checklist 37.
import { expect, test } from 'vitest'
import {
  type CpmMicros,
  cpmMicros,
  formatCpm,
  formatNanos,
  parseCpm,
} from '../../src/base/money.js'
import { Random } from '../../src/base/random.js'

test.each([
  ['1.2345', 1_234_500],
  ['0', 0],
  ['10', 10_000_000],
  ['0.000001', 1],
  // What is past a micro is cut off: never charged more than was said.
  ['0.0000019', 1],
  ['3.', 3_000_000],
  ['1000000', 1_000_000_000_000],
])('%s is %i micros', (text, micros) => {
  expect(parseCpm(text)).toBe(micros)
})

test.each([
  ...[
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '.5',
    '1e3',
    '1E3',
    '0x10',
    'NaN',
    'Infinity',
    'AUDIT',
    'UNKNOWN',
  ],
  ...['${AUCTION_PRICE}', '%24%7BAUCTION_PRICE%7D', '1,5', '1.2.3', '10000001', '9'.repeat(400)],
])('%j is no price', (text) => {
  expect(parseCpm(text)).toBe(-1)
})

test('what is written is read back, without exponent or noise', () => {
  const random = new Random(4)
  for (let i = 0; i < 20_000; i++) {
    const micros = random.below(10 ** (1 + random.below(12))) as CpmMicros
    const text = formatCpm(micros)
    expect(text).toMatch(/^\d+(\.\d*[1-9])?$/)
    expect(parseCpm(text)).toBe(micros)
    expect(cpmMicros(Number(text))).toBe(micros)
  }
})

test('nanos for people', () => {
  expect(formatNanos(1_234_500n)).toBe('0.0012345')
  expect(formatNanos(-5_000_000_000n)).toBe('-5')
  expect(formatNanos(12_345_678_901_234_567_890n)).toBe('12345678901.23456789')
})
