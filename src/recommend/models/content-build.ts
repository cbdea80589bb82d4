import { FactFlag, type ProductFacts } from '../facts.js'
import { ItemTable, type ItemTableParts } from '../item-table.js'
import { ChunkedInts } from './chunked-ints.js'
import { chooseTerms, itemTermsMax, TermReader } from './content-terms.js'
import { pageOf } from './product-page.js'
import { buildWordBuckets, type WordBucketsParts } from './word-buckets.js'

/** Of a product, by the number that it has in the item table; brand and category are among its facts. */
export interface ProductText {
  readonly item: number
  readonly title: string
  /** Of its page; '' where nobody knows. */
  readonly link: string
}

/**
 * Which products have which terms, and the other way round. A term is a word of a title, brand or category; a
 * category as a whole (`/shoes/running`), or a brand (`@adidas`).
 */
export interface ContentParts {
  readonly terms: ItemTableParts
  /** By term, see `TermKind`. */
  readonly kinds: Uint8Array<ArrayBuffer>
  /** By term: products that have it, whether or not they are among the postings. */
  readonly counts: Int32Array<ArrayBuffer>
  /** By term: where its products begin in `postings`, and where the last one's end. At most 500 each. */
  readonly postingStarts: Int32Array<ArrayBuffer>
  readonly postings: Int32Array<ArrayBuffer>
  /** By item: where its terms begin in `itemTerms`, and how many there are. */
  readonly itemFirsts: Int32Array<ArrayBuffer>
  readonly itemTermCounts: Uint8Array<ArrayBuffer>
  readonly itemTerms: Int32Array<ArrayBuffer>
  /** By item: what sizes and colours of one product share, see `pageOf`; 0 where nobody knows. */
  readonly pages: Int32Array<ArrayBuffer>
  readonly buckets: WordBucketsParts
  /** Products with a text. */
  readonly textCount: number
}

export const postingsMax = 500

/**
 * Reads each text once; about 100 bytes a product are held while and after it is built.
 *
 * @param texts read to their end before the facts are: they may be filled along the way.
 */
export function buildContent(
  texts: Iterable<ProductText>,
  facts: ProductFacts,
  itemCount: number,
): ContentParts {
  const terms = new ItemTable()
  const reader = new TermReader(terms)
  const read = new ChunkedInts()
  const readItems = new ChunkedInts()
  const pages = new Int32Array(itemCount)
  for (const text of texts) {
    pages[text.item] = pageOf(text.link)
    const first = read.count
    const count = reader.read(text, facts)
    if (count === 0) continue
    for (let i = 0; i < count; i++) read.push(reader.out[i]!)
    readItems.push(text.item)
    readItems.push(first)
  }
  readItems.push(0)
  readItems.push(read.count)
  const counts = new Int32Array(terms.count)
  for (let i = 0; i < read.count; i++) counts[read.at(i)]!++

  const itemFirsts = new Int32Array(itemCount)
  const itemTermCounts = new Uint8Array(itemCount)
  const chosen = new ChunkedInts()
  const given = new Int32Array(reader.out.length)
  const choice = new Int32Array(itemTermsMax)
  const textCount = (readItems.count >> 1) - 1
  for (let text = 0; text < textCount; text++) {
    const item = readItems.at(text * 2)
    if (item >= itemCount) continue
    const first = readItems.at(text * 2 + 1)
    const count = readItems.at(text * 2 + 3) - first
    for (let i = 0; i < count; i++) given[i] = read.at(first + i)
    itemFirsts[item] = chosen.count
    itemTermCounts[item] = chooseTerms(given, count, counts, reader.kinds, choice)
    for (let i = 0; i < itemTermCounts[item]!; i++) chosen.push(choice[i]!)
  }
  const itemTerms = chosen.joined()
  const byItem = { itemFirsts, itemTermCounts, itemTerms }
  const parts = terms.parts()
  return {
    terms: parts,
    kinds: reader.kinds.slice(0, parts.count),
    counts,
    ...invert(byItem, facts, parts.count),
    ...byItem,
    pages,
    buckets: buildWordBuckets(parts),
    textCount,
  }
}

interface ByItem {
  readonly itemFirsts: Int32Array
  readonly itemTermCounts: Uint8Array
  readonly itemTerms: Int32Array
}

/** Where a term has too many products, a part is taken that is spread evenly, of those in stock first. */
function invert(
  byItem: ByItem,
  facts: ProductFacts,
  termCount: number,
): Pick<ContentParts, 'postingStarts' | 'postings'> {
  const inStock = new Int32Array(termCount)
  const others = new Int32Array(termCount)
  eachTerm(byItem, facts, (term, _item, isInStock) => {
    if (isInStock) inStock[term]!++
    else others[term]!++
  })
  const postingStarts = new Int32Array(termCount + 1)
  for (let term = 0; term < termCount; term++)
    postingStarts[term + 1] =
      postingStarts[term]! + Math.min(postingsMax, inStock[term]! + others[term]!)
  const postings = new Int32Array(postingStarts[termCount]!)
  const next = postingStarts.slice(0, termCount)
  const inStockSeen = new Int32Array(termCount)
  const othersSeen = new Int32Array(termCount)
  eachTerm(byItem, facts, (term, item, isInStock) => {
    const inStockQuota = Math.min(postingsMax, inStock[term]!)
    const all = isInStock ? inStock[term]! : others[term]!
    const quota = isInStock ? inStockQuota : Math.min(all, postingsMax - inStockQuota)
    const seen = isInStock ? inStockSeen[term]!++ : othersSeen[term]!++
    if (Math.floor(((seen + 1) * quota) / all) > Math.floor((seen * quota) / all))
      postings[next[term]!++] = item
  })
  return { postingStarts, postings }
}

function eachTerm(
  { itemFirsts, itemTermCounts, itemTerms }: ByItem,
  facts: ProductFacts,
  take: (term: number, item: number, isInStock: boolean) => void,
): void {
  for (let item = 0; item < itemFirsts.length; item++) {
    const isInStock = ((facts.flags[item] ?? 0) & FactFlag.inStock) !== 0
    const first = itemFirsts[item]!
    for (let i = 0; i < itemTermCounts[item]!; i++) take(itemTerms[first + i]!, item, isInStock)
  }
}
