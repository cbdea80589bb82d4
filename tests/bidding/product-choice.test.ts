// Goal: a creative shows what the person wants first and never two variants of one thing, and no bid is lost
// by it. Method: written cases, and seeded shops compared with a list put together by hand.
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../src/base/key.js'
import { Random } from '../../src/base/random.js'
import { ProductChoice, productChoiceCountMax } from '../../src/bidding/product-choice.js'
import { shopFileSchema } from '../../src/catalogue/model.js'
import { BidSlice } from '../../src/profiles/slice.js'
import { catalogueOf, shopFile } from './world.js'

interface Made {
  readonly id: string
  readonly group?: string
  readonly inStock?: boolean
}

/** Ids of what is shown to whoever wants some of a shop's products, and whose campaign names some. */
function shown(
  products: readonly Made[],
  wanted: readonly string[] | null,
  named: readonly string[],
  most: number,
  way: 'choose' | 'chooseAny' = 'choose',
): string[] {
  const campaign = { id: 'c', goal: 'cpm', bid: 1, maxCpm: 1, budget: { daily: 1 } }
  const file = shopFile('kram', [{ ...campaign, ...(named.length > 0 && { products: named }) }])
  const like = file.products[0]!
  const whole = shopFileSchema.parse({
    ...file,
    products: products.map((product) => ({ ...like, ...product })),
  })
  const slice =
    wanted && new BidSlice(keyOf('kram'), 0, 0, 0, wanted.length, wanted.map(keyOf), [], [])
  const choice = new ProductChoice()
  choice[way](catalogueOf([whole]).snapshot, 0, slice, most)
  return Array.from(choice.indexes.subarray(0, choice.count), (place) => products[place]!.id)
}

const shoes: readonly Made[] = [
  { id: 'shoe-38', group: 'shoe' },
  { id: 'shoe-39', group: 'shoe' },
  { id: 'shoe-40', group: 'shoe' },
  { id: 'lace' },
  { id: 'sock-s', group: 'sock' },
  { id: 'sock-l', group: 'sock' },
]

describe('of variants', () => {
  test('the very one that is in the cart is shown, and none beside it', () => {
    expect(shown(shoes, ['shoe-40'], [], 3)).toEqual(['shoe-40', 'lace', 'sock-s'])
  })

  test('the first is shown where two are in the cart', () => {
    expect(shown(shoes, ['shoe-39', 'shoe-38', 'sock-l'], [], 3)).toEqual([
      'shoe-39',
      'sock-l',
      'lace',
    ])
  })

  test('another one stands in where the one in the cart is sold out', () => {
    const sold = shoes.map((shoe) => (shoe.id === 'shoe-40' ? { ...shoe, inStock: false } : shoe))
    expect(shown(sold, ['shoe-40'], [], 2)).toEqual(['shoe-38', 'lace'])
  })

  test('a campaign shows the first that it names', () => {
    expect(shown(shoes, null, ['sock-l', 'sock-s', 'shoe-39'], 3)).toEqual([
      'sock-l',
      'shoe-39',
      'lace',
    ])
  })

  test('a shop that sells one thing only shows it once', () => {
    expect(shown(shoes.slice(0, 3), null, [], 4)).toEqual(['shoe-38'])
  })

  test('each may be the one product of a native ad, as another may lack what is asked for', () => {
    const all = shown(shoes, ['shoe-40'], [], productChoiceCountMax, 'chooseAny')
    expect(all).toEqual(['shoe-40', 'shoe-38', 'lace', 'sock-s', 'shoe-39', 'sock-l'])
  })
})

test('any shop’s choice is the list made by hand, and is empty only where nothing can be shown', () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed)
    const products = Array.from({ length: random.below(14) }, (_, at) => ({
      id: `p${at}`,
      inStock: random.chance(0.8),
      ...(random.chance(0.7) && { group: `g${random.below(4)}` }),
    }))
    const some = (): string[] =>
      Array.from({ length: random.below(5) }, () => `p${random.below(16)}`)
    const wanted = random.chance(0.8) ? some() : null
    const named = some().filter((id) => products.some((product) => product.id === id))
    const most = 1 + random.below(4)
    const byHand: Made[] = []
    // Strangers see one of each group first, so for them the order is that of the shop.
    for (const id of [...(wanted ?? []), ...named, ...products.map((product) => product.id)]) {
      const product = products.find((it) => it.id === id)
      const isLike = (other: Made): boolean =>
        other === product || (other.group !== undefined && other.group === product?.group)
      if (product?.inStock === true && byHand.length < most && !byHand.some(isLike))
        byHand.push(product)
    }
    const found = shown(products, wanted, named, most)
    expect(found, `seed ${seed}`).toEqual(byHand.map(({ id }) => id))
    expect(found.length === 0, `seed ${seed}`).toBe(!products.some(({ inStock }) => inStock))
  }
})
