// A small world: a shop's model of which every source says what the test gives it.
import {
  type SlotInput,
  type SourceName,
  slotSchema,
  sourceNames,
} from '../../../src/catalogue/slots.js'
import type { Choice, ChoiceFilters } from '../../../src/recommend/choose/choice.js'
import { chosenByName, noFilters } from '../../../src/recommend/choose/choice.js'
import { Chooser } from '../../../src/recommend/choose/chooser.js'
import { compileSlot } from '../../../src/recommend/choose/compile-slot.js'
import { FilledQuery } from '../../../src/recommend/choose/query-of.js'
import { FactFlag } from '../../../src/recommend/facts.js'
import { ItemTable } from '../../../src/recommend/item-table.js'
import type { ShopModel } from '../../../src/recommend/model.js'
import type { Query, Source } from '../../../src/recommend/query.js'
import type { Scores } from '../../../src/recommend/scores.js'

export interface GivenProduct {
  readonly id: string
  readonly price?: number
  readonly margin?: number
  readonly category?: string
  readonly brand?: string
  readonly group?: string
  readonly stock?: boolean
  readonly listed?: boolean
}

/** What a source finds: ids, best first, whatever is asked; or as the query has it. */
export type Finds = readonly string[] | ((query: Query) => readonly (readonly [string, number])[])

/** Plain categories with all those above them, and each one's place among them. */
function categoriesOf(products: readonly GivenProduct[]): string[] {
  const all = new Set<string>()
  for (const { category } of products) {
    const steps = (category ?? '').split('/').filter((step) => step !== '')
    for (let depth = 1; depth <= steps.length; depth++) all.add(steps.slice(0, depth).join('/'))
  }
  return [...all]
}

export function worldOf(
  products: readonly GivenProduct[],
  finds: Partial<Record<SourceName, Finds>>,
): ShopModel {
  const items = new ItemTable()
  for (const { id } of products) items.add(id)
  const categories = categoriesOf(products)
  const brands = [...new Set(products.map(({ brand }) => brand ?? ''))].filter((it) => it !== '')
  const groups = [...new Set(products.flatMap(({ group }) => group ?? []))]
  const flags = (it: GivenProduct): number =>
    it.listed === false ? 0 : FactFlag.listed | (it.stock === false ? 0 : FactFlag.inStock)
  const sources = {} as Record<SourceName, Source>
  for (const name of sourceNames) sources[name] = sourceOf(items, finds[name] ?? own[name] ?? [])
  return {
    items,
    facts: {
      flags: Uint8Array.from(products, flags),
      priceMicros: Float64Array.from(products, (it) => (it.price ?? 10) * 1e6),
      marginShare: Float32Array.from(products, (it) => it.margin ?? -1),
      category: Int32Array.from(products, (it) => categories.indexOf(it.category ?? '')),
      brand: Int32Array.from(products, (it) => brands.indexOf(it.brand ?? '')),
      group: Int32Array.from(products, (it) => groups.indexOf(it.group ?? '')),
      groupCount: groups.length,
      categories,
      parent: Int32Array.from(categories, (it) =>
        categories.indexOf(it.split('/').slice(0, -1).join('/')),
      ),
      brands,
    },
    sources,
  }
}

type Own = Partial<Record<SourceName, (query: Query) => readonly (readonly [number, number])[]>>
/** Those that say what the query has. */
const own: Own = {
  'recently-viewed': ({ viewed }) => viewed.map((item, place) => [item, 1 / (1 + place)]),
  cart: ({ cart }) => cart.map((item, place) => [item, 1 / (1 + place)]),
}

function sourceOf(
  items: ItemTable,
  finds: Finds | ((query: Query) => readonly (readonly [number, number])[]),
): Source {
  return {
    gather(query: Query, scores: Scores): void {
      const found =
        typeof finds === 'function'
          ? finds(query)
          : finds.map((id, place) => [id, finds.length - place] as const)
      for (const [found1, score] of found)
        scores.add(typeof found1 === 'string' ? items.indexOf(found1) : found1, score)
    },
  }
}

export interface Asked {
  readonly query?: Partial<Omit<FilledQuery, 'page'>>
  readonly variant?: string
  readonly limit?: number
  readonly excluded?: readonly number[]
  readonly filters?: Partial<ChoiceFilters>
  readonly seed?: number
}

const chooser = new Chooser()

export const choose = (model: ShopModel, input: Partial<SlotInput>, asked: Asked = {}): Choice =>
  drawerOf(model, input, asked)(asked.seed ?? 1)

/**
 * Makes ready once for many draws. Without diversity where the slot doesn't ask for it: order is by score then.
 *
 * @returns draws with a seed; the choice holds until the next draw.
 */
export function drawerOf(
  model: ShopModel,
  input: Partial<SlotInput>,
  asked: Asked = {},
): (seed: number) => Choice {
  const slot = slotSchema.parse({
    id: 'slot',
    page: 'home',
    ...input,
    rules: { diversity: 0, ...input.rules },
  })
  const page = { page: slot.page, nowSeconds: 1_000_000 }
  const query = Object.assign(new FilledQuery(), page, asked.query)
  const options = {
    slot: compileSlot(slot, asked.variant ?? 'control', model),
    limit: asked.limit ?? slot.limit,
    excluded: asked.excluded ?? [],
    filters: { ...noFilters, ...asked.filters },
  }
  return (seed) => chooser.choose(model, query, { ...options, seed })
}

export const idsOf = ({ items }: ShopModel, choice: Choice): string[] =>
  [...choice.items.subarray(0, choice.count)].map((item) => items.idOf(item))

export const sourcesOf = (choice: Choice): string[] =>
  [...choice.sources.subarray(0, choice.count)].map((code) => chosenByName(code))
