// Goal: what a publisher blocks is blocked whichever taxonomy it names it in, and no shop is blocked by a
// number that only looks like its own.
// Method: the data's own shape first (every id once, every tree a tree), then cases from the published
// taxonomies, read in their files.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { contentOneOf, contentOneWithin, taxonomyName } from '../../src/openrtb/taxonomy.js'
import {
  contentThreeTree,
  contentTwoOfOne,
  contentTwoTree,
  productsOfOne,
  productTree,
} from '../../src/openrtb/taxonomy-data.js'

const blocked = (taxonomy: number, id: string | number) => contentOneOf(taxonomy, String(id))
const range = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => String(first + i))
const ids = (list: string): string[] =>
  list.split(' ').flatMap((part) => {
    const [first, last] = part.split('-').map(Number)
    return Number.isNaN(first) ? [part] : range(first!, last ?? first!)
  })
const childrenIn = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => (line.endsWith(':') ? [] : ids(line.slice(line.indexOf(': ') + 2))))

test('content 1.0 is whole', () => {
  const secondTiers = [
    ...[7, 23, 12, 11, 15, 9, 45, 18, 31, 9, 5, 3, 12, 8, 10, 7, 44, 6, 36, 27, 3, 4, 10, 0, 7, 4],
  ]
  check.deepEqual(
    contentTwoOfOne.map((list) => list.split(' ').length - 1),
    secondTiers,
  )
  for (const [index, count] of secondTiers.entries()) {
    check.deepEqual(blocked(1, `IAB${index + 1}`), [`IAB${index + 1}`])
    if (count > 0)
      check.deepEqual(blocked(1, `IAB${index + 1}-${count}`), [`IAB${index + 1}-${count}`])
    check.equal(blocked(1, `IAB${index + 1}-${count + 1}`), null)
  }
  check.equal(blocked(1, 'IAB27'), null)
})

test('content 2.x and ad product 2.0 have each id once', () => {
  const roots =
    '1 42 52 123 132 150 186 201 210 223 239 274 286 324 338 379 391 422 432 441 453 464 473'
  const topics = [...roots.split(' '), ...['483', '552', '596', '640', '653', '680']]
  const content = [...topics, ...childrenIn(contentTwoTree)].filter((id) => Number(id) < 1_000)
  check.deepEqual(
    content.map(Number).sort((a, b) => a - b),
    range(1, 698).map(Number),
  )

  const inTree = childrenIn(productTree)
  check.equal(new Set(inTree).size, inTree.length, 'an id lies within two')
  const mapped = Object.values(productsOfOne).flatMap(ids)
  check.deepEqual(mapped.sort(), range(1_000, 1_582), 'each ad product means one category')
  for (const id of range(1_000, 1_582)) check.notEqual(blocked(8, id), null, id)
})

test('content 3.x moves ids, and none lies within two', () => {
  const moved = new Set(contentThreeTree.map((line) => line.split(':')[0]))
  const stayed = contentTwoTree.filter((line) => !moved.has(line.split(':')[0]))
  const inTree = childrenIn([...stayed, ...contentThreeTree])
  const twice = inTree.filter((id, at) => inTree.indexOf(id) !== at)
  check.deepEqual(twice, [])
})

test('a blocked category stands for those within it', () => {
  check.deepEqual(blocked(2, 552), [
    'IAB18',
    'IAB18-1',
    'IAB18-2',
    'IAB18-3',
    'IAB18-4',
    'IAB18-5',
    'IAB18-6',
  ])
  check.deepEqual(blocked(2, 553), ['IAB18-1'])
  check.deepEqual(blocked(5, 211), ['IAB8-18', 'IAB8-5'])
  check.deepEqual(blocked(6, 386), ['IAB11-4'])
  check.deepEqual(blocked(7, 453), blocked(2, 453))
  check.ok(blocked(2, 286)!.includes('IAB7-39') && !blocked(2, 286)!.includes('IAB7'))
  // Entertainment holds films, music and television in 3.x only.
  check.deepEqual(blocked(9, 'JLBCU7'), ['IAB1', 'IAB1-5', 'IAB1-6', 'IAB1-7'])
  check.equal(blocked(2, 'JLBCU7'), null)
  check.deepEqual(blocked(6, 'Rm3SiT'), ['IAB25-3'])
  check.deepEqual(blocked(8, 1002), ['IAB8-18', 'IAB8-5', 'IAB8-9'])
  check.deepEqual(blocked(8, 1361), ['IAB25'])
  check.deepEqual(blocked(8, 1059), ['IAB18-5'])
  check.deepEqual(blocked(8, 1291), ['IAB7-44'])
  check.deepEqual(blocked(8, 1288), ['IAB10-4'])
  check.deepEqual(blocked(8, 1271), ['IAB18-1'])
  check.ok(blocked(8, 1058)!.includes('IAB18'))
})

test('a finer one stands for the one that holds it, but never for a whole first tier', () => {
  check.deepEqual(blocked(2, 387), ['IAB11-4'])
  check.deepEqual(blocked(2, 559), ['IAB18-1'])
  check.deepEqual(blocked(2, 567), ['IAB18-5'])
  check.deepEqual(blocked(2, 690), ['IAB9-30'])
  // Lotteries lie within shopping: no shop is meant.
  check.deepEqual(blocked(2, 480), [])
  check.deepEqual(blocked(8, 1269), [])
})

test('what is not known is not guessed', () => {
  for (const [taxonomy, id] of [
    [7, 'IAB1'],
    [1, '150'],
    [2, '9999'],
    [2, ''],
    [2, 'constructor'],
    [3, '1'],
    [4, '1'],
    [500, '1'],
    [0, 'IAB1'],
    [20, 'IAB1'],
    [Number.NaN, 'IAB1'],
  ] as const)
    check.equal(blocked(taxonomy, id), null, `${taxonomy} ${id}`)
  check.deepEqual(blocked(7, 150), ['IAB20-25'])
  check.equal(taxonomyName(8), 'IAB ad product 2.0')
  check.equal(taxonomyName(500), '')
})

test('an allowed category lets in only what lies within it altogether', () => {
  check.deepEqual(contentOneWithin(1, 'IAB7-39'), ['IAB7-39'])
  check.deepEqual(contentOneWithin(2, '387'), [])
  // Content 1.0 has health as one first tier; healthy living is a part of it.
  const healthy = contentOneWithin(2, '223')!
  check.ok(healthy.includes('IAB7-44') && !healthy.includes('IAB7') && !healthy.includes('IAB7-11'))
  check.ok(contentOneWithin(2, '483')!.includes('IAB17-44'))
  check.ok(contentOneWithin(8, '1361')!.includes('IAB25'))
  check.ok(!contentOneWithin(8, '1058')!.includes('IAB18'))
  check.equal(contentOneWithin(3, '1'), null)
})
