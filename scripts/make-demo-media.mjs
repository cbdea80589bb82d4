/**
 * Makes the demo shops' videos and audio spots anew, into config/demo: films of their own drawn products,
 * a jingle from sine waves, and a voice from espeak-ng. All of it is our own work, under the project's licence.
 *
 *   apt-get install chromium ffmpeg espeak-ng fonts-lato fonts-liberation
 *   npm ci && npm run build && node scripts/make-demo-media.mjs
 *
 * Prints each file's bitrate, which src/demo/media.ts must say; tests/demo/media.test.ts compares them.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { logos } from '../dist/src/demo/logo.js'
import { drawPicture } from '../dist/src/demo/picture.js'
import { demoShops } from '../dist/src/demo/shops.js'

const target = fileURLToPath(new URL('../config/demo/', import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), 'grosz-media-'))
const framesPerSecond = 25
/** Of one scene into the next. */
const slideSeconds = 0.4
const durations = [15, 6]

/**
 * Products shown, what is said of each (a price may change, so none is in the film), the accent of the call to
 * action, and what the spot says; `espeak` is how espeak-ng gets the voice and the shop's name right.
 */
const scripts = {
  ruszaj: {
    font: 'Lato, "Liberation Sans", sans-serif',
    weight: 900,
    accent: '#fbb843',
    onAccent: '#17231d',
    products: [
      ['bieg-01', 'Na poranny bieg'],
      ['plec-01', 'Na weekend w górach'],
      ['kurt-01', 'Na drogę do pracy'],
    ],
    voice: 'pl',
    says:
      'Buty na poranny bieg. Plecak na weekend w górach. Kurtka na drogę do pracy. ' +
      'Dobrze, że wychodzisz. Ruszaj, kropka, egzampl.',
    notes: [392, 493.88, 587.33, 783.99],
  },
  fenrow: {
    font: '"Liberation Serif", Georgia, serif',
    weight: 700,
    accent: '#f3d9b8',
    onAccent: '#2c211b',
    products: [
      ['lamp-01', 'Light to read by'],
      ['chair-01', 'A seat for the third hour of dinner'],
      ['wool-01', 'Something soft for the evening'],
    ],
    voice: 'en-gb',
    says:
      'A lamp to read by. A chair for the third hour of dinner. Something soft for the evening. ' +
      'Fenrow. Things that make a room yours. Fenrow, dot, example.',
    notes: [349.23, 440, 523.25, 659.25],
  },
}

const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
const ffmpeg = (args) => run('ffmpeg', ['-v', 'error', '-y', ...args])

const pictureOf = (shop, id) => {
  const { kind, colourway } = shop.products.find((it) => it.id === id)
  return drawPicture(kind, colourway)
}
const inPage = (svg) => `<img src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`

/** A scene as an HTML page of 1280 × 720. */
function page(shop, script, content) {
  const { primary, background, text } = shop.colours
  return `<!doctype html><meta charset="utf-8"><style>
*{box-sizing:border-box}body{margin:0;width:1280px;height:720px;overflow:hidden;display:flex;background:${background};color:${text};font:${script.weight} 60px/1.12 ${script.font}}
svg text{font-family:${script.font};font-weight:${script.weight}}
.full{flex:1;display:flex;flex-direction:column;justify-content:center;align-items:center;gap:44px;background:${primary};color:#fff;text-align:center}
.full svg{width:520px;height:auto}.row{display:flex;gap:32px}.row div{width:260px;height:260px;padding:22px;border-radius:28px;background:#fff}
.row img,.side img{display:block;width:100%;height:100%}
.words{width:500px;display:flex;flex-direction:column;justify-content:space-between;padding:64px 48px 64px 64px;background:${primary};color:#fff}
.words svg{width:240px;height:auto}.words span{text-wrap:balance}.side{flex:1;display:grid;place-items:center}.side div{width:600px;height:600px}
.action{padding:22px 56px;border-radius:99px;background:${script.accent};color:${script.onAccent};font-size:46px}
small{font:400 36px/1.3 ${script.font}}</style><body>${content}`
}

/** The first scene, one for each product, the last one. */
function scenesOf(shop, script) {
  const logo = logos[shop.id]
  const tiles = script.products.map(([id]) => `<div>${inPage(pictureOf(shop, id))}</div>`)
  const full = (content) => page(shop, script, `<div class="full">${content}</div>`)
  return [
    full(`<span>${shop.words.headline}</span><div class="row">${tiles.join('')}</div>`),
    ...script.products.map(([id, words]) =>
      page(
        shop,
        script,
        `<div class="words">${logo}<span>${words}</span><small></small></div><div class="side"><div>${inPage(pictureOf(shop, id))}</div></div>`,
      ),
    ),
    full(`${logo}<span class="action">${shop.callToAction}</span><small>${shop.id}.example</small>`),
  ]
}

/** A short one has only the first product. */
const scenesFor = (scenes, seconds) => (seconds < 10 ? [scenes[0], scenes[1], scenes.at(-1)] : scenes)

