/** Which dialect a feed is in, told by how it begins; names of files and what senders call it don't count. */
import { FeedBroken, type FeedDialect } from './feed.js'
import { isProductList } from './json-feed.js'

/** A table's dialect is told by its header, once that is read. */
export type FeedForm = Exclude<FeedDialect, 'google-csv' | 'facebook-csv'>

/**
 * @param beginning of the text; 64 KB are enough.
 * @throws FeedBroken for what is plainly something else.
 */
export function recogniseForm(beginning: string): FeedForm {
  const text = beginning.trimStart()
  if (text === '') throw new FeedBroken(0, 'no feed: it is empty')
  if (text.startsWith('PK\u0003\u0004'))
    throw new FeedBroken(0, 'no feed: a zip archive or a spreadsheet; a CSV of it can be read')
  if (text.startsWith('%PDF')) throw new FeedBroken(0, 'no feed: a PDF')
  if (text.startsWith('<')) return recogniseXml(text)
  if (text.startsWith('[')) return 'json'
  if (text.startsWith('{')) return isOneALine(text) ? 'jsonl' : 'json'
  return 'csv'
}

const facebookOnly =
  /<(?:\w+:)?(?:fb_product_category|quantity_to_sell_on_facebook|vehicle_id|rich_text_description)\b/

function recogniseXml(text: string): FeedForm {
  const root = /<(?![?!])(?:[\w.-]+:)?([\w.-]+)/.exec(text)?.[1]?.toLowerCase() ?? ''
  if (root === 'html') throw new FeedBroken(0, 'no feed: a web page')
  if (root === 'yml_catalog') return 'yandex-yml'
  if (root === 'listings') return 'facebook-xml'
  if (root === 'shop' && /<SHOPITEM\b/i.test(text)) return 'heureka'
  const isGoogle = /["']https?:\/\/base\.google\.com\/ns\/1\.0\/?["']|<g:\w/.test(text)
  if (!isGoogle || (root !== 'rss' && root !== 'feed')) return 'xml'
  if (facebookOnly.test(text)) return 'facebook-xml'
  return root === 'rss' ? 'google-rss' : 'google-atom'
}

/** Whether the first line is an object by itself, and not one with a list of products in it. */
function isOneALine(text: string): boolean {
  const end = text.indexOf('\n')
  let first: unknown
  try {
    first = JSON.parse(end < 0 ? text : text.slice(0, end))
  } catch {
    return false
  }
  if (typeof first !== 'object' || first === null) return false
  return !Object.entries(first).some(([key, value]) => isProductList(key) && Array.isArray(value))
}
