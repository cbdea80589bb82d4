// Goal: shop files can be changed by the API and by hand at once, and nothing that was whole is ever
// lost or seen in halves. Method: a real folder, edits side by side, files written as an editor does.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { ShopFileInput } from '../../src/catalogue/model.js'
import type { ShopDirectoryOptions } from '../../src/catalogue/shop-directory.js'
import { ShopDirectory } from '../../src/catalogue/shop-directory.js'
import { shopFile } from '../bidding/world.js'

const folders: string[] = []
const open: ShopDirectory[] = []
afterEach(async () => {
  for (const directory of open.splice(0)) await directory.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const campaign = (id: string, bid = 1): object => ({
  id,
  goal: 'cpm',
  bid,
  maxCpm: 9,
  budget: { total: 1 },
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-directory-'))
  folders.push(folder)
  return folder
}

function directoryOf(
  folder: string,
  shops: readonly object[] = [],
  more: Partial<ShopDirectoryOptions> = {},
): ShopDirectory {
  for (const shop of shops)
    writeFileSync(
      join(folder, `${(shop as ShopFileInput).shop.id}.json`),
      JSON.stringify(shop, null, 1),
    )
  const directory = new ShopDirectory({ folder, currencies: ['PLN'], ...more })
  open.push(directory)
  return directory
}

const withBid = (bid: number) => (file: ShopFileInput) => ({
  ...file,
  campaigns: file.campaigns.map((it) => ({ ...it, bid })),
})
const bidOf = (directory: ShopDirectory, shopId: string): number | undefined =>
  directory.get(shopId)?.campaigns[0]?.bid

test('an edit is on the disk and in memory when it resolves, and keeps how the file was written', async () => {
  const folder = newFolder()
  const by = { shop: shopFile('a', []).shop, campaigns: [{ ...campaign('c') }] }
  const directory = directoryOf(folder, [by])
  const changes: [string, number | undefined][] = []
  directory.onChange((id, file) => changes.push([id, file?.campaigns[0]?.bid]))

  expect(await directory.edit('a', withBid(2))).toMatchObject({ ok: true })
  expect(bidOf(directory, 'a')).toBe(2)
  const text = readFileSync(join(folder, 'a.json'), 'utf8')
  // Defaults are not written into a file that left them out.
  expect(JSON.parse(text)).toEqual({ ...by, campaigns: [{ ...by.campaigns[0], bid: 2 }] })
  expect(text.startsWith('{\n "shop": {\n  "id": "a"')).toBe(true)
  expect(readdirSync(folder)).toEqual(['a.json'])
  await vi.waitFor(() => expect(changes).toEqual([['a', 2]]))
})

test('edits side by side come one after the other: none is lost', async () => {
  const directory = directoryOf(newFolder(), [shopFile('a', [campaign('c', 0)])])
  const add = (file: ShopFileInput): ShopFileInput => withBid(file.campaigns[0]!.bid + 1)(file)
  const done = await Promise.all(Array.from({ length: 100 }, () => directory.edit('a', add)))
  expect(done.every(({ ok }) => ok)).toBe(true)
  expect(bidOf(directory, 'a')).toBe(100)
})

test('an outcome is checked as a whole, and its faults are named from the root of the file', async () => {
  const folder = newFolder()
  const directory = directoryOf(folder, [shopFile('a', [campaign('c')]), shopFile('b', [])], {
    alsoCheck: ({ segments }) => segments.map((_, i) => `segments[${i}].rule: is not understood`),
  })
  const before = readFileSync(join(folder, 'a.json'), 'utf8')
  const edit = (more: object) => directory.edit('a', (file) => ({ ...file, ...more }))
  expect(await edit({ campaigns: [campaign('c', -1)] })).toMatchObject({
    why: 'unsound',
    faults: [expect.stringMatching(/^campaigns\[0\]\.bid: /)],
  })
  expect(await edit({ campaigns: [campaign('c'), campaign('c')] })).toMatchObject({
    faults: ['campaigns[1].id: c is taken'],
  })
  expect(await edit({ segments: [{ id: 's', rule: 'x' }] })).toMatchObject({
    faults: ['segments[0].rule: is not understood'],
  })
  expect(await edit({ shop: shopFile('b', []).shop })).toMatchObject({
    faults: ['shop.id: must stay a'],
  })
  expect(await directory.edit('a', () => null)).toMatchObject({ why: 'declined' })
  expect(await directory.edit('nobody', withBid(1))).toMatchObject({ why: 'missing' })
  expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe(before)
})

test('what a hand has left wrong in one part keeps nobody from changing another', async () => {
  const folder = newFolder()
  const bad = { ...shopFile('a', [campaign('c')]), segments: [{ id: 's', rule: 'nonsense' }] }
  const directory = directoryOf(folder, [bad], {
    alsoCheck: ({ segments }) =>
      segments.flatMap(({ rule }, i) =>
        rule === 'nonsense' ? [`segments[${i}].rule: is not`] : [],
      ),
  })
  expect(await directory.edit('a', withBid(2))).toMatchObject({ ok: true })
  const more = (file: ShopFileInput) => ({
    ...file,
    segments: [...(file.segments ?? []), { id: 't', rule: 'nonsense' }],
  })
  expect(await directory.edit('a', more)).toMatchObject({ faults: ['segments[1].rule: is not'] })
})

test('shops come and go; an id that is there is not given again', async () => {
  const folder = newFolder()
  const directory = directoryOf(folder)
  const changes: string[] = []
  directory.onChange((id, file) => changes.push(`${id} ${file === null ? 'gone' : 'there'}`))
  expect(await directory.create(shopFile('a', []))).toMatchObject({ ok: true })
  expect(await directory.create(shopFile('a', []))).toMatchObject({ why: 'taken' })
  expect(await directory.create(shopFile('e', [], 'XAU'))).toMatchObject({ why: 'unsound' })
  expect(directory.ids).toEqual(['a'])
  expect(await directory.remove('a', () => false)).toMatchObject({ why: 'declined' })
  expect(await directory.remove('a')).toMatchObject({ ok: true })
  expect(await directory.remove('a')).toMatchObject({ why: 'missing' })
  expect(existsSync(join(folder, 'a.json'))).toBe(false)
  expect(changes).toEqual(['a there', 'a gone'])
})

test('a hand’s changes are followed; a file in halves is reported and stands as it last was', async () => {
  const folder = newFolder()
  let faults: readonly string[] = []
  const directory = directoryOf(folder, [shopFile('a', [campaign('c')])], {
    onFaults: (now) => {
      faults = now
    },
  })
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))

  write('a.json', shopFile('a', [campaign('c', 3)]))
  await vi.waitFor(() => expect(bidOf(directory, 'a')).toBe(3))
  write('a.json', '{"shop": ')
  await vi.waitFor(() => expect(faults).toEqual([expect.stringMatching(/^a\.json: /)]))
  expect(bidOf(directory, 'a')).toBe(3)
  // What somebody is in the middle of writing is not written over.
  expect(await directory.edit('a', withBid(4))).toMatchObject({ why: 'broken' })
  write('a.json', shopFile('a', [campaign('c', 5)]))
  await vi.waitFor(() => expect(bidOf(directory, 'a')).toBe(5))
  expect(faults).toEqual([])

  write('z.json', shopFile('a', []))
  await vi.waitFor(() => expect(faults).toEqual(['z.json.shop.id: a is the shop of a.json']))
  // The other file takes its place once the first is gone.
  rmSync(join(folder, 'a.json'))
  await vi.waitFor(() => expect(directory.get('a')?.campaigns).toEqual([]))
  rmSync(join(folder, 'z.json'))
  await vi.waitFor(() => expect(directory.ids).toEqual([]))
})

test('an edit builds upon what a hand has just left, seen or not', async () => {
  const folder = newFolder()
  const directory = directoryOf(folder, [shopFile('a', [campaign('c')])])
  writeFileSync(join(folder, 'a.json'), JSON.stringify(shopFile('a', [campaign('by-hand')])))
  expect(await directory.edit('a', withBid(7))).toMatchObject({ ok: true })
  expect(directory.get('a')?.campaigns[0]).toMatchObject({ id: 'by-hand', bid: 7 })
})

test('what a kill left half written is not taken for a shop, and is cleared up', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'a.json.part'), '{"shop": {"id": "a", "na')
  const directory = directoryOf(folder, [shopFile('a', [campaign('c')])])
  expect(directory.faults).toEqual([])
  expect(bidOf(directory, 'a')).toBe(1)
  expect(readdirSync(folder)).toEqual(['a.json'])
})

test('a disk that can not be written to is named, and the shop stays as it was', async () => {
  const folder = newFolder()
  const directory = directoryOf(folder, [shopFile('a', [campaign('c')])])
  // A folder in the way of the file that would be written aside.
  mkdirSync(join(folder, 'a.json.part'))
  expect(await directory.edit('a', withBid(2))).toMatchObject({
    why: 'disk',
    faults: [expect.stringContaining('EISDIR')],
  })
  expect(bidOf(directory, 'a')).toBe(1)
})

test('an id can name no file outside of the folder, nor a property that objects have', async () => {
  const folder = newFolder()
  const directory = directoryOf(folder)
  const { shop } = shopFile('a', [])
  const create = (id: string) => directory.create({ shop: { ...shop, id }, campaigns: [] })
  for (const id of ['../a', 'a/b', '', 'a\0'])
    expect(await create(id)).toMatchObject({ why: 'unsound' })
  for (const id of ['__proto__', 'constructor', '..'])
    expect(await create(id)).toMatchObject({ ok: true })
  expect(directory.get('toString')).toBe(null)
  expect(readdirSync(folder).sort()).toEqual(['...json', '__proto__.json', 'constructor.json'])
})
