// Goal: what the style guide can be checked for by reading text is checked here, once, by us.
import { strict as check } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'vitest'

const nouns = ['base', 'openrtb', 'catalogue', 'profiles', 'ledger']
/** Which rooms of src a room may import. A room imports itself freely; programs import any room. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  openrtb: ['base'],
  catalogue: ['base'],
  profiles: ['base'],
  ledger: ['base'],
  people: ['base', 'profiles'],
  recommend: ['base', 'catalogue', 'profiles'],
  bidding: nouns,
  edge: [...nouns, 'bidding'],
  // The shops' side: bytes in, bytes out.
  collect: [...nouns, 'people', 'recommend'],
  // The recommender's: bytes in, bytes out.
  storefront: [...nouns, 'people', 'recommend', 'edge'],
  // What runs in browsers, on shops' pages.
  tag: [],
  widget: ['tag'],
  // What the demo's exchange and shops are made of: they stand outside of the bidder.
  simulation: ['base', 'openrtb'],
  demo: ['base', 'catalogue'],
  // What programs are put together from.
  run: [...nouns, 'people', 'recommend', 'bidding', 'edge', 'collect', 'storefront', 'demo'],
  // Commands that talk to a running Grosz, or work on what it keeps.
  tools: [...nouns, 'people', 'recommend', 'collect', 'run'],
}
/** Packages that only the named files may import. */
const onlyIn: Readonly<Record<string, RegExp>> = {
  'uWebSockets.js': /^edge\/listen-uws\.ts$/,
  lmdb: /^\w+\/store-lmdb\.ts$/,
  'lru-cache': /^profiles\/cache\.ts$/,
  yaml: /^run\/settings\.ts$/,
  zod: /^base\/schema\.ts$/,
  pino: /^base\/log\.ts$/,
  fastify: /^collect\/server\.ts$/,
  ioredis: /^profiles\/redis\/connection\.ts$/,
  'csv-parse': /^base\/csv\.ts$/,
  htmlparser2: /^catalogue\/feeds\/xml\.ts$/,
  'hash-wasm': /^edge\/signer\.ts$/,
  protobufjs: /^openrtb\/protobuf\/codec\.ts$/,
  'crawler-user-agents': /^openrtb\/crawlers\.ts$/,
}
/** Per-request files: no waiting, throwing, copying, closures over lists or regular expressions. */
const hot =
  /^(bidding\/(decide|query|slots|fit|media-fit|native-fit|native-finder|pods|segments|value|price|product-choice)|edge\/(bid|bid-response|bid-writer|markup|admission|overload|throttle)|openrtb\/(parse|parse-(impression|banner|media|place|device|person)|json-(tape|values)|native-request)|catalogue\/creative\/render|recommend\/(scores|choose\/(chooser|diversity|eligibility|exploration)|sessions\/(candidates|neighbours|next|select-best|transitions)|models\/(bought-together|found|newest|popularity-sources|similar|simple-sources|viewed-then-bought)))\.ts$/
const notOnTheHotPath =
  /\bawait\b|\bthrow\b|JSON\.parse|\.\.\.(?!\s*$)|\.(map|filter|reduce|forEach|sort)\(|new RegExp|Date\.now/
const lineCountMax = 350

const src = new URL('../src/', import.meta.url)
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)
const uncommented = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
const imported = new Set<string>()

for (const file of files) {
  const text = readFileSync(new URL(file, src), 'utf8')
  const room = file.includes('/') ? file.split('/')[0]! : undefined
  for (const [, from] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g))
    imported.add(new URL(`${from}.ts`, new URL(file, src)).pathname)
  for (const [, url] of text.matchAll(/new URL\('(\.[^']+)\.js'/g))
    imported.add(new URL(`${url}.ts`, new URL(file, src)).pathname)
  test(`tidy: ${file}`, () => {
    if (room !== undefined) check.ok(mayImport[room], `no room is called ${room}`)
    for (const [, from] of text.matchAll(/from '([^']+)'/g)) {
      const other = /^(?:\.\.\/)+([a-z]+)\//.exec(from!)?.[1]
      if (room !== undefined && other !== undefined && mayImport[other] && other !== room)
        check.ok(mayImport[room]!.includes(other), `${room} may not import ${other}`)
      const where = onlyIn[from!]
      if (where !== undefined) check.match(file, where, `${from} is imported elsewhere`)
      else check.match(from!, /^(\.|node:)/, `${from} is not a package that we know of`)
    }
    if (hot.test(file)) check.doesNotMatch(uncommented(text), notOnTheHotPath)
    const lineCount = text.split('\n').length
    // Lists of words and drawings are as long as they are.
    if (room !== 'demo')
      check.ok(lineCount <= lineCountMax, `${lineCount} lines: what are the two ideas in it?`)
  })
}

/**
 * Stores in memory stand in for the real ones in tests; the bulk loader so far serves benchmarks; browsers
 * load what is for them.
 */
const roots =
  /^(cli|bidder|collector|recommender|tag\/tag|widget\/widget|demo\/browser\/shop|\w+\/store-memory|profiles\/bulk-load)\.ts$/

test('tidy: every file is used', () => {
  const unused = files.filter(
    (file) => !roots.test(file) && !imported.has(new URL(file, src).pathname),
  )
  check.deepEqual(unused, [])
})