/** @param out its size follows from its name's end: 720 or 360 lines. */
function makeFilm(scenes, sound, seconds, out) {
  const lines = out.endsWith('-720.mp4') ? 720 : 360
  const each = (seconds + (scenes.length - 1) * slideSeconds) / scenes.length
  const inputs = scenes.flatMap((file) => ['-loop', '1', '-framerate', String(framesPerSecond), '-t', String(each), '-i', file])
  const scaled = scenes.map((_, i) => `[${i}]scale=-2:${lines}:flags=lanczos:out_color_matrix=bt709:out_range=tv,format=yuv444p[s${i}]`)
  const joined = scenes.slice(1).map((_, i) => {
    const from = i === 0 ? '[s0]' : `[x${i}]`
    const offset = (i + 1) * (each - slideSeconds)
    return `${from}[s${i + 1}]xfade=slideleft:duration=${slideSeconds}:offset=${offset}[x${i + 1}]`
  })
  ffmpeg([
    ...inputs,
    '-i', sound,
    '-filter_complex', [...scaled, ...joined, `[x${scenes.length - 1}]format=yuv420p[v]`].join(';'),
    '-map', '[v]', '-map', `${scenes.length}:a`, '-t', String(seconds),
    '-c:v', 'libx264', '-profile:v', 'main', '-preset', 'veryslow', '-tune', 'animation', '-crf', '30', '-g', '250',
    '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv',
    '-c:a', 'aac', '-b:a', '32k', '-ac', '1', '-ar', '44100',
    ...plainFile, '-movflags', '+faststart', out,
  ])
}

/** No dates and no program's name, so that the same input makes the same file. */
const plainFile = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact']

const rate = 44_100
/**
 * A jingle as samples: broken chords of bell-like notes, the last of which fades away.
 *
 * @param loudness by second; the voice lies over the quiet part.
 */
function jingle(notes, seconds, loudness) {
  const samples = new Float32Array(seconds * rate)
  const step = 0.25
  // The last bar belongs to what still sounds.
  const count = Math.floor((seconds - 1.5) / step)
  for (let n = 0; n < count; n++) {
    const at = n * step
    const octave = n % 8 < 4 ? 1 : 0.5
    const pitch = notes[n % 4 === 3 && n % 8 > 4 ? 1 : n % 4] * octave
    for (let i = 0; i < rate * 1.4 && at * rate + i < samples.length; i++) {
      const t = i / rate
      const tone = Math.sin(2 * Math.PI * pitch * t) + 0.3 * Math.sin(4 * Math.PI * pitch * t)
      samples[Math.floor(at * rate) + i] +=
        0.16 * loudness(at) * tone * Math.exp(-3.5 * t) * Math.min(1, i / 200)
    }
  }
  return samples
}

/** 16 bits, one channel. */
function writeWav(file, samples) {
  const data = Int16Array.from(samples, (it) => Math.round(Math.max(-1, Math.min(1, it)) * 32_767))
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.byteLength, 4)
  head.write('WAVEfmt ', 8)
  for (const [at, value, size] of [[16, 16, 4], [20, 1, 2], [22, 1, 2], [24, rate, 4], [28, rate * 2, 4], [32, 2, 2], [34, 16, 2]])
    head.writeUIntLE(value, at, size)
  head.write('data', 36)
  head.writeUInt32LE(data.byteLength, 40)
  writeFileSync(file, Buffer.concat([head, Buffer.from(data.buffer)]))
}

/** Fifteen seconds: the jingle, the voice over it, the jingle. */
function makeSpot(shop, script) {
  const voice = join(scratch, `${shop.id}-voice.wav`)
  const bed = join(scratch, `${shop.id}-bed.wav`)
  run('espeak-ng', ['-v', script.voice, '-s', '160', '-p', '45', '-g', '4', '-w', voice, script.says])
  writeWav(bed, jingle(script.notes, 15, (at) => (at < 1 || at > 13 ? 1.2 : 0.3)))
  // The voice under its own overtones, and nothing as loud as to be cut off.
  const mix = `[1]aresample=${rate},adelay=1200,lowpass=7000[v];[0][v]amix=inputs=2:duration=first:normalize=0,alimiter=limit=0.8:level=disabled`
  const encode = (kind, options) =>
    ffmpeg([
      '-i', bed, '-i', voice, '-filter_complex', mix, '-t', '15', '-b:a', '56k', '-ac', '1', '-ar', String(rate),
      ...plainFile, ...options, join(target, `${shop.id}-spot.${kind}`),
    ])
  encode('mp3', ['-c:a', 'libmp3lame', '-id3v2_version', '0'])
  encode('m4a', ['-c:a', 'aac', '-movflags', '+faststart'])
}

mkdirSync(target, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
})
try {
  const tab = await browser.newPage({ viewport: { width: 1_280, height: 720 } })
  for (const shop of demoShops) {
    const script = scripts[shop.id]
    const scenes = []
    for (const [index, scene] of scenesOf(shop, script).entries()) {
      await tab.setContent(scene, { waitUntil: 'load' })
      scenes.push(join(scratch, `${shop.id}-${index}.png`))
      await tab.screenshot({ path: scenes.at(-1) })
    }
    for (const seconds of durations) {
      const sound = join(scratch, `${shop.id}-${seconds}.wav`)
      writeWav(sound, jingle(script.notes, seconds, () => 1))
      for (const lines of [720, 360])
        makeFilm(scenesFor(scenes, seconds), sound, seconds, join(target, `${shop.id}-${seconds}-${lines}.mp4`))
    }
    makeSpot(shop, script)
    for (const [name, seconds] of [
      ...durations.flatMap((it) => [720, 360].map((lines) => [`${it}-${lines}.mp4`, it])),
      ['spot.mp3', 15],
      ['spot.m4a', 15],
    ]) {
      const { length } = readFileSync(join(target, `${shop.id}-${name}`))
      console.info(`${shop.id}-${name}: ${length} bytes, ${Math.round((length * 8) / seconds / 1_000)} kbit/s`)
    }
  }
} finally {
  await browser.close()
  rmSync(scratch, { recursive: true })
}
