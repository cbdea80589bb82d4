// Goal: the demo's films and spots are what their shops say of them, and players get them as they like to fetch them:
// by parts. Method: sizes, durations and codecs are read out of the files' own bytes, by their formats' descriptions;
// the server is asked for parts of every kind, which are put together again and compared with the file.

import { readdirSync, readFileSync } from 'node:fs'
import { get as httpGet } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CreativeFormat } from '../../src/catalogue/media.js'
import { MediaFlag } from '../../src/catalogue/media-table.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { byteRangeOf } from '../../src/demo/byte-range.js'
import { logoSize, logos } from '../../src/demo/logo.js'
import { demoMediaFiles } from '../../src/demo/media.js'
import { drawPicture, pictureSide } from '../../src/demo/picture.js'
import { demoShopFiles, demoShops } from '../../src/demo/shops.js'
import { type DemoShopServer, startDemoShop } from '../../src/demo-shop.js'
import { snapshotOf } from '../catalogue/snapshot-of.js'

const folder = new URL('../../config/demo/', import.meta.url)
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, folder))
const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)
const shopFiles = demoShopFiles('http://127.0.0.1:8083')
const videos = shopFiles.flatMap((it) => it.videos!)
const audios = shopFiles.flatMap((it) => it.audios!)

/** Boxes of ISO 14496-12 that lie in a part of a file, by type; those that come twice are numbered. */
function boxesIn(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const boxes = new Map<string, Buffer>()
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    boxes.set(boxes.has(type) ? `${type}2` : type, bytes.subarray(at + 8, at + size))
    at += size
  }
  return boxes
}

const boxAt = (bytes: Buffer, ...path: string[]): Buffer =>
  path.reduce((within, type) => boxesIn(within).get(type)!, bytes)

const secondsOf = (mp4: Buffer): number => {
  const header = boxAt(mp4, 'moov', 'mvhd')
  return header.readUInt32BE(16) / header.readUInt32BE(12)
}

/** Type of a track's first sample entry: `avc1`, `mp4a`. */
const codecOf = (mp4: Buffer, track: string): string =>
  boxAt(mp4, 'moov', track, 'mdia', 'minf', 'stbl', 'stsd').toString('latin1', 12, 16)

/** Seconds of an MP3 of one bitrate and 44.1 kHz: frames of 1152 samples (ISO 11172-3), counted one by one. */
function mp3Seconds(bytes: Buffer): number {
  const bitrates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128]
  let frames = 0
  for (let at = 0; at + 4 <= bytes.length; frames++) {
    expect(bytes.readUInt16BE(at) & 0xfffe, `frame at ${at}`).toBe(0xfffa)
    const third = bytes[at + 2]!
    expect((third >> 2) & 3).toBe(0)
    at += Math.floor((144_000 * bitrates[third >> 4]!) / 44_100) + ((third >> 1) & 1)
  }
  return (frames * 1_152) / 44_100
}

