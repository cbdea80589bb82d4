import { Readable } from 'node:stream'
import type { Clock } from '../base/clock.js'
import { z } from '../base/schema.js'
import type { ShopFile, ShopFileInput } from '../catalogue/model.js'
import type { ProductDraft, ProductStore, ShopProducts } from '../catalogue/product-store.js'
import { DraftGivenUp } from '../catalogue/product-store.js'
import type { Product } from '../catalogue/products.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { problemOf } from './caller.js'
import { failureOf } from './changes.js'
import type { Answer, Call, Endpoint } from './endpoint.js'
import { refusal } from './endpoint.js'
import { etagOf, unmet } from './etag.js'
import { readImport } from './import-body.js'
import { refuseAgreed } from './shops.js'

export interface TransferOptions {
  readonly directory: ShopDirectory
  readonly products: ProductStore
  readonly clock: Clock
  /** Longest file that is taken. */
  readonly importBytesMax: number
}

/** How often a long export lets others have their turn: after so many products. */
const productsPerChunk = 200

const countsSchema = z.strictObject({
  campaigns: z.int(),
  segments: z.int(),
  slots: z.int(),
  videos: z.int(),
  audios: z.int(),
  products: z.int(),
})

const tag = 'transfer'

/** A shop as one JSON file, out and in: all but its keys, its people and what it has spent. */
export function transferEndpoints(options: TransferOptions): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/export',
      operationId: 'exportShop',
      tag,
      summary: 'Gives the whole shop as one JSON file, to be kept or imported.',
      description:
        'The shop, its campaigns, segments, slots, videos, audio spots and products. Keys, people, members ' +
        'of lists and spending are not in it.',
      access: ['admin'],
      body: { kind: 'none' },
      responses: { 200: { description: 'The file, with the ETag of what it shows.' } },
      handle: (call) => exportShop(call, options),
    },
    {
      method: 'PUT',
      path: '/v1/import',
      operationId: 'importShop',
      tag,
      summary: 'Puts such a file in place of the shop (with If-Match, the ETag of an export).',
      description:
        'All of it is checked before anything changes. Products are replaced where the file has any.',
      access: ['admin'],
      body: {
        kind: 'stream',
        bytesMax: options.importBytesMax,
        types: ['application/json', 'application/octet-stream'],
      },
      responses: {
        200: { description: 'How much was taken; the ETag of it.', schema: countsSchema },
        409: { description: 'Another feed or import of the shop’s products was begun meanwhile.' },
        412: { description: 'Somebody has changed the shop since.' },
        428: { description: 'If-Match is missing.' },
      },
      handle: (call) => importShop(call, options),
    },
  ]
}

/** What the tag of an export stands for. */
const stateOf = (file: ShopFile, productsVersion: number): object => ({ file, productsVersion })

function exportShop(call: Call, { directory, products }: TransferOptions): Answer {
  const file = directory.get(call.shopId)
  if (file === null) return refusal(404, 'shop: is unknown')
  const own = products.forShop(call.shopId)
  const { version, isFed } = own.state
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'Content-Disposition': `attachment; filename="${encodeURIComponent(call.shopId)}.json"`,
      'Cache-Control': 'no-store',
      ETag: etagOf(stateOf(file, version)),
    },
    body: Readable.from(exportText(file, isFed ? own.all() : file.products, isFed)),
  }
}

function* exportText(
  file: ShopFile,
  products: Iterable<Product>,
  isFed: boolean,
): Generator<string> {
  const { shop, segments, slots, campaigns, videos, audios } = file
  const format = { version: 1, productsFrom: isFed ? 'feed' : 'file' }
  const head = JSON.stringify({ format, shop, segments, slots, campaigns, videos, audios }, null, 1)
  yield `${head.slice(0, -2)},\n "products": [`
  let chunk = ''
  let count = 0
  for (const product of products) {
    chunk += `${count === 0 ? '' : ','}\n  ${JSON.stringify(product)}`
    if (++count % productsPerChunk !== 0) continue
    yield chunk
    chunk = ''
  }
  yield `${chunk}${count === 0 ? '' : '\n '}]\n}\n`
}

async function importShop(call: Call, options: TransferOptions): Promise<Answer> {
  const { directory, products, clock } = options
  const before = directory.get(call.shopId)
  if (before === null) return refusal(404, 'shop: is unknown')
  const own = products.forShop(call.shopId)
  const declined = unmet(call, stateOf(before, own.state.version))
  if (declined !== null) return declined
  let draft: ProductDraft | null = null
  try {
    const read = await readImport(call.stream, own, clock.nowMs())
    draft = read.draft
    if (read.faults.length > 0) return unsound(read.faults)
    const input = { ...read.file, products: read.fileProducts ?? before.products } as ShopFileInput
    const checked = directory.check(input)
    if (!checked.ok) return unsound(checked.faults)
    const refused = refuseAgreed(call, before.shop, checked.value.shop)
    if (refused !== null) return refused
    // The file first: whoever was faster has changed that, as a rule, and then nothing is changed here.
    const taken = await take(call, input, options)
    if ('status' in taken) return taken
    await draft?.commit()
    draft = null
    return answerOf(taken, own)
  } catch (error) {
    if (!(error instanceof DraftGivenUp)) throw error
    draft = null
    return refusal(409, 'products: another feed or import has taken the place of this one')
  } finally {
    // It may be another's by now, who then has seen to it.
    await draft?.discard().catch(() => {})
  }
}

const unsound = (faults: readonly string[]): Answer =>
  refusal(400, 'body: can not be taken', faults.map(problemOf))

/** @returns the shop as it is then, or why it is not. */
async function take(
  call: Call,
  input: ShopFileInput,
  { directory, products }: TransferOptions,
): Promise<ShopFile | Answer> {
  let declined: Answer | null = null
  const edited = await directory.edit(call.shopId, (_written, file) => {
    // The import was long under way: somebody may have been faster.
    declined = unmet(call, stateOf(file, products.forShop(call.shopId).state.version))
    return declined === null ? input : null
  })
  if (declined !== null) return declined
  return edited.ok ? edited.file : failureOf(edited)
}

function answerOf(file: ShopFile, own: ShopProducts): Answer {
  const { isFed, count, version } = own.state
  return {
    status: 200,
    body: {
      campaigns: file.campaigns.length,
      segments: file.segments.length,
      slots: file.slots.length,
      videos: file.videos.length,
      audios: file.audios.length,
      products: isFed ? count : file.products.length,
    },
    headers: { ETag: etagOf(stateOf(file, version)), 'Cache-Control': 'no-store' },
  }
}
