// Goal: books that are killed at any moment have all that they said was kept, once, and are whole: who is who, what they
// did, lists; and bidders are told all of it afterwards. Method: a process that takes events, forgets people and replaces a
// list as fast as it can is killed again and again, also in the middle of a transaction; what is left is read here, and
// held against what the process had said by then, and against itself.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { openLog } from '../../src/base/log.js'
import { Random } from '../../src/base/random.js'
import { applyLists } from '../../src/people/apply-lists.js'
import { Books } from '../../src/people/books.js'
import { fold } from '../../src/people/fold.js'
import { Writer } from '../../src/people/intake.js'
import { readList } from '../../src/people/lists.js'
import { decodePerson, type Person } from '../../src/people/person.js'
import { eventsOf } from '../../src/people/privacy.js'
import { Publisher } from '../../src/people/publisher.js'
import { LmdbTables } from '../../src/people/store-lmdb.js'
import { profilesConfigSchema } from '../../src/profiles/config.js'
import { emptySlice } from '../../src/profiles/slice.js'
import { LmdbProfileStore } from '../../src/profiles/store-lmdb.js'
import { listsOnly, mapBytes } from './people-world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
console.info(`seed: ${seed}`)
const lives = 10
const shop = 'shop'
const root = fileURLToPath(new URL('../../', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'grosz-crash-'))
const compiled = join(work, 'compiled')
afterAll(() => rmSync(work, { recursive: true, force: true }))

// The process needs JavaScript: the sources are compiled aside, so that the test depends on no build.
beforeAll(() => {
  const entries = ['people/publisher', 'people/intake', 'people/store-lmdb', 'people/apply-lists']
  entries.push('people/privacy', 'profiles/store-lmdb', 'base/random')
  execFileSync(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    ...['--ignoreConfig', '--outDir', compiled, '--rootDir', join(root, 'src')],
    ...['--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--noCheck'],
    ...entries.map((name) => join(root, `src/${name}.ts`)),
  ])
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
  writeFileSync(join(work, 'package.json'), '{"type":"module"}')
})

/** @returns what it said until it was killed, some time after it had said so much. */
function live(life: number, killAfterLines: number, killAfterMs: number): Promise<string[][]> {
  const program = join(root, 'tests/people/crash-writer.mjs')
  const child = spawn(process.execPath, [program, compiled, work, `${life}`, `${seed + life}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  let count = 0
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
    const before = count
    count += part.split('\n').length - 1
    if (before < killAfterLines && count >= killAfterLines)
      setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  })
  return new Promise((resolve, reject) => {
    child.on('close', (_, signal) => {
      // The last line may have been cut in the middle.
      const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
      if (signal === 'SIGKILL') resolve(lines.map((line) => line.split(' ')))
      else reject(new Error(`ended by itself: ${text.slice(-2_000)}`))
    })
  })
}

test('whatever it is killed in, the books are whole and have all that was promised', async () => {
  const random = new Random(seed)
  const taken = new Set<string>()
  const erased: string[] = []
  const lists = new Map<string, readonly string[]>()
  /** The last list that was promised, and those that came whole after it. */
  let last: string[] = []
  for (let life = 0; life < lives; life++) {
    const lines = await live(life, 5 + random.below(200), random.below(30))
    for (const [what, ...words] of lines) {
      expect(what, words.join()).not.toBe('wrong')
      if (what === 'taken') for (const id of words) taken.add(id)
      else if (what === 'erased') erased.push(words[0]!)
      else if (what === 'committed') last = [words[0]!]
      else if (what === 'sent') {
        last.push(words[0]!)
        lists.set(words[0]!, words.slice(1))
      }
    }
  }
  console.info(`${taken.size} events, ${erased.length} forgotten, ${lists.size} lists`)

  const books = new Books(new LmdbTables(join(work, 'books'), { mapBytes }))
  const store = new LmdbProfileStore(
    join(work, 'profiles'),
    profilesConfigSchema.parse({ mapBytes }),
  )
  const publisher = new Publisher({ books, store, log: openLog('test', 'silent') })
  const writer = new Writer({
    ...{ books, clock: systemClock, waitingMax: 100_000 },
    segmentsOf: () => listsOnly('list'),
    onChanged: () => publisher.wake(),
  })
  // What it was killed in is gone on with, as at any start.
  await applyLists({ books, writer, clock: systemClock }, [shop])
  await writer.close()
  for (let i = 0; publisher.waitingCount > 0 && i < 1_000; i++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  expect(publisher.waitingCount).toBe(0)

  const book = books.forShop(shop)
  const people: Person[] = []
  for (const { id, bytes } of book.people('', 1_000_000))
    people.push(decodePerson(id, Buffer.from(bytes)))

  const logged: string[] = []
  for (const person of people) {
    const events = [...eventsOf(book, person)].map(({ event }) => event)
    logged.push(...events.map(({ messageId }) => messageId))
    if (person.former.length > 0) continue
    const { segments: _, ...slice } = person.slice
    const { segments: __, ...folded } = events.reduce(fold, emptySlice)
    expect(slice, person.identifiers.join()).toEqual(folded)
  }
  expect(new Set(logged).size).toBe(logged.length)
  const kept = new Set(logged)
  expect([...taken].filter((id) => !kept.has(id))).toEqual([])
  for (const id of logged) expect(book.hasMessage(id), id).toBe(true)

  for (const { id, identifiers } of people)
    for (const identifier of identifiers) expect(book.link(identifier), identifier).toBe(id)
  const names = people.flatMap(({ identifiers }) => identifiers)
  expect(books.tables.count('links')).toBe(names.length)
  for (const name of erased) expect(names).not.toContain(`cust:${name}`)

  const members = new Set(
    people
      .filter(({ slice }) => slice.segments.length > 0)
      .flatMap(({ identifiers }) => identifiers),
  )
  const wanted = last.map((upload) => [...(lists.get(upload) ?? [])].toSorted())
  const { memberCount, applying } = readList(book, 'list')
  expect(wanted).toContainEqual([...members].toSorted())
  expect([memberCount, applying]).toEqual([members.size, null])

  const slices = store.forShop(shop)
  const uids = names.filter((name) => name.startsWith('uid:')).map((name) => name.slice(4))
  for (const person of people)
    for (const identifier of person.identifiers)
      if (identifier.startsWith('uid:'))
        expect(await slices.get(identifier.slice(4)), identifier).toEqual(person.slice)
  for (const name of erased) expect(await slices.get(name), name).toBeNull()
  expect(uids.length).toBeGreaterThan(30)
  await publisher.close()
  await store.close()
  await books.close()
}, 120_000)
