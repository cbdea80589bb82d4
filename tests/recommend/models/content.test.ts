// Goal: products are found by what is alike in them, and by words of a search, at once after they are published.
// Method: small catalogues beside all pairs compared by the same worths; samples counted; slips of random words
// against all ways to make one.
import { strict as check } from 'node:assert'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import type { ProductFacts } from '../../../src/recommend/facts.js'
import { ItemTable } from '../../../src/recommend/item-table.js'
import {
  buildContent,
  type ProductText,
  postingsMax,
} from '../../../src/recommend/models/content-build.js'
import { ContentIndex } from '../../../src/recommend/models/content-index.js'
import { familyOf } from '../../../src/recommend/models/family.js'
import { Found } from '../../../src/recommend/models/found.js'
import { Similar } from '../../../src/recommend/models/similar.js'
import { buildWordBuckets, NearWords } from '../../../src/recommend/models/word-buckets.js'
import { factsOf, foundBy } from './given-actions.js'

const textsOf = (titles: readonly string[]): ProductText[] =>
  titles.map((title, item) => ({ item, title, link: '' }))

function indexOf(titles: readonly string[], facts: ProductFacts = factsOf(titles.length)) {
  const index = new ContentIndex(buildContent(textsOf(titles), facts, titles.length))
  return { index, similar: new Similar(index, facts), found: new Found(index, facts) }
}

/** By all products compared: rarity of shared words, category, brand, price; a family counts once. */
function naiveSimilar(titles: readonly string[], facts: ProductFacts, given: number): number[] {
  const words = titles.map(
    (title, item) =>
      new Set([
        ...title.split(' '),
        ...(facts.brand[item]! < 0 ? [] : [facts.brands[facts.brand[item]!]!]),
        ...(facts.category[item]! < 0 ? [] : [facts.categories[facts.category[item]!]!]),
      ]),
  )
  const max = Math.log(1 + titles.length)
  const worths = titles.map((_, item) => {
    if (item === given) return 0
    let worth = 0
    for (const word of words[given]!)
      if (words[item]!.has(word))
        worth += Math.log(1 + titles.length / words.filter((other) => other.has(word)).length)
    if (facts.category[item]! >= 0 && facts.category[item] === facts.category[given])
      worth += 0.5 * max
    if (facts.brand[item]! >= 0 && facts.brand[item] === facts.brand[given]) worth += 0.15 * max
    const apart =
      Math.abs(Math.log(facts.priceMicros[item]! / facts.priceMicros[given]!)) / Math.log(2.5)
    return worth > 0 && apart < 1 ? worth + 0.25 * max * (1 - apart) : worth
  })
  return worths
}

test('similar: the worths that all pairs compared have', () => {
  let comparedCount = 0
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed)
    const count = 20 + random.below(80)
    // Words stay below eight a product, so that all of them count.
    const titles = Array.from({ length: count }, () =>
      Array.from({ length: 1 + random.below(5) }, () => `w${random.below(30)}`).join(' '),
    )
    const facts = factsOf(
      count,
      () => random.below(6) - 1,
      () => random.below(9) - 1,
    )
    for (let item = 0; item < count; item++) facts.priceMicros[item] = 10 ** random.below(3) * 7e6
    const { index, similar } = indexOf(titles, facts)
    for (let given = 0; given < count; given += 7) {
      const worths = naiveSimilar(titles, facts, given)
      const found = foundBy(similar, { products: [given] }, count, count)
      const families = new Set([familyOf(given, index, facts)])
      const firsts = found.filter((item) => {
        const family = familyOf(item, index, facts)
        return !families.has(family) && families.add(family) !== null
      })
      const at = firsts.map((item) => worths[item]!)
      for (let i = 1; i < Math.min(8, at.length); i++)
        check.ok(at[i]! <= at[i - 1]! + 1e-9, `seed ${seed}: like ${given}, place ${i}`)
      // Nothing that is better was left out: what isn't found has nothing but its price in common.
      for (let item = 0; item < count; item++)
        if (!found.includes(item)) check.equal(worths[item], 0, `seed ${seed}: like ${given}`)
      comparedCount += found.length
    }
  }
  expect(comparedCount).toBeGreaterThan(5_000)
})

test('postings: of a common word a spread part, in stock first', () => {
  const count = 4_000
  const facts = factsOf(count)
  for (let item = 0; item < count; item++) facts.flags[item] = item % 10 === 0 ? 3 : 1
  const titles = Array.from({ length: count }, (_, item) => `shoe x${item % 2_000}`)
  const parts = buildContent(textsOf(titles), facts, count)
  const shoe = new ItemTable(parts.terms).indexOf('shoe')
  check.equal(parts.counts[shoe], count)
  const posted = [
    ...parts.postings.subarray(parts.postingStarts[shoe]!, parts.postingStarts[shoe + 1]!),
  ]
  check.equal(posted.length, postingsMax)
  check.equal(new Set(posted).size, postingsMax)
  check.equal(posted.filter((item) => item % 10 === 0).length, 400, 'all in stock')
  for (let quarter = 0; quarter < 4; quarter++) {
    const own = posted.filter((item) => Math.floor(item / 1_000) === quarter && item % 10 !== 0)
    expect(own.length).toBeGreaterThan(22)
    expect(own.length).toBeLessThan(28)
  }
})

