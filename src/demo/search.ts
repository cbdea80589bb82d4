import type { DemoProduct } from './product-line.js'

const wordCountMax = 10

/** Products whose title, category or brand has all words of the query, each as a word's beginning. */
export function findProducts(products: readonly DemoProduct[], query: string): DemoProduct[] {
  const asked = wordsOf(query).slice(0, wordCountMax)
  if (asked.length === 0) return []
  return products.filter(({ title, category, brand }) => {
    const words = wordsOf(`${title} ${category} ${brand}`)
    return asked.every((one) => words.some((word) => word.startsWith(one)))
  })
}

/** In lower case and without accents, as people type them. */
const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll('ł', 'l')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
