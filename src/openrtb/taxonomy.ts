/**
 * Categories of other taxonomies by what they mean in content 1.0, which shops state theirs in and
 * bids carry (`cattax` 1; OpenRTB 2.6, AdCOM's list of category taxonomies).
 */
import {
  contentAlso,
  contentThreeOfOne,
  contentThreeTree,
  contentTwoOfOne,
  contentTwoTree,
  productsOfOne,
  productTree,
} from './taxonomy-data.js'

const names: ReadonlyMap<number, string> = new Map([
  [1, 'IAB content 1.0'],
  [2, 'IAB content 2.0'],
  [3, 'IAB ad product 1.0'],
  [4, 'IAB audience 1.1'],
  [5, 'IAB content 2.1'],
  [6, 'IAB content 2.2'],
  [7, 'IAB content 3.0'],
  [8, 'IAB ad product 2.0'],
  [9, 'IAB content 3.1'],
])

/** @returns '' for a number that is no taxonomy's, as an exchange's own (500 and up) is. */
export function taxonomyName(taxonomy: number): string {
  return names.get(taxonomy) ?? ''
}

/** Content 1.0 that is about nothing else: its first tier is as narrow as others' second. */
const narrowFirstTiers: ReadonlySet<string> = new Set(['IAB25', 'IAB26'])

/** A taxonomy, and which categories of content 1.0 each of its own stands for. */
interface Taxonomy {
  readonly blocked: ReadonlyMap<string, readonly string[]>
  readonly allowed: ReadonlyMap<string, readonly string[]>
}

/** Ids are known where they stand in the tree or in `meanings`, by id: categories of content 1.0. */
interface Source {
  readonly children: ReadonlyMap<string, readonly string[]>
  readonly meanings: ReadonlyMap<string, readonly string[]>
  /** Whether a first tier of content 1.0 counts only where it stands for a first tier here. */
  readonly isProduct: boolean
}

const one = contentOne()
const two = compile(contentSource(treeOf(contentTwoTree), {}))
const three = compile(
  contentSource(
    new Map([...treeOf(contentTwoTree), ...treeOf(contentThreeTree)]),
    contentThreeOfOne,
  ),
)
const product = compile({
  children: treeOf(productTree),
  meanings: inverted(Object.entries(productsOfOne)),
  isProduct: true,
})
const taxonomies: ReadonlyMap<number, Taxonomy> = new Map([
  [1, one],
  [2, two],
  [5, two],
  [6, two],
  [7, three],
  [8, product],
  [9, three],
])

/**
 * The categories of content 1.0 that a blocked category stands for: the ones that lie within it; where
 * it is finer than content 1.0, the one that holds it, unless that is a whole first tier, which would
 * block shops that nobody meant. A first tier in the answer stands for its second tiers too.
 *
 * @param taxonomy `cattax`.
 * @returns none where content 1.0 has nothing like it; null for an id or a taxonomy that isn't known.
 */
export function contentOneOf(taxonomy: number, id: string): readonly string[] | null {
  return taxonomies.get(taxonomy)?.blocked.get(id) ?? null
}

/** As `contentOneOf`, but for an allowed one: only what lies within it altogether. */
export function contentOneWithin(taxonomy: number, id: string): readonly string[] | null {
  return taxonomies.get(taxonomy)?.allowed.get(id) ?? null
}

function contentOne(): Taxonomy {
  const own = new Map<string, readonly string[]>()
  for (const [index, list] of contentTwoOfOne.entries())
    for (const tier of list.split(' ').keys()) {
      const id = oneId(index, tier)
      own.set(id, [id])
    }
  return { blocked: own, allowed: own }
}

function oneId(index: number, tier: number): string {
  return tier === 0 ? `IAB${index + 1}` : `IAB${index + 1}-${tier}`
}

/** @param replaced of some categories of content 1.0, the id that stands for them instead. */
function contentSource(
  children: Source['children'],
  replaced: Readonly<Record<string, string>>,
): Source {
  const pairs: [one: string, ids: string][] = Object.entries(contentAlso)
  for (const [index, list] of contentTwoOfOne.entries())
    for (const [tier, id] of list.split(' ').entries())
      if (id !== '-') pairs.push([oneId(index, tier), replaced[oneId(index, tier)] ?? id])
  const known = new Set([...children].flatMap(([parent, within]) => [parent, ...within]))
  const meanings = [...inverted(pairs)].filter(([id]) => known.has(id))
  return { children, meanings: new Map(meanings), isProduct: false }
}

/** `parent: child a-b …`, a line each. */
function treeOf(lines: readonly string[]): Map<string, readonly string[]> {
  return new Map(
    lines.map((line): [string, readonly string[]] => {
      const [parent = '', list = ''] = line.split(/: ?/)
      return [parent, idsOf(list)]
    }),
  )
}

function idsOf(list: string): readonly string[] {
  if (list === '') return []
  return list.split(' ').flatMap((part) => {
    const [first = '', last] = part.split('-')
    if (last === undefined) return [first]
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => `${+first + i}`)
  })
}

function inverted(pairs: readonly (readonly [one: string, ids: string])[]): Source['meanings'] {
  const meanings = new Map<string, string[]>()
  for (const [category, list] of pairs)
    for (const id of idsOf(list)) {
      const known = meanings.get(id)
      if (known === undefined) meanings.set(id, [category])
      else known.push(category)
    }
  return meanings
}

function compile(source: Source): Taxonomy {
  const parents = new Map<string, string>()
  for (const [parent, within] of source.children)
    for (const child of within) parents.set(child, parent)
  const blocked = new Map<string, readonly string[]>()
  const allowed = new Map<string, readonly string[]>()
  const known = [...source.children.keys(), ...parents.keys(), ...source.meanings.keys()]
  for (const id of new Set(known)) {
    const within = meaningsWithin(id, source, parents)
    blocked.set(id, within.length > 0 ? within : holderOf(id, source, parents))
    allowed.set(
      id,
      within.filter((category) => isWhole(category, within, source)),
    )
  }
  return { blocked, allowed }
}

function meaningsWithin(
  id: string,
  source: Source,
  parents: ReadonlyMap<string, string>,
): readonly string[] {
  const { children, meanings, isProduct } = source
  const found = new Set<string>()
  const open = [id]
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    open.push(...(children.get(each) ?? []))
    for (const category of meanings.get(each) ?? [])
      if (isNarrow(category) || !isProduct || !parents.has(each)) found.add(category)
  }
  return [...found].sort()
}

/** What the closest category around this one means, unless that is a first tier of content 1.0. */
function holderOf(
  id: string,
  { meanings }: Source,
  parents: ReadonlyMap<string, string>,
): readonly string[] {
  for (let at = parents.get(id); at !== undefined; at = parents.get(at)) {
    const meant = meanings.get(at)
    if (meant !== undefined) return meant.every(isNarrow) ? meant : []
  }
  return []
}

function isNarrow(category: string): boolean {
  return category.includes('-') || narrowFirstTiers.has(category)
}

/** A first tier is allowed as a whole, so all of its second tiers must be. */
function isWhole(category: string, within: readonly string[], source: Source): boolean {
  if (category.includes('-')) return true
  for (const meant of source.meanings.values())
    for (const other of meant)
      if (other.startsWith(`${category}-`) && !within.includes(other)) return false
  return true
}
