// Goal: each rule of a slot by itself does what its document says, and what never may be shown never is.
// Method: a hand-made shop of which every source says what it is given; one rule a test.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { type SlotInput, slotSchema } from '../../../src/catalogue/slots.js'
import { compileSlot } from '../../../src/recommend/choose/compile-slot.js'
import { defaultSlots } from '../../../src/recommend/choose/pages.js'
import { type Asked, choose, idsOf, sourcesOf, worldOf } from './world.js'

const world = worldOf(
  [
    { id: 'a', price: 10, category: 'shoes/running', brand: 'arrow', margin: 0.5 },
    { id: 'b', price: 20, category: 'shoes/running', brand: 'bow', margin: 0.25 },
    { id: 'c', price: 30, category: 'shoes', brand: 'arrow' },
    { id: 'd', price: 40, category: 'bags', brand: 'bow', margin: 0.75 },
    { id: 'gone', price: 50, category: 'bags', stock: false },
    { id: 'unlisted', price: 50, listed: false },
    { id: 'e', price: 60 },
    { id: 'f', price: 70, category: 'bags', brand: 'quiver' },
  ],
  {
    next: ['gone', 'a', 'b', 'unlisted', 'c', 'd'],
    trending: ['c', 'e'],
    bestsellers: ['f', 'gone'],
    new: ['f', 'e'],
    similar: ['gone', 'unlisted'],
  },
)
const item = (id: string): number => world.items.indexOf(id)
const only = (more: Partial<SlotInput> = {}): Partial<SlotInput> => ({
  strategies: ['next'],
  mayBeEmpty: true,
  ...more,
})
const shown = (input: Partial<SlotInput>, asked: Asked = {}): string =>
  idsOf(world, choose(world, input, asked)).join(' ')

describe('sources', () => {
  test('fill in the slot’s order; the next one gets the places that are left', () => {
    const choice = choose(world, { strategies: ['trending', 'next'], mayBeEmpty: true })
    check.equal(idsOf(world, choice).join(' '), 'c e a b d')
    check.equal(sourcesOf(choice).join(' '), 'trending trending next next next')
    check.equal(shown({ strategies: ['trending', 'next'], limit: 2 }), 'c e')
  })

  test('a later one isn’t asked where nothing is left', () => {
    const lazy = worldOf([{ id: 'a' }], {
      next: ['a'],
      trending: () => {
        throw new Error('asked')
      },
    })
    const input: Partial<SlotInput> = { strategies: ['next', 'trending'], limit: 1 }
    check.deepEqual(idsOf(lazy, choose(lazy, input)), ['a'])
  })

  test('a slot that may not be empty is filled up, one that may isn’t', () => {
    const filled = choose(world, { strategies: ['trending'] })
    check.equal(idsOf(world, filled).join(' '), 'c e f')
    check.equal(sourcesOf(filled).join(' '), 'trending trending bestsellers')
    check.equal(shown({ strategies: ['trending'], mayBeEmpty: true }), 'c e')
    check.equal(shown({ strategies: ['similar'], mayBeEmpty: true }), '')
  })

  test('on the page of a category that nothing is known of it is filled up from there first', () => {
    const asked = { query: { category: world.facts.categories.indexOf('bags') } }
    const choice = choose(world, { page: 'category', strategies: ['similar'] }, asked)
    check.equal(idsOf(world, choice).join(' '), 'f d c e')
    check.equal(sourcesOf(choice).join(' '), 'bestsellers anything trending trending')
    check.equal(shown({ strategies: ['similar'], limit: 1, rules: { priceTo: 45 } }, asked), 'd')
    check.equal(shown({ strategies: ['similar'], mayBeEmpty: true }, asked), '')
  })

  test('where nothing is found at all: anything in stock, what was added last first', () => {
    const cold = worldOf(
      [{ id: 'a' }, { id: 'b' }, { id: 'c', stock: false }, { id: 'd', listed: false }],
      {},
    )
    const choice = choose(cold, {})
    check.deepEqual(idsOf(cold, choice), ['b', 'a'])
    check.deepEqual(sourcesOf(choice), ['anything', 'anything'])
    check.equal(choose(cold, { mayBeEmpty: true }).count, 0)
    const empty = worldOf([{ id: 'a', stock: false }], { trending: ['a'] })
    check.equal(choose(empty, {}).count, 0)
    check.equal(choose(worldOf([], {}), {}).count, 0)
  })

  test('more is never shown than there is room for', () => {
    check.equal(shown(only(), { limit: 2 }), 'a b')
    check.equal(shown(only(), { limit: 0 }), '')
    check.equal(shown({}, { limit: -1 }), '')
    const many = Array.from({ length: 100 }, (_, index) => ({ id: `p${index}` }))
    const large = worldOf(many, { next: many.map(({ id }) => id) })
    check.equal(choose(large, only(), { limit: 1_000 }).count, 24)
  })
})