test('a product of a minute ago is found at once, and finds others', () => {
  const titles = ['Zephyr running shoe red', 'Boreal trail shoe', 'Leather belt', 'Zephyr sock']
  const facts = factsOf(8, (item) => (item === 2 ? 1 : 0))
  const { index, similar, found } = indexOf(titles, facts)
  const before = foundBy(similar, { products: [0] }, 8)
  check.equal(index.add({ item: 6, title: 'Zéphyr running shoe blue', link: '' }, facts), true)
  check.equal(foundBy(similar, { products: [0] }, 8)[0], 6)
  check.deepEqual(foundBy(similar, { products: [6] }, 8)[0], 0)
  check.deepEqual(foundBy(found, { text: 'blue zephyr' }, 8)[0], 6)
  check.deepEqual(before.includes(6), false)
  index.add({ item: 7, title: 'Quux gadget', link: '' }, facts)
  check.deepEqual(foundBy(found, { text: 'QUUX' }, 8), [7])
  index.add({ item: 7, title: 'Quux gadget', link: '' }, facts)
  check.deepEqual(foundBy(found, { text: 'gadget' }, 8), [7], 'told twice')
  index.add({ item: 7, title: 'Frobnicator', link: '' }, facts)
  check.deepEqual(foundBy(found, { text: 'gadget' }, 8), [], 'it has another title now')
  check.deepEqual(foundBy(found, { text: 'frobnicator' }, 8), [7])
})

test('similar: the newest of the visit where the page is about none; sizes of one product count once', () => {
  const titles = [
    'Alpine tent two',
    'Alpine tent three',
    'Desert tent',
    'Wool sock S',
    'Wool sock M',
    'Wool sock L',
    'Wool hat',
  ]
  const facts = factsOf(7)
  const parts = buildContent(
    titles.map((title, item) => ({
      item,
      title,
      link: item >= 3 && item <= 5 ? `/p/sock?size=${item}` : `/p/${item}`,
    })),
    facts,
    7,
  )
  const similar = new Similar(new ContentIndex(parts), facts)
  check.deepEqual(foundBy(similar, { session: [3, 0] }, 7), [1, 2])
  check.deepEqual(foundBy(similar, { products: [3] }, 7), [6, 4, 5], 'other sizes last')
  check.deepEqual(foundBy(similar, { products: [6] }, 7)[0], 3)
  check.deepEqual(foundBy(similar, {}, 7), [])
})

test('search: more of the words, rarer words, other endings, one slip', () => {
  const titles = [
    'Red running shoes',
    'Red dress',
    'Blue running shoes',
    'Sneaker white',
    'Beige sofa',
    'Sofa bed beige',
    'Pegasus 39 trainers',
  ]
  const { found } = indexOf(titles)
  const search = (text: string): number[] => foundBy(found, { text }, 7)
  check.equal(search('red shoes')[0], 0)
  check.deepEqual(search('red shoes').length, 3)
  check.deepEqual(search('shoe').sort(), [0, 2])
  check.deepEqual(search('sneakers'), [3])
  check.deepEqual(search('sneakre'), [3])
  check.deepEqual(search('sneaer'), [3])
  check.deepEqual(search('pega'), [6])
  check.deepEqual(search('39'), [6])
  check.deepEqual(search('zzzz'), [])
  check.deepEqual(search('   '), [])
  check.deepEqual(search(`${'x '.repeat(5_000)}red`), [], 'a search that is no search')
})

test('near words: one slip behind the first three letters, and only one', () => {
  const letters = [...'abcde']
  let foundCount = 0
  for (let seed = 1; seed <= 3_000; seed++) {
    const random = new Random(seed)
    const word = (): string =>
      `xyz${Array.from({ length: 2 + random.below(4) }, () => random.pick(letters)).join('')}`
    const table = new ItemTable()
    const known = word()
    table.add(known)
    const parts = table.parts()
    const near = new NearWords(parts, buildWordBuckets(parts), Int32Array.of(1))
    const wanted = random.chance(0.5) ? word() : slipped(known, random, letters)
    const isNear = isOneSlip(known, wanted) || known.startsWith(wanted)
    const isEnding = wanted.startsWith(known) && wanted.length - known.length <= 2
    const count = near.find(wanted)
    check.equal(count, isNear || isEnding ? 1 : 0, `seed ${seed}: ${wanted} for ${known}`)
    foundCount += count
  }
  expect(foundCount).toBeGreaterThan(1_000)
})

function slipped(word: string, random: Random, letters: readonly string[]): string {
  const at = 3 + random.below(word.length - 3)
  const head = word.slice(0, at)
  switch (random.below(4)) {
    case 0:
      return head + word.slice(at + 1)
    case 1:
      return head + random.pick(letters) + word.slice(at)
    case 2:
      return head + random.pick(letters) + word.slice(at + 1)
    default:
      return head + word.slice(at + 1, at + 2) + word.slice(at, at + 1) + word.slice(at + 2)
  }
}

/** By trying: all that one slip behind the third letter makes of a word. */
function isOneSlip(known: string, wanted: string): boolean {
  const all = new Set<string>([known])
  for (let at = 3; at <= known.length; at++) {
    const head = known.slice(0, at)
    all.add(head + known.slice(at + 1))
    for (const letter of 'abcde') {
      all.add(head + letter + known.slice(at))
      if (at < known.length) all.add(head + letter + known.slice(at + 1))
    }
    if (at + 1 < known.length) all.add(head + known[at + 1]! + known[at]! + known.slice(at + 2))
  }
  return all.has(wanted)
}
