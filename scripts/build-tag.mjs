// Makes the scripts that shops' pages load, each of the compiled modules of its folder and those they import:
// dist/src/tag/tag.min.js, dist/src/widget/widget.min.js. `TCF_VENDOR_ID` stays in the tag for the collector to
// fill in.
//
// The modules stand one after another within a function, so no two of them may use one name.
import { readFileSync, writeFileSync } from 'node:fs'
import { minify } from 'terser'

const dist = new URL('../dist/src/', import.meta.url)

/**
 * @param owners names so far, each with the module that has it.
 * @param done modules that are there already.
 * @returns the text of a module, after that of those it imports which aren't there yet.
 */
function bundle(url, owners, done) {
  if (done.has(url.href)) return ''
  done.add(url.href)
  const text = readFileSync(url, 'utf8')
  for (const [, name] of text.matchAll(/^(?:export )?(?:async )?(?:const|let|function) (\w+)/gm)) {
    if (owners.has(name)) throw new Error(`${name} is in ${owners.get(name)} and in ${url.pathname}`)
    owners.set(name, url.pathname)
  }
  const imported = [...text.matchAll(/^import .* from '(\.[^']+)';$/gm)].map(([, from]) =>
    bundle(new URL(from, url), owners, done),
  )
  const own = text.replace(/^import .*$/gm, '').replace(/^export (\{\};)?/gm, '')
  return imported.join('') + own
}

for (const name of ['tag', 'widget']) {
  const folder = new URL(`${name}/`, dist)
  const modules = bundle(new URL(`${name}.js`, folder), new Map(), new Set())
  const { code } = await minify(`(function(){'use strict';${modules}})()`, {
    ecma: 2019,
    // Unsafe only where something was done with built-ins that nothing here does.
    compress: { passes: 3, unsafe: true, unsafe_arrows: true },
    // Only the widget has words of other alphabets, and it is served as UTF-8.
    format: { ascii_only: name === 'tag' },
  })
  writeFileSync(new URL(`${name}.min.js`, folder), code)
}
