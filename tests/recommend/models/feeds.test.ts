// Goal: titles of real shops, in several languages, find neighbours that a person would call alike. Method: for
// each feed the share of neighbours with a word or the category in common; a few that were looked at by eye.
import { createReadStream, existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Product } from '../../../src/catalogue/products.js'
import { ItemTable } from '../../../src/recommend/item-table.js'
import { buildContent, type ProductText } from '../../../src/recommend/models/content-build.js'
import { ContentIndex } from '../../../src/recommend/models/content-index.js'
import { CatalogueFacts } from '../../../src/recommend/models/facts-builder.js'
import { Found } from '../../../src/recommend/models/found.js'
import { Similar } from '../../../src/recommend/models/similar.js'
import { readWhole } from '../../catalogue/feeds/reading.js'
import { foundBy } from './given-actions.js'

const corpus = new URL('../../../../shared/corpus/feeds/', import.meta.url)
const isThere = existsSync(corpus)
if (!isThere) console.warn('FEEDS OF THE CORPUS ARE NOT READ: there is no ../shared/corpus/feeds')

interface Shop {
  readonly products: Product[]
  readonly similarTo: (title: string) => Product[]
  readonly search: (text: string) => Product[]
}

async function shopOf(file: string): Promise<Shop> {
  const { products } = await readWhole(createReadStream(new URL(file, corpus)))
  const items = new ItemTable()
  const facts = new CatalogueFacts()
  const byItem: Product[] = []
  function* texts(): Generator<ProductText> {
    for (const product of products) {
      const item = items.add(product.id)
      byItem[item] = product
      facts.update(item, product)
      yield { item, title: product.title, link: product.link }
    }
  }
  const index = new ContentIndex(buildContent(texts(), facts, products.length))
  const similar = new Similar(index, facts)
  const found = new Found(index, facts)
  const toProducts = (list: number[]): Product[] => list.map((item) => byItem[item]!)
  return {
    products: byItem,
    similarTo: (title) => {
      const item = byItem.findIndex((product) => product.title === title)
      return toProducts(foundBy(similar, { products: [item] }, items.count, 5))
    },
    search: (text) => toProducts(foundBy(found, { text }, items.count, 5)),
  }
}

const wordsOf = (product: Product): string[] =>
  product.title.toLowerCase().match(/[\p{L}\p{M}\p{N}]{3,}/gu) ?? []

test.skipIf(!isThere).each([
  ['almatjar-arabic.google.xml', 'منفاخ تيربو', /منفاخ/, 'شاحن', /شاحن/],
  ['mimi.google.txt', '', /./, 'gel douche', /gel.*douche|douche.*gel/i],
  ['mariannedenis.google.fr-be.xml', '', /./, 'colliers', /collier/i],
  ['opispost.google.xml', '', /./, 'taza', /taza/i],
  ['joyco.google.xml', '', /./, 'glas vase', /glass.*vase|vase.*glass/i],
  ['solarmarket.google.xml', '', /./, 'paneli', /panel/i],
])('feeds: %s', async (file, title, like, text, result) => {
  const shop = await shopOf(file)
  let count = 0
  let alikeCount = 0
  for (const product of shop.products.filter((_, item) => item % 3 === 0)) {
    const words = new Set(wordsOf(product))
    for (const other of shop.similarTo(product.title)) {
      count++
      if (other.category === product.category || wordsOf(other).some((word) => words.has(word)))
        alikeCount++
    }
  }
  console.log(`${file}: ${count} neighbours, ${((100 * alikeCount) / count).toFixed(1)}% alike`)
  expect(count).toBeGreaterThan((shop.products.length / 3) * 4)
  expect(alikeCount / count).toBeGreaterThan(0.97)
  if (title !== '') for (const other of shop.similarTo(title)) expect(other.title).toMatch(like)
  const [answer] = shop.search(text)
  expect(`${answer!.title} ${answer!.category}`).toMatch(result)
})
