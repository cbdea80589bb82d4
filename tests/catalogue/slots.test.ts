// Goal: a slot that a marketer writes is read with its defaults, and each slip is named by its field.
// Method: whole slots and single slips, through the shop file's own schema where lists are concerned.
import { strict as check } from 'node:assert'
import { describe, test } from 'vitest'
import { check as checkSchema, jsonSchemaOf } from '../../src/base/schema.js'
import { type SlotInput, slotSchema, slotsSchema } from '../../src/catalogue/slots.js'

const slot = (more: Partial<SlotInput> = {}): SlotInput => ({ id: 'home', page: 'home', ...more })

function faultsOf(input: unknown): readonly string[] {
  const checked = checkSchema(slotSchema, input, 'slot')
  return checked.ok ? [] : checked.faults
}

test('what is not said has its documented default', () => {
  check.deepEqual(slotSchema.parse(slot()), {
    id: 'home',
    name: '',
    page: 'home',
    title: '',
    limit: 12,
    mayBeEmpty: false,
    rules: {
      categoriesExcluded: [],
      brandsExcluded: [],
      productsExcluded: [],
      pins: [],
      boosts: [],
      boughtWithinDays: 30,
      showCart: false,
      showViewed: true,
      showVariants: false,
      diversity: 0.3,
      exploreShare: 0,
    },
  })
})

test('a slot with all that there is', () => {
  const whole: SlotInput = slot({
    name: 'Home, top',
    title: 'For you',
    limit: 24,
    strategies: ['next', 'trending'],
    mayBeEmpty: true,
    rules: {
      priceFrom: 10,
      priceTo: 10,
      priceToShareOfCart: 0.5,
      categories: ['Shoes > Running'],
      categoriesExcluded: ['Shoes > Running > Spikes'],
      brands: ['Arrow'],
      brandsExcluded: ['Bow'],
      productsExcluded: ['p1'],
      pins: [{ product: 'p2', position: 1 }],
      boosts: [{ when: { marginAtLeast: 0.4, priceAtMost: 100 }, factor: 2 }],
      boughtWithinDays: 0,
      showCart: true,
      showViewed: false,
      diversity: 1,
      exploreShare: 0.2,
    },
    experiment: {
      id: 'autumn',
      variants: Array.from({ length: 8 }, (_, index) => ({
        id: `v${index}`,
        share: 0.125,
        rules: { diversity: 0 },
      })),
    },
  })
  check.deepEqual(faultsOf(whole), [])
  check.deepEqual(slotSchema.parse(whole).experiment?.variants[0]?.rules, { diversity: 0 })
})

const variants = (...list: readonly object[]): object => ({
  ...slot(),
  experiment: { id: 'e', variants: list },
})
const slips: readonly (readonly [why: string, input: unknown, fault: RegExp])[] = [
  ['no page', { id: 'home' }, /^slot\.page: /],
  ['a page that is none', slot({ page: 'blog' as 'home' }), /^slot\.page: .*"home"/],
  ['an id with a space', slot({ id: 'my slot' }), /^slot\.id: must be 1 to 64 letters/],
  ['too many places', slot({ limit: 25 }), /^slot\.limit: /],
  ['no place', slot({ limit: 0 }), /^slot\.limit: /],
  ['a long title', slot({ title: 'x'.repeat(101) }), /^slot\.title: /],
  ['no strategy', slot({ strategies: [] }), /^slot\.strategies: /],
  ['one twice', slot({ strategies: ['next', 'next'] }), /^slot\.strategies: must name each/],
  ['an unknown one', slot({ strategies: ['magic' as 'next'] }), /^slot\.strategies\[0\]: /],
  ['an unknown rule', slot({ rules: { showOutOfStock: true } as object }), /^slot\.rules: /],
  ['prices', slot({ rules: { priceFrom: 2, priceTo: 1 } }), /^slot\.rules\.priceFrom: must not/],
  ['no category', slot({ rules: { categories: [] } }), /^slot\.rules\.categories: /],
  [
    'one place for two',
    slot({
      rules: {
        pins: [
          { product: 'a', position: 1 },
          { product: 'b', position: 1 },
        ],
      },
    }),
    /^slot\.rules\.pins\[1\]\.position: two products are pinned at 1$/,
  ],
  [
    'two places for one',
    slot({
      rules: {
        pins: [
          { product: 'a', position: 1 },
          { product: 'a', position: 2 },
        ],
      },
    }),
    /^slot\.rules\.pins\[1\]\.product: a is pinned twice$/,
  ],
  ['a boost of nothing', slot({ rules: { boosts: [{ when: {}, factor: 1 }] } }), /when: must say/],
  ['explores too much', slot({ rules: { exploreShare: 0.3 } }), /^slot\.rules\.exploreShare: /],
  ['no variants', variants(), /^slot\.experiment\.variants: /],
  ['control', variants({ id: 'control', share: 0.1 }), /variants\[0\]\.id: must not be control/],
  [
    'twice',
    variants({ id: 'a', share: 0 }, { id: 'a', share: 0 }),
    /variants\[1\]\.id: a is there twice/,
  ],
  [
    'shares',
    variants({ id: 'a', share: 0.6 }, { id: 'b', share: 0.5 }),
    /^slot\.experiment\.variants: the shares are 1\.1 in all, and must be at most 1$/,
  ],
  [
    'a variant’s price against the slot’s',
    { ...variants({ id: 'a', share: 0.5, rules: { priceFrom: 20 } }), rules: { priceTo: 10 } },
    /^slot\.experiment\.variants\[0\]\.rules: priceFrom must not be above priceTo/,
  ],
]

describe('slips are named', () => {
  for (const [why, input, fault] of slips)
    test(why, () => {
      const faults = faultsOf(input)
      check.equal(faults.length, 1, String(faults))
      check.match(faults[0]!, fault)
    })
})

test('a shop has each slot once, and at most so many', () => {
  const twice = checkSchema(slotsSchema, [slot(), slot()], 'slots')
  check.deepEqual(!twice.ok && twice.faults, ['slots[1].id: home is there twice'])
  const many = Array.from({ length: 201 }, (_, index) => slot({ id: `s${index}` }))
  check.equal(checkSchema(slotsSchema, many, 'slots').ok, false)
  check.equal(checkSchema(slotsSchema, many.slice(1), 'slots').ok, true)
})

test('a slot can be documented', () => {
  const { properties } = jsonSchemaOf(slotSchema, 'input') as { properties: object }
  check.ok('experiment' in properties)
})
