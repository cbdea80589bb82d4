/**
 * Compiles wasm/json-tape.ts (AssemblyScript) into src/openrtb/json-tape-module.ts, which is committed:
 * `npm run build:wasm`, after a change to either this or that. With --check it only says whether the
 * committed one is what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const source = new URL('../wasm/json-tape.ts', import.meta.url)
const target = new URL('../src/openrtb/json-tape-module.ts', import.meta.url)
const lineLength = 92

const binaries = new Map()
const { error, stderr } = await asc.main(
  ['json-tape.ts', '-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'].concat(
    ['--importMemory', '--outFile', 'json-tape.wasm'],
  ),
  {
    readFile: (name) => (name === 'json-tape.ts' ? readFileSync(source, 'utf8') : null),
    writeFile: (name, contents) => binaries.set(name, contents),
    listFiles: () => [],
  },
)
if (error) {
  console.error(stderr.toString())
  throw error
}
const base64 = Buffer.from(binaries.get('json-tape.wasm')).toString('base64')
const lines = base64.match(new RegExp(`.{1,${lineLength}}`, 'g'))
const text = [
  '/** wasm/json-tape.ts, compiled by `npm run build:wasm`. Not to be edited. */',
  'export const tapeModule =',
  lines.map((line) => `  '${line}'`).join(' +\n'),
  '',
].join('\n')

if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  console.error('src/openrtb/json-tape-module.ts is not what wasm/json-tape.ts compiles to')
  process.exitCode = 1
}