describe('the files', () => {
  test('are all that there are, each small', () => {
    expect(readdirSync(folder).sort()).toEqual([...demoMediaFiles.keys()].sort())
    for (const name of demoMediaFiles.keys()) expect(bytesOf(name).length, name).toBeLessThan(190e3)
    const used = [...videos, ...audios].flatMap(({ files }) => files!.map(({ url }) => nameOf(url)))
    expect(used.sort()).toEqual([...demoMediaFiles.keys()].sort())
  })

  test.each(
    videos.flatMap(({ durationSeconds, files }) =>
      files!.map((file) => ({ ...file, name: nameOf(file.url), durationSeconds })),
    ),
  )('$name is a film as it says', (said) => {
    const bytes = bytesOf(said.name)
    expect(bytes.toString('latin1', 4, 8)).toBe('ftyp')
    // A player can begin before the last byte is there.
    expect([...boxesIn(bytes).keys()].indexOf('moov')).toBeLessThan(
      [...boxesIn(bytes).keys()].indexOf('mdat'),
    )
    expect(secondsOf(bytes)).toBeCloseTo(said.durationSeconds, 1)
    const header = boxAt(bytes, 'moov', 'trak', 'tkhd')
    expect(header.readUInt32BE(76) / 65_536).toBe(said.width)
    expect(header.readUInt32BE(80) / 65_536).toBe(said.height)
    expect([codecOf(bytes, 'trak'), codecOf(bytes, 'trak2')]).toEqual(['avc1', 'mp4a'])
    expect(said.bitrateKbps).toBe(Math.round((bytes.length * 8) / said.durationSeconds / 1_000))
  })

  test.each(
    audios.flatMap(({ durationSeconds, files }) =>
      files.map((file) => ({ ...file, name: nameOf(file.url), durationSeconds })),
    ),
  )('$name is a spot as it says', (said) => {
    const bytes = bytesOf(said.name)
    const isMp3 = said.type === 'audio/mpeg'
    const seconds = isMp3 ? mp3Seconds(bytes) : secondsOf(bytes)
    // An MP3's first frame and its last samples are silent.
    expect(Math.abs(seconds - said.durationSeconds)).toBeLessThan(0.1)
    if (!isMp3) expect(codecOf(bytes, 'trak')).toBe('mp4a')
    expect(said.bitrateKbps).toBe(Math.round((bytes.length * 8) / said.durationSeconds / 1_000))
  })
})

describe('what the shops say', () => {
  test('is compiled into two films and a spot each, that may play on pages over https', () => {
    const files = shopFiles.map((file) => shopFileSchema.parse(file))
    const options = { version: 1, unitValue: { PLN: 1, EUR: 4.25 }, signTarget: () => 'signature' }
    const { media } = snapshotOf(files, options)
    expect([...media.format]).toEqual(
      files.flatMap(() => [CreativeFormat.video, CreativeFormat.video, CreativeFormat.audio]),
    )
    for (const flags of media.flags) expect(flags).toBe(MediaFlag.secure)
  })

  test('of pictures and logos is true', () => {
    for (const { id, colours } of demoShops) {
      const { width, height } = logoSize(id)
      expect(logos[id]).toContain(` width="${width}" height="${height}">`)
      expect(logos[id]).toContain(`fill="${colours.primary}"`)
    }
    const { kind, colourway } = demoShops[0]!.products[0]!
    const side = String(pictureSide)
    expect(drawPicture(kind, colourway)).toContain(` width="${side}" height="${side}">`)
    for (const { shop } of shopFiles) {
      expect(shop.pictures).toEqual({ width: pictureSide, height: pictureSide })
      expect(shop.logoSize).toEqual(logoSize(shop.id))
    }
  })

  test('of products is what native ads ask for', () => {
    for (const { products } of shopFiles) {
      expect(products.every(({ description }) => description !== undefined)).toBe(true)
      const rated = products.filter(({ rating }) => rating !== undefined)
      expect(rated.length / products.length).toBeGreaterThan(0.7)
      expect(rated.length).toBeLessThan(products.length)
      for (const { rating } of rated) expect(rating).toBeGreaterThanOrEqual(3.5)
    }
  })

  test('of campaigns: every format has one that shows it to strangers', () => {
    for (const { campaigns } of shopFiles)
      for (const format of ['banner', 'native', 'video', 'audio'] as const)
        expect(
          campaigns.some(
            (it) =>
              it.withoutProfile !== 'skip' &&
              (it.formats === undefined || it.formats.includes(format)),
          ),
        ).toBe(true)
  })
})

