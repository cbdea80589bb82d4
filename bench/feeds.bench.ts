/**
 * What it costs to read a feed, and (`--bids`) to bring its products into bids:
 * `node dist/bench/feeds.bench.js [--json] [--products N] [--dialects a,b | --bids]`.
 *
 * Feeds of N products are made while they are read, with titles, descriptions and markup of usual length;
 * what making them costs is measured by itself and taken off. Rates are by CPU time, as the machine may be
 * busy. Memory is the most that the process held at any time (resident set): run one dialect for it.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readFeed } from '../src/catalogue/feeds/read-feed.js'
import { benchFeedToBids } from './feed-to-bids.js'
import { type Spent, stopwatch } from './stopwatch.js'

export interface FeedsBenchOptions {
  readonly products: number
  readonly dialects: readonly MadeDialect[]
}

export interface FeedFigures {
  readonly dialect: string
  readonly products: number
  readonly megabytes: number
  readonly seconds: number
  /** Of all threads, as collecting garbage has its own. */
  readonly cpuSeconds: number
  readonly productsPerCpuSecond: number
  readonly megabytesPerCpuSecond: number
  readonly peakMegabytes: number
}

const description =
  'Ceramic mug of 350 ml, fired twice and glazed by hand. Fit for dishwashers and microwave ovens. ' +
  'Every piece is a little different from the next one, as its maker meant it to be. '
const escaped = '&lt;p&gt;For tea &amp;amp; coffee.&lt;/p&gt;'
const columns =
  'id,title,description,link,image_link,price,sale_price,availability,brand,product_type'

/** What stands before, for each product, between two, and after. */
const made = {
  'google-rss': {
    before:
      '<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n',
    row: (id: number) =>
      `<item>\n<g:id>SKU-${id}</g:id>\n<g:title><![CDATA[Mug number ${id} & saucer]]></g:title>\n` +
      `<g:description>${description}${escaped}</g:description>\n<g:link>https://shop.example/p/${id}</g:link>\n` +
      `<g:image_link>https://cdn.shop.example/${id}.jpg</g:image_link>\n<g:price>${id % 900}.99 PLN</g:price>\n` +
      `<g:sale_price>${(id % 900) * 0.9}1 PLN</g:sale_price>\n<g:availability>in_stock</g:availability>\n` +
      '<g:condition>new</g:condition>\n<g:brand>Acme</g:brand>\n<g:identifier_exists>no</g:identifier_exists>\n' +
      `<g:product_type>Home &gt; Kitchen &gt; Mugs</g:product_type>\n<g:item_group_id>${id >> 2}</g:item_group_id>\n` +
      '<g:shipping><g:country>PL</g:country><g:price>0 PLN</g:price></g:shipping>\n</item>\n',
    between: '',
    after: '</channel></rss>',
  },
  'google-csv': {
    before: `${columns}\n`,
    row: (id: number) =>
      `SKU-${id},"Mug number ${id}, with saucer","${description}",https://shop.example/p/${id},` +
      `https://cdn.shop.example/${id}.jpg,${id % 900}.99 PLN,,in_stock,Acme,Home > Kitchen > Mugs\n`,
    between: '',
    after: '',
  },
  json: {
    before: '{"products":[\n',
    row: (id: number) =>
      JSON.stringify({
        id: `SKU-${id}`,
        title: `Mug number ${id} & saucer`,
        description,
        link: `https://shop.example/p/${id}`,
        image_link: `https://cdn.shop.example/${id}.jpg`,
        price: `${id % 900}.99 PLN`,
        availability: 'in_stock',
        brand: 'Acme',
        product_type: 'Home > Kitchen > Mugs',
      }),
    between: ',\n',
    after: ']}',
  },
} as const
export type MadeDialect = keyof typeof made

const options = {
  currency: 'PLN',
  shopUrl: 'https://shop.example/',
  contentType: '',
  rowBytesMax: 1_000_000,
  bytesMax: 100_000_000_000,
  nowMs: 1_750_000_000_000,
}

async function* bytesOf(
  dialect: MadeDialect,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { before, row, between, after } = made[dialect]
  let text: string = before
  for (let id = 1; id <= count; id++) {
    text += id === 1 ? row(id) : between + row(id)
    if (text.length < 65_536) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text + after)
}

/** @param print gets a line of figures for each dialect. */
export async function benchFeeds(
  { products, dialects }: FeedsBenchOptions,
  print: (line: string) => void,
): Promise<FeedFigures[]> {
  const all: FeedFigures[] = []
  for (const dialect of dialects) {
    const start = stopwatch()
    let bytes = 0
    for await (const piece of bytesOf(dialect, products)) bytes += piece.length
    const figures = await timeOf(dialect, products, bytes, start())
    all.push(figures)
    print(
      `${dialect.padEnd(10)} ${figures.products} products, ${figures.megabytes} MB: ` +
        `${figures.productsPerCpuSecond}/s, ${figures.megabytesPerCpuSecond} MB/s of CPU, ` +
        `${figures.cpuSeconds} s of CPU, ${figures.seconds} s, ` +
        `peak ${figures.peakMegabytes} MB`,
    )
  }
  return all
}

/**
 * @param making what is spent on making the feed, to be taken off.
 * @throws Error where a product is missing: the figure would be of something else.
 */
async function timeOf(
  dialect: MadeDialect,
  products: number,
  bytes: number,
  making: Spent,
): Promise<FeedFigures> {
  const spent = stopwatch()
  const reading = await readFeed(bytesOf(dialect, products), options)
  let count = 0
  for await (const { kind } of reading.rows) if (kind === 'product') count++
  const all = spent()
  if (reading.dialect !== dialect || count !== products)
    throw new Error(`${count} of ${products} products in ${reading.dialect}`)
  const cpuSeconds = Math.max(0.001, all.cpuSeconds - making.cpuSeconds)
  return {
    dialect,
    products,
    megabytes: Math.round(bytes / 1e6),
    seconds: Math.round((all.seconds - making.seconds) * 10) / 10,
    cpuSeconds: Math.round(cpuSeconds * 10) / 10,
    productsPerCpuSecond: Math.round(products / cpuSeconds),
    megabytesPerCpuSecond: Math.round(bytes / 1e6 / cpuSeconds),
    // Kilobytes, on every system.
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_000),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      products: { type: 'string', default: '1000000' },
      bids: { type: 'boolean', default: false },
      dialects: { type: 'string', default: Object.keys(made).join() },
    },
  })
  const products = Number(values.products)
  const dialects = values.dialects.split(',') as MadeDialect[]
  const print = (line: string): void => {
    if (!values.json) console.info(line)
  }
  const figures = values.bids
    ? await benchFeedToBids(products)
    : await benchFeeds({ products, dialects }, print)
  if (values.json) console.info(JSON.stringify(figures))
  else if (values.bids) console.info(figures)
}
