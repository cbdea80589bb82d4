// Makes the script that shops' pages load, of the compiled modules in dist/src/tag:
// dist/src/tag/tag.min.js. `TCF_VENDOR_ID` stays in it for the collector to fill in.
//
// The modules stand one after another within a function, so no two of them may use one name.
import { readFileSync, writeFileSync } from 'node:fs'
import { minify } from 'terser'

const folder = new URL('../dist/src/tag/', import.meta.url)

const owners = new Map()
const done = new Set()

/** @returns the text of a module, after that of those it imports which aren't there yet. */
function bundle(url) {
  if (done.has(url.href)) return ''
  done.add(url.href)
  const text = readFileSync(url, 'utf8')
  for (const [, name] of text.matchAll(/^(?:export )?(?:async )?(?:const|let|function) (\w+)/gm)) {
    if (owners.has(name)) throw new Error(`${name} is in ${owners.get(name)} and in ${url.pathname}`)
    owners.set(name, url.pathname)
  }
  const imported = [...text.matchAll(/^import .* from '(\.[^']+)';$/gm)].map(([, from]) =>
    bundle(new URL(from, url)),
  )
  const own = text.replace(/^import .*$/gm, '').replace(/^export (\{\};)?/gm, '')
  return imported.join('') + own
}

const source = `(function(){'use strict';${bundle(new URL('tag.js', folder))}})()`
const { code } = await minify(source, {
  ecma: 2019,
  compress: { passes: 3, unsafe_arrows: true },
  format: { ascii_only: true },
})
writeFileSync(new URL('tag.min.js', folder), code)