test.each([
  ['', 'whole'],
  ['bytes=0-9', { first: 0, last: 9 }],
  ['bytes=0-', { first: 0, last: 99 }],
  ['bytes=90-200', { first: 90, last: 99 }],
  ['bytes=99-99', { first: 99, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-200', { first: 0, last: 99 }],
  ['Bytes= 5 - 7', { first: 5, last: 7 }],
  ['bytes=100-', 'outside'],
  ['bytes=-0', 'outside'],
  // Not a range, or more than we send at once: then everything is right.
  ['bytes=9-5', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=0-1,5-6', 'whole'],
  ['items=0-1', 'whole'],
  ['bytes=0-1x', 'whole'],
  ['bytes=1e1-', 'whole'],
] as const)('of 100 bytes, %j are %j', (header, expected) => {
  expect(byteRangeOf(header, 100)).toEqual(expected)
})

describe('the server', () => {
  let server: DemoShopServer
  const fetchPart = (name: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${server.address}/media/${name}`, { method, headers })

  beforeAll(async () => {
    server = await startDemoShop({ host: '127.0.0.1', port: 0, collectorUrl: null })
  })
  afterAll(() => server.close())

  test.each([...demoMediaFiles])('sends %s as %s, whole or in parts', async (name, type) => {
    const file = bytesOf(name)
    const whole = await fetchPart(name)
    expect(whole.status).toBe(200)
    expect(whole.headers.get('content-type')).toBe(type)
    expect(whole.headers.get('content-length')).toBe(String(file.length))
    expect(whole.headers.get('accept-ranges')).toBe('bytes')
    expect(file.equals(Buffer.from(await whole.arrayBuffer()))).toBe(true)

    const middle = Math.floor(file.length / 2)
    const parts: Buffer[] = []
    for (const range of [`0-${middle - 1}`, `${middle}-`]) {
      const part = await fetchPart(name, { Range: `bytes=${range}` })
      expect(part.status).toBe(206)
      expect(part.headers.get('content-type')).toBe(type)
      const last = range.endsWith('-') ? file.length - 1 : middle - 1
      expect(part.headers.get('content-range')).toBe(
        `bytes ${range.split('-')[0]}-${last}/${file.length}`,
      )
      parts.push(Buffer.from(await part.arrayBuffer()))
      expect(part.headers.get('content-length')).toBe(String(parts.at(-1)!.length))
    }
    expect(file.equals(Buffer.concat(parts))).toBe(true)
  })

  test('says where a file ends, and sends all of it where it can’t know that it is the same', async () => {
    const [name] = demoMediaFiles.keys()
    const { length } = bytesOf(name!)
    const beyond = await fetchPart(name!, { Range: `bytes=${length}-` })
    expect(beyond.status).toBe(416)
    expect(beyond.headers.get('content-range')).toBe(`bytes */${length}`)
    const conditional = await fetchPart(name!, { Range: 'bytes=0-1', 'If-Range': '"other"' })
    expect(conditional.status).toBe(200)
    expect((await conditional.arrayBuffer()).byteLength).toBe(length)
  })

  test('tells a file’s length without sending it', async () => {
    const [name] = demoMediaFiles.keys()
    const head = await fetchPart(name!, { Range: 'bytes=0-1' }, 'HEAD')
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe(String(bytesOf(name!).length))
    expect((await head.arrayBuffer()).byteLength).toBe(0)
  })

  test.each(['/media/', '/media/none.mp4', '/media/../default.yaml', '/media/%2e%2e/default.yaml'])(
    'has nothing at %s',
    async (path) => {
      // As it stands: `fetch` would tidy the path up.
      const { hostname, port } = new URL(server.address)
      const status = await new Promise<number | undefined>((resolve, reject) => {
        httpGet({ hostname, port, path }, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).on('error', reject)
      })
      expect(status).toBe(404)
    },
  )

  test('ranges of pages are not sent', async () => {
    const page = await fetch(`${server.address}/`, { headers: { Range: 'bytes=0-1' } })
    expect(page.status).toBe(200)
    expect(page.headers.get('accept-ranges')).toBeNull()
    await page.arrayBuffer()
  })

  test.each(shopFiles.map(({ shop }) => [shop.id, new URL(shop.privacyUrl!).pathname]))(
    '%s says at %s what is done with people’s data',
    async (id, path) => {
      const page = await fetch(server.address + path)
      expect(page.status).toBe(200)
      expect(await page.text()).toContain(demoShops.find((it) => it.id === id)!.words.privacyText)
    },
  )
})
