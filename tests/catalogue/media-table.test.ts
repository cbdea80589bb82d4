// Goal: a bid finds the videos and spots of its own shop as the shop described them, and a slip of the
// shop's is named. Method: written cases, and seeded shops compared with what they said, before and after
// a round through the snapshot's file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeColumns, encodeColumns } from '../../src/base/columns.js'
import { mimeBit } from '../../src/base/mime.js'
import { Random } from '../../src/base/random.js'
import { check } from '../../src/base/schema.js'
import { audioSchema, CreativeFormat, videoSchema } from '../../src/catalogue/media.js'
import type { MediaColumns, MediaTable } from '../../src/catalogue/media-table.js'
import {
  compileMedia,
  fileFits,
  MediaFlag,
  mediaTableColumns,
  readMediaTable,
} from '../../src/catalogue/media-table.js'
import { ShopFiles } from '../../src/catalogue/shop-files.js'
import { signTarget } from './creative-world.js'
import {
  mediaOf,
  mediaShop,
  randomMedia,
  someAudio,
  someVideo,
  someWrapper,
} from './media-world.js'

const reread = (table: MediaTable): MediaTable =>
  readMediaTable(decodeColumns(encodeColumns({}, mediaTableColumns(table))).column)

test('videos and spots are found by their own shop, kind and id only', () => {
  const table = compileMedia(
    [
      mediaShop({ videos: [someVideo, { ...someVideo, id: 'b' }], audios: [someAudio] }),
      mediaShop({ videos: [{ ...someVideo, id: 'b' }] }, { id: 'other' }),
    ],
    signTarget,
  )
  expect(table.find(0, 'video', 'spring')).toBe(0)
  expect(table.find(0, 'audio', 'spring')).toBe(2)
  expect(table.find(0, 'video', 'b')).toBe(1)
  expect(table.find(1, 'video', 'b')).toBe(3)
  expect(table.find(1, 'video', 'spring')).toBe(-1)
  expect(table.find(1, 'audio', 'b')).toBe(-1)
  expect(mediaOf({}).find(0, 'video', 'spring')).toBe(-1)
})

test('https counts for all that the document leads to, and for nothing that it does not', () => {
  const isSecure = (video: object): boolean =>
    (mediaOf({ videos: [{ ...someVideo, ...video }] }).flags[0]! & MediaFlag.secure) !== 0
  const plain = { ...someVideo.files[0], url: 'http://cdn.example/1.mp4' }
  expect(isSecure({})).toBe(true)
  expect(isSecure({ link: 'http://shop.example/sale' })).toBe(false)
  expect(isSecure({ files: [someVideo.files[1], plain] })).toBe(false)
  expect(isSecure({ files: [{ ...plain, url: 'http://127.0.0.1/1.mp4' }] })).toBe(true)
  // The files of what is wrapped are somebody else's to serve.
  expect(isSecure({ files: [plain], tagUrl: someWrapper.tagUrl })).toBe(true)
  expect(isSecure({ tagUrl: 'http://ads.example/vast' })).toBe(false)
  const home = mediaOf({ videos: [someVideo] }, { url: 'http://shop.example/' })
  expect(home.flags[0]! & MediaFlag.secure).toBe(0)
})

test('names are short, the same in each release, and tell a video from a spot and from its neighbours', () => {
  const long = 'a'.repeat(63)
  const videos = ['spring', `${long}1`, `${long}2`].map((id) => ({ ...someVideo, id }))
  const audios = [someAudio, { ...someAudio, id: `${long}1` }]
  const table = mediaOf({ videos, audios })
  const names = Array.from({ length: table.count }, (_, i) => table.nameOf(i))
  expect(names[0]).toBe('v.spring')
  expect(names[3]).toBe('a.spring')
  expect(new Set(names).size).toBe(5)
  for (const name of names) expect(name).toMatch(/^[\w.:-]{1,24}$/)
  // Exchanges know creatives by these; another release must not give them new ones.
  expect(names[1]).toMatchInlineSnapshot(`"v.14mfryz39f9"`)
})

test('a language that is not said is the shop’s', () => {
  const table = mediaOf({ videos: [someVideo, { ...someVideo, id: 'b', language: 'xx' }] })
  expect([table.languageOf(0), table.languageOf(1)]).toEqual(['pl', 'xx'])
})

