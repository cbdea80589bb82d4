// Goal: what the operator reads in docs/operations.md is what there is. Method: its table of metrics
// beside the vocabulary, its settings beside config/default.yaml.
import { strict as check } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import { families } from './vocabulary.js'

const root = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const page = read('docs/operations.md')

test('the table of metrics has each metric, its type and its labels', () => {
  const rows = page.matchAll(/^\| `(grosz_\w+)` \| (\w+) \| ([^|]*)\| .+ \|$/gm)
  const described = [...rows].map(([, name, type, labels]) => {
    const names = [...labels!.matchAll(/`(\w+)`/g)].map((match) => match[1])
    return `${name} ${type} ${names.join()}`
  })
  const written = [...families].map(
    ([name, { type, labels }]) => `${name} ${type} ${labels.join()}`,
  )
  check.deepEqual(described.sort(), written.sort())
})

test('every setting that it names exists', () => {
  const known = new Set(read('config/default.yaml').match(/\bGROSZ_\w+/g))
  for (const name of new Set(page.match(/\bGROSZ_\w+/g))) check.ok(known.has(name), name)
})
