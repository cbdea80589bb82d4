// Goal: adding an exchange is adding a file. Whatever stands in config/exchanges can be enabled as it is,
// given its secrets; what is wrong with a file is named. Method: the files that we ship, and made ones.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { exchangeSchema } from '../../src/edge/exchange.js'
import { priceReaderFor } from '../../src/edge/price.js'
import { readExchanges } from '../../src/run/exchange-files.js'
import { packageRoot, readSettings } from '../../src/run/settings.js'

const shipped = join(packageRoot(), 'config/exchanges')
const files = readdirSync(shipped).filter((file) => file.endsWith('.yaml'))
const read = (file: string): string => readFileSync(join(shipped, file), 'utf8')
const settings = readSettings({})
if (!settings.ok) throw new Error(settings.faults.join('\n'))
const { currencies } = settings.value

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})
function folderOf(contents: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-exchanges-'))
  folders.push(folder)
  for (const [file, text] of Object.entries(contents)) writeFileSync(join(folder, file), text)
  return folder
}
const readAll = (contents: Readonly<Record<string, string>>, env: Record<string, string> = {}) =>
  readExchanges({ exchangesDir: folderOf(contents), currencies }, env)
const faultsOf = (...given: Parameters<typeof readAll>): readonly string[] => {
  const result = readAll(...given)
  return result.ok ? [] : result.faults
}

describe.each(files)('%s', (file) => {
  const text = read(file)
  const variables = [...new Set(text.match(/GROSZ_[A-Z0-9_]+/g))]

  test('can be enabled once its secrets are there, and says which are missing', () => {
    const enabled = text.replace('enabled: false', 'enabled: true')
    const env = Object.fromEntries(
      variables.map((name) => [
        name,
        /_KEY$/.test(name) ? 'skU7Ax_NL5pPAFyKdkfZjZz2-VhIN8bjj1rVFOaJ_5o=' : `${name}-0123456789`,
      ]),
    )
    const result = readAll({ [file]: enabled }, env)
    expect(result.ok ? [] : result.faults).toEqual([])
    if (!result.ok) return
    const [exchange] = result.value
    expect(`${exchange!.name}.yaml`).toBe(file)
    expect(exchange!.priceMacro).toMatch(/^\$\{AUCTION_PRICE(:OXCRYPT)?\}$/)
    priceReaderFor(exchange!)
    // What is charged on must be something that a bid carries.
    if (exchange!.chargeOn !== 'imp') expect(exchange!.notices[exchange!.chargeOn]).toBe(true)
    const faults = faultsOf({ [file]: enabled }, {})
    for (const name of variables)
      expect(faults.filter((fault) => fault.includes(`${name} is not set`)).length).toBe(1)
  })

  test('holds no secret itself, and is not open to everybody unless it is the demo', () => {
    for (const [, value] of text.matchAll(/^ *(?:secret|encryptionKey|integrityKey): *(\S+)/gm))
      expect(value).toMatch(/^\$\{GROSZ_/)
    if (file !== 'demo.yaml') {
      expect(text).toMatch(/^enabled: false\b/m)
      expect(text).toMatch(/^secret: \$\{GROSZ_/m)
    }
  })
})

test('the generic file names every setting that there is, with its default', () => {
  const generic = read('generic.yaml')
  for (const name of Object.keys(exchangeSchema.shape))
    expect(generic, name).toMatch(new RegExp(`^${name}:`, 'm'))
  const result = readAll(
    { 'a.yaml': generic.replace('enabled: false', 'enabled: true') },
    { GROSZ_GENERIC_SECRET: '0123456789abcdef' },
  )
  const bare = exchangeSchema.parse({
    name: 'generic',
    currency: 'USD',
    seat: 'grosz',
    secret: '0123456789abcdef',
  })
  expect(result).toEqual({ ok: true, value: [bare] })
})

test('as shipped, the demo alone is open', () => {
  const result = readExchanges({ exchangesDir: shipped, currencies }, {})
  expect(result.ok && result.value.map(({ name }) => name)).toEqual(['demo'])
})

const minimal = 'name: one\ncurrency: EUR\nseat: s\n'

test('the environment fills in texts, and nothing but its own variables', () => {
  const text = `${minimal}secret: \${GROSZ_S}-\${GROSZ_T}\npriceMacro: \${AUCTION_PRICE}\nblockedSites: ['\${GROSZ_S}', '\${HOME}']\n`
  const result = readAll({ 'a.yaml': text }, { GROSZ_S: '01234567', GROSZ_T: '89abcdef' })
  expect(result).toMatchObject({
    ok: true,
    value: [
      {
        secret: '01234567-89abcdef',
        priceMacro: '${AUCTION_PRICE}',
        blockedSites: ['01234567', '${HOME}'],
      },
    ],
  })
})

test('every fault is named with its file and field, all at once', () => {
  expect(
    faultsOf({
      'a.yaml': `${minimal}blockedSites: [x, '\${GROSZ_NO}']\nsync: { url: 'https://a/\${GROSZ_NEVER}' }\n`,
      'b.yaml': minimal.replace('EUR', 'XXX'),
      'c.yaml': `${minimal}nonsense: 1\nsecret: short\n`,
      'd.yaml': 'name: [',
      'off.yaml': 'enabled: false\nnonsense: 1\n',
    }),
  ).toEqual([
    'a.yaml.blockedSites[1]: GROSZ_NO is not set in the environment',
    'a.yaml.sync.url: GROSZ_NEVER is not set in the environment',
    'b.yaml.currency: XXX has no rate under currencies',
    expect.stringMatching(/^c\.yaml\.secret: /),
    expect.stringMatching(/^c\.yaml: .*nonsense/),
    expect.stringMatching(/d\.yaml: /),
  ])
  expect(faultsOf({ 'a.yaml': minimal, 'b.yaml': minimal })).toEqual([
    'b.yaml.name: one is taken by another file',
  ])
  expect(faultsOf({ 'off.yaml': 'enabled: false' })[0]).toMatch(/holds no exchange that is enabled/)
})