describe('rules', () => {
  const cases: readonly (readonly [why: string, SlotInput['rules'], shown: string])[] = [
    ['none', {}, 'a b c d'],
    ['price from', { priceFrom: 20 }, 'b c d'],
    ['price to', { priceTo: 20 }, 'a b'],
    ['a category stands for those below', { categories: ['Shoes'] }, 'a b c'],
    ['several', { categories: ['shoes > running', 'Bags'] }, 'a b d'],
    ['one that is unknown is ignored', { categories: ['bags', 'hats'] }, 'd'],
    ['only unknown ones: nothing may be shown', { categories: ['hats'] }, ''],
    ['not a category', { categoriesExcluded: ['shoes/running'] }, 'c d'],
    ['in and out', { categories: ['shoes'], categoriesExcluded: ['Shoes/Running'] }, 'c'],
    ['brands', { brands: [' ARROW'] }, 'a c'],
    ['not a brand', { brandsExcluded: ['arrow', 'none such'] }, 'b d'],
    ['not a product', { productsExcluded: ['a', 'nobody'] }, 'b c d'],
    ['lifted', { boosts: [{ when: { category: 'bags' }, factor: 100 }] }, 'd a b c'],
    ['buried', { boosts: [{ when: { brand: 'arrow' }, factor: 0.1 }] }, 'b d a c'],
    ['removed', { boosts: [{ when: { product: 'b' }, factor: 0 }] }, 'a c d'],
    ['by margin', { boosts: [{ when: { marginAtLeast: 0.5 }, factor: 10 }] }, 'a d b c'],
    [
      'one whose margin nobody knows is left as it is',
      { boosts: [{ when: { marginAtMost: 1 }, factor: 0 }] },
      'c',
    ],
    ['by price', { boosts: [{ when: { priceAtMost: 20, priceAtLeast: 20 }, factor: 0 }] }, 'a c d'],
    [
      'all of a boost must hold',
      { boosts: [{ when: { category: 'shoes', brand: 'arrow', priceAtLeast: 20 }, factor: 9 }] },
      'c a b d',
    ],
    [
      'two that hold are multiplied',
      {
        boosts: [
          { when: { brand: 'bow' }, factor: 4 },
          { when: { category: 'bags' }, factor: 8 },
        ],
      },
      'd b a c',
    ],
    [
      'unknown boosts',
      { boosts: [{ when: { brand: 'x', priceAtLeast: 0 }, factor: 0 }] },
      'a b c d',
    ],
  ]
  for (const [why, rules, expected] of cases)
    test(why, () => check.equal(shown(only({ rules })), expected))

  test('what isn’t known is told of, by field', () => {
    const { slot } = compiled({
      categories: ['hats', 'shoes'],
      brandsExcluded: ['x'],
      productsExcluded: ['a', 'y'],
      pins: [{ product: 'z', position: 1 }],
      boosts: [{ when: { product: 'q' }, factor: 1 }],
    })
    check.deepEqual([...slot.warnings].sort(), [
      'rules.boosts[0].when.product: the shop has no product q',
      'rules.brandsExcluded[0]: the shop has no brand x',
      'rules.categories[0]: the shop has no category hats',
      'rules.pins[0].product: the shop has no product z',
      'rules.productsExcluded[1]: the shop has no product y',
    ])
  })

  test('so is a source of which the rules leave nothing', () => {
    const strategies: SlotInput['strategies'] = ['next', 'cart', 'recently-viewed']
    const input = { id: 's', page: 'home', strategies, rules: { showViewed: false } }
    check.deepEqual(compileSlot(slotSchema.parse(input), '', world).warnings, [
      'strategies[1]: cart shows nothing while rules.showCart is false',
      'strategies[2]: recently-viewed shows nothing while rules.showViewed is false',
    ])
  })

  test('no dearer than a share of the cart, where something of known worth is in it', () => {
    const rules = { priceToShareOfCart: 0.5, showCart: false }
    check.equal(shown(only({ rules }), { query: { cart: [item('d')] } }), 'a b')
    check.equal(shown(only({ rules }), { query: { cart: [item('c'), item('d')] } }), 'a b')
    check.equal(shown(only({ rules }), {}), 'a b c d')
  })
})

describe('what the person has to do with', () => {
  test('what is in the cart is shown only where the slot says so', () => {
    const query = { cart: [item('b')] }
    check.equal(shown(only(), { query }), 'a c d')
    check.equal(shown(only({ rules: { showCart: true } }), { query }), 'a b c d')
  })

  test('what was looked at is shown unless the slot says otherwise', () => {
    const query = { viewed: [item('b')], session: [item('d')] }
    check.equal(shown(only(), { query }), 'a b c d')
    check.equal(shown(only({ rules: { showViewed: false } }), { query }), 'a c')
  })

  test('what was bought within so many days is not shown', () => {
    const day = 86_400
    const query = { nowSeconds: 100 * day, bought: [item('b')], boughtAtSeconds: [90 * day] }
    check.equal(shown(only(), { query }), 'a c d')
    check.equal(shown(only({ rules: { boughtWithinDays: 10 } }), { query }), 'a c d')
    check.equal(shown(only({ rules: { boughtWithinDays: 9 } }), { query }), 'a b c d')
    check.equal(shown(only({ rules: { boughtWithinDays: 0 } }), { query }), 'a b c d')
  })

  test('but it is where it is due again', () => {
    const replenishing = { ...world, sources: { ...world.sources } }
    replenishing.sources.replenish = { gather: (_, scores) => scores.add(item('b'), 1) }
    const query = { bought: [item('b'), item('c')], boughtAtSeconds: [999_990, 999_990] }
    check.equal(idsOf(world, choose(replenishing, only(), { query })).join(' '), 'a b d')
    // Not where it was bought just now: that is what the page is about.
    const thanks = { ...query, products: [item('b')] }
    check.equal(idsOf(world, choose(replenishing, only(), { query: thanks })).join(' '), 'a d')
  })

  test('what the page is about, or has already, is never shown', () => {
    check.equal(shown(only(), { query: { products: [item('a')] } }), 'b c d')
    check.equal(shown(only(), { excluded: [item('a'), item('d')] }), 'b c')
  })
})

