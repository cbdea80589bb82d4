// Goal: a demo that is started on another port finds its pictures, films and spots there, and nothing else that
// somebody has changed in its shops is touched. Method: shops are seeded, edited, and seeded again at another address.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { demoShopFiles } from '../../src/demo/shops.js'
import { seedDemoShops } from '../../src/run/demo.js'

const before = 'http://127.0.0.1:8083'
const after = 'http://127.0.0.1:9999'

let folder: string
const path = (id: string): string => join(folder, `${id}.json`)
const read = (id: string): unknown => JSON.parse(readFileSync(path(id), 'utf8'))
/** What a seeded file looks like once it is read. */
const seeded = (baseUrl: string): unknown[] => JSON.parse(JSON.stringify(demoShopFiles(baseUrl)))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grosz-seed-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('an empty folder gets the demo shops, which move with their server', () => {
  for (const address of [before, after, before]) {
    expect(seedDemoShops(folder, address)).toEqual(['ruszaj', 'fenrow'])
    expect([read('ruszaj'), read('fenrow')]).toEqual(seeded(address))
  }
})

test('what somebody changed stays, be it a film on a server of their own', () => {
  seedDemoShops(folder, before)
  const file = shopFileSchema.parse(read('ruszaj'))
  const elsewhere = `https://cdn.example/?from=${before}/media/x.mp4`
  const [film, other] = file.videos
  const origins = [...file.shop.origins!, 'https://ruszaj.example']
  const changed = {
    ...file,
    shop: { ...file.shop, name: 'Ruszaj 2', privacyUrl: 'https://law.example/ruszaj', origins },
    videos: [
      { ...film!, files: [{ ...film!.files[0]!, url: elsewhere }] },
      { ...other!, link: `${before}/?category=Buty`, tagUrl: `${before}/media/tag.xml` },
    ],
  }
  writeFileSync(path('ruszaj'), JSON.stringify(changed))
  seedDemoShops(folder, after)
  const moved = shopFileSchema.parse(read('ruszaj'))
  const [first, second] = moved.videos
  expect(moved.shop).toEqual({
    ...changed.shop,
    url: `${after}/`,
    origins: [after, 'http://localhost:9999', 'https://ruszaj.example'],
  })
  expect(first!.files[0]!.url).toBe(elsewhere)
  expect(second!.link).toBe(`${after}/?category=Buty`)
  expect(second!.tagUrl).toBe(`${after}/media/tag.xml`)
  expect(second!.files.every(({ url }) => url.startsWith(`${after}/media/`))).toBe(true)
  expect(moved.campaigns).toEqual(file.campaigns)
})

test.each(['{"shop":', '{"shop":{"url":7}}', '{"shop":{"url":"nowhere"}}', '[]', '{"shop":{}}'])(
  'a file that somebody is at is left to the compiler: %s',
  (text) => {
    seedDemoShops(folder, before)
    writeFileSync(path('ruszaj'), text)
    seedDemoShops(folder, after)
    expect(readFileSync(path('ruszaj'), 'utf8')).toBe(text)
  },
)

test('a folder with somebody’s own shops gets none', () => {
  writeFileSync(path('own'), '{}')
  expect(seedDemoShops(folder, before)).toEqual([])
  expect(readdirSync(folder)).toEqual(['own.json'])
})
