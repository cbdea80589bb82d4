// Goal: a country is the same whether an exchange sends two letters or three, and nobody under the GDPR is missed.
// Method: every code that the runtime's own tables know (ICU) must be there; the rest by hand, from ISO 3166-1 and the treaties.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { alpha3, isGdprCountry } from '../../src/openrtb/country.js'

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
/** Names that ICU has beyond ISO 3166-1: groups, reserved and former codes. */
const notCountries = new Set(
  'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH NT QO RH SU TA TP UN VD XA XB YD YU ZR ZZ'.split(
    ' ',
  ),
)

test('every country that the runtime can name is known by its two letters', () => {
  const three = new Set<string>()
  let count = 0
  for (const a of letters)
    for (const b of letters) {
      const two = a + b
      if (names.of(two) === undefined || notCountries.has(two) || two === 'UK') continue
      count++
      const code = alpha3(two)
      check.match(code, /^[A-Z]{3}$/, `${two} (${names.of(two)})`)
      check.equal(alpha3(two.toLowerCase()), code)
      check.equal(alpha3(code), code)
      check.equal(alpha3(code.toLowerCase()), code)
      three.add(code)
    }
  check.equal(count, 250, '249 in ISO 3166-1, and Kosovo')
  check.equal(three.size, count, 'two countries share three letters')
})

test('odd spellings are read, and what is no country is not', () => {
  for (const [code, three] of [
    ['Pl', 'POL'],
    ['pOL', 'POL'],
    ['UK', 'GBR'],
    ['el', 'GRC'],
    ['ROM', 'ROU'],
    ['xk', 'XKX'],
  ] as const)
    check.equal(alpha3(code), three, code)
  for (const code of ['', 'P', 'ZZ', 'ZZZ', 'Poland', '616', 'constructor', 'EU'])
    check.equal(alpha3(code), '', code)
})

test('the GDPR is taken to apply in the EEA, in Britain and in Switzerland', () => {
  const members = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'
  for (const two of `${members} IS LI NO GB UK CH RE GP MQ GF YT MF AX GI`.split(' '))
    check.ok(isGdprCountry(alpha3(two)), two)
  for (const two of 'US UA RU TR RS BA MK ME AL MD GL FO JE SM VA BR CA JP ZZ'.split(' '))
    check.ok(!isGdprCountry(alpha3(two)), two)
  check.ok(!isGdprCountry(''))
})