test('what is asked for with the request narrows the slot’s rules', () => {
  const filters = { priceFromMicros: 20e6, priceToMicros: 30e6 }
  check.equal(shown(only(), { filters }), 'b c')
  check.equal(shown(only({ rules: { priceFrom: 25 } }), { filters }), 'c')
  const shoes = world.facts.categories.indexOf('shoes')
  check.equal(shown(only(), { filters: { category: shoes } }), 'a b c')
  check.equal(shown(only(), { filters: { category: -2 } }), '')
  check.equal(shown(only(), { filters: { brands: [world.facts.brands.indexOf('bow')] } }), 'b d')
  check.equal(shown(only(), { filters: { brands: [-2] } }), '')
  // It holds for what fills up, too.
  check.equal(shown({ strategies: ['next'] }, { filters: { priceFromMicros: 60e6 } }), 'e f')
})

describe('pins', () => {
  const pin = (product: string, position: number) => ({ product, position })

  test('stand at their places, and nowhere else', () => {
    const choice = choose(world, only({ rules: { pins: [pin('d', 2), pin('f', 1)] } }))
    check.equal(idsOf(world, choice).join(' '), 'f d a b c')
    check.equal(sourcesOf(choice).join(' '), 'pin pin next next next')
  })

  test('one that can’t be bought gives way', () => {
    check.equal(shown(only({ rules: { pins: [pin('gone', 1), pin('unlisted', 2)] } })), 'a b c d')
  })

  test('one that is on the page already, in the cart or the page’s own gives way', () => {
    const input = only({ rules: { pins: [pin('e', 1)] } })
    check.equal(shown(input), 'e a b c d')
    check.equal(shown(input, { excluded: [item('e')] }), 'a b c d')
    check.equal(shown(input, { query: { cart: [item('e')] } }), 'a b c d')
    check.equal(shown(input, { query: { products: [item('e')] } }), 'a b c d')
  })

  test('is free of the slot’s own rules, not of what the request asks for', () => {
    const input = only({ rules: { pins: [pin('f', 1)], priceTo: 20, brandsExcluded: ['quiver'] } })
    check.equal(shown(input), 'f a b')
    check.equal(shown(input, { filters: { priceToMicros: 10e6 } }), 'a')
    const both = only({ rules: { pins: [pin('f', 1)], productsExcluded: ['f'] } })
    check.equal(shown(both), 'a b c d')
  })

  test('past the slot’s end it isn’t shown; past what is found it comes last', () => {
    check.equal(shown(only({ rules: { pins: [pin('f', 3)] } }), { limit: 2 }), 'a b')
    check.equal(shown(only({ rules: { pins: [pin('f', 9), pin('e', 8)] } })), 'a b c d e f')
    check.equal(
      shown({ strategies: ['similar'], mayBeEmpty: true, rules: { pins: [pin('f', 9)] } }),
      'f',
    )
  })
})

test('a variant changes what it says, and nothing else', () => {
  const input = only({
    title: 'Control',
    rules: { priceFrom: 20, brandsExcluded: ['arrow'] },
    experiment: {
      id: 'e',
      variants: [
        { id: 'v', share: 0.5, rules: { priceFrom: 0 }, title: 'V' },
        { id: 'w', share: 0.5, strategies: ['trending'], rules: { brandsExcluded: [] } },
      ],
    },
  })
  check.equal(shown(input), 'b d')
  check.equal(shown(input, { variant: 'v' }), 'b d')
  check.equal(shown(input, { variant: 'w' }), 'c e')
  check.equal(shown(input, { variant: 'no longer there' }), 'b d')
})

test('thousands of products in cart, views and purchases change nothing but time', () => {
  const many = Array.from({ length: 20_000 }, () => item('d'))
  const query = { cart: many, viewed: many, session: many, bought: many, boughtAtSeconds: many }
  check.equal(shown(only(), { query, excluded: many }), 'a b c')
})

test('every page has a slot of its own name, which is never empty', () => {
  for (const { id, page, mayBeEmpty } of defaultSlots)
    check.equal(mayBeEmpty, id !== page, `${id} of ${page}`)
})

function compiled(rules: NonNullable<SlotInput['rules']>) {
  return { slot: compileSlot(slotSchema.parse({ id: 's', page: 'home', rules }), '', world) }
}