test('what shops slip on is said by field', () => {
  const faults = (schema: Parameters<typeof check>[0], value: object): unknown => {
    const checked = check(schema, value, 'it')
    return checked.ok ? [] : checked.faults.map((fault) => fault.split(': ')[0])
  }
  expect(faults(videoSchema, { ...someVideo, files: [] })).toEqual(['it.files'])
  expect(faults(videoSchema, { ...someVideo, link: 'javascript:alert(1)' })).toEqual(['it.link'])
  expect(faults(audioSchema, { ...someAudio, link: `/${'ż'.repeat(500)}` })).toEqual(['it.link'])
  expect(faults(videoSchema, { ...someVideo, skippableAfterSeconds: 30 })).toEqual([
    'it.skippableAfterSeconds',
  ])
  expect(faults(videoSchema, { ...someVideo, tagUrl: 'ads' })).toEqual(['it.tagUrl'])
  expect(faults(audioSchema, { ...someAudio, files: someVideo.files })).not.toEqual([])
})

test('ids that are taken, and campaigns’ ids that nothing has, are faults of the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'grosz-media-'))
  try {
    const campaign = { id: 'c', goal: 'cpm', bid: 1, maxCpm: 1, budget: { total: 1 } }
    const campaigns = [{ ...campaign, videos: ['spring', 'autumn'], audios: ['spring', 'winter'] }]
    const file = mediaShop({ videos: [someVideo, someVideo], audios: [someAudio], campaigns })
    writeFileSync(join(folder, 'a.json'), JSON.stringify(file))
    expect(new ShopFiles(folder, ['PLN']).read()).toEqual({
      shops: [],
      faults: [
        'a.json.videos[1].id: spring is taken',
        "a.json.campaigns[0].videos[1]: autumn is none of the shop's",
        "a.json.campaigns[0].audios[1]: winter is none of the shop's",
      ],
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a table of anything is what the shops said, also after a round through the file', () => {
  const seed = 20260304
  const random = new Random(seed)
  for (let round = 0; round < 40; round++) {
    const ids = Array.from({ length: random.below(6) }, (_, i) => `m${i}`)
    const shops = ['shop', 'other'].map((id) =>
      mediaShop(
        {
          videos: ids.map((it) => randomMedia(random, 'video', it)),
          audios: ids.map((it) => randomMedia(random, 'audio', it)),
        },
        { id },
      ),
    )
    const table = compileMedia(shops, signTarget)
    const again = reread(table)
    for (const [name, column] of Object.entries(table.columns))
      expect([...again.columns[name as keyof MediaColumns]], name).toEqual([...column])
    for (const [shopIndex, { videos, audios, shop }] of shops.entries())
      for (const kind of ['video', 'audio'] as const)
        for (const media of kind === 'video' ? videos : audios) {
          const place = again.find(shopIndex, kind, media.id)
          const why = `seed ${seed}, round ${round}, ${shopIndex} ${kind} ${media.id}`
          expect(again.shopOf[place], why).toBe(shopIndex)
          expect(again.format[place], why).toBe(CreativeFormat[kind])
          expect(again.durationSeconds[place], why).toBe(media.durationSeconds)
          expect(again.languageOf(place), why).toBe(media.language ?? shop.language)
          const start = again.fileStart[place]!
          expect(again.fileStart[place + 1]! - start, why).toBe(media.files.length)
          for (const [i, { type, bitrateKbps }] of media.files.entries()) {
            const limits = { mimes: mimeBit(type), minBitrateKbps: bitrateKbps, maxBitrateKbps: 0 }
            expect(fileFits(again, start + i, limits), why).toBe(true)
            expect(fileFits(again, start + i, { ...limits, mimes: ~mimeBit(type) }), why).toBe(
              false,
            )
            expect(
              fileFits(again, start + i, { ...limits, maxBitrateKbps: bitrateKbps - 1 }),
              why,
            ).toBe(false)
            expect(
              fileFits(again, start + i, { ...limits, minBitrateKbps: bitrateKbps + 1 }),
              why,
            ).toBe(false)
          }
        }
  }
})
