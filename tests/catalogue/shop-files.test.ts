// Goal: a shop's slip is named by file and field, and takes nothing off the air that was good before.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { hourOfWeek } from '../../src/catalogue/schedule.js'
import { ShopFiles } from '../../src/catalogue/shop-files.js'
import { shopFile } from '../bidding/world.js'

const folder = mkdtempSync(join(tmpdir(), 'grosz-shops-'))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (name: string, value: unknown): void =>
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))
const campaign = { id: 'c', goal: 'cpm', bid: 1, maxCpm: 1, budget: { total: 1 } }

test('faults are named, and the last good state of a file stands', () => {
  const files = new ShopFiles(folder, ['PLN'])
  write('a.json', shopFile('a', [campaign]))
  write('b.json', shopFile('b', [campaign]))
  expect(files.read()).toMatchObject({ faults: [], shops: [{ shop: { id: 'a' } }, {}] })

  const broken = shopFile('b', [campaign]) as unknown as { campaigns: object[] }
  broken.campaigns[0] = { ...campaign, bid: -1, goal: 'likes' }
  write('b.json', broken)
  const { shops, faults } = files.read()
  expect(shops).toHaveLength(2)
  expect(faults.some((fault) => fault.startsWith('b.json.campaigns[0].goal: '))).toBe(true)
  expect(faults.some((fault) => fault.startsWith('b.json.campaigns[0].bid: '))).toBe(true)

  write('b.json', '{"shop": ')
  expect(files.read().faults[0]).toMatch(/^b\.json: /)
  expect(files.read().shops).toHaveLength(2)

  write('c.json', shopFile('a', []))
  write('d.json', shopFile('d', [campaign, campaign]))
  write('e.json', shopFile('e', [], 'XAU'))
  const { faults: more } = files.read()
  expect(more).toContain('c.json.shop.id: a is the shop of a.json')
  expect(more).toContain('d.json.campaigns[1].id: c is taken')
  expect(more).toContain('e.json.shop.currency: XAU has no rate under currencies')
})

test('a file that nobody touched is the same object, one that was written anew is another', () => {
  const files = new ShopFiles(folder, ['PLN'])
  const shopsById = () => new Map(files.read().shops.map((file) => [file.shop.id, file]))
  write('a.json', shopFile('a', [campaign]))
  write('f.json', shopFile('f', [campaign]))
  const before = shopsById()
  write('a.json', shopFile('a', [{ ...campaign, bid: 2 }]))
  const after = shopsById()
  expect(after.get('f')).toBe(before.get('f'))
  expect(after.get('a')!.campaigns[0]!.bid).toBe(2)
})

test('the hour of the week is the one on the shop’s clock', () => {
  // A Monday: 00:30 in Warsaw is still Sunday in London; in summer the distance to UTC is another.
  expect(hourOfWeek('Europe/Warsaw', Date.parse('2026-03-01T23:30:00Z'))).toBe(0)
  expect(hourOfWeek('Europe/London', Date.parse('2026-03-01T23:30:00Z'))).toBe(167)
  expect(hourOfWeek('Europe/Warsaw', Date.parse('2026-07-06T10:00:00Z'))).toBe(12)
  expect(hourOfWeek('Asia/Kolkata', Date.parse('2026-03-02T18:30:00Z'))).toBe(24)
})
