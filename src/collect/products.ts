/** The catalogue's products one by one, and changes of their price and stock between feeds. */
import { isUtf8 } from 'node:buffer'
import { check, z } from '../base/schema.js'
import type { ProductPatch, ProductStore } from '../catalogue/product-store.js'
import {
  type CatalogueProduct,
  catalogueProductSchema,
  type Product,
} from '../catalogue/products.js'
import type { Answer, Call, Endpoint, Problem } from './endpoint.js'
import { refusal } from './endpoint.js'
import { readers } from './items.js'
import { limitOf, pageBy, pageOf, pageQuery } from './paging.js'

const tag = 'Catalogue'
const patchCountMax = 10_000
const patchBytesMax = 4 * 1024 * 1024
const problemCountMax = 100

export interface ProductEndpointsOptions {
  readonly products: ProductStore
  /** Those in the shop's file, which it shows while it isn't fed. */
  readonly own: (shopId: string) => readonly Product[]
}

const amount = z
  .number()
  .positive('must be more than 0')
  .max(9_000_000)
  .transform((units) => Math.max(1, Math.round(units * 1e6)))
const micros = z.int().positive('must be more than 0')

/** Amounts in units, as feeds have them, or in millionths, as the API shows them. */
const patchSchema = z
  .strictObject({
    id: z.string().min(1).max(128),
    price: amount.optional(),
    priceMicros: micros.optional(),
    salePrice: amount.nullable().optional(),
    salePriceMicros: micros.nullable().optional(),
    inStock: z.boolean().optional(),
  })
  .refine((it) => it.price === undefined || it.priceMicros === undefined, {
    message: 'is given twice',
    path: ['price'],
  })
  .refine((it) => it.salePrice === undefined || it.salePriceMicros === undefined, {
    message: 'is given twice',
    path: ['salePrice'],
  })
  .refine((it) => Object.keys(it).length > 1, { message: 'must change something' })
  .transform(
    ({ id, price, priceMicros, salePrice, salePriceMicros, inStock }): ProductPatch => ({
      id,
      priceMicros: price ?? priceMicros,
      salePriceMicros: salePrice === undefined ? salePriceMicros : salePrice,
      inStock,
    }),
  )

const patchedSchema = z.strictObject({
  /** Items that were taken, durably. */
  changed: z.int(),
  refused: z.int(),
  /** The first ones: `where` is the item's place, as `[3].price`. */
  problems: z.array(z.strictObject({ where: z.string(), reason: z.string() })),
})

export function productEndpoints(options: ProductEndpointsOptions): Endpoint[] {
  return [
    {
      method: 'PATCH',
      path: '/v1/products',
      operationId: 'patchProducts',
      tag,
      summary: 'Changes what some products cost and whether they are in stock, at once.',
      description:
        `A JSON array of up to ${patchCountMax} items. What an item doesn’t name stays as it is; ` +
        '`"salePrice": null` ends a sale. Items that can’t be used are told, the others are taken. ' +
        'Outlasts a feed that is being imported meanwhile.',
      access: ['admin', 'developer'],
      body: { kind: 'bytes', bytesMax: patchBytesMax, types: ['application/json'] },
      responses: {
        200: { description: 'What was taken is in use.', schema: patchedSchema },
        400: { description: 'It is no JSON array.' },
        413: { description: 'It has too many items.' },
      },
      handle: (call) => patchProducts(call, options.products),
    },
    {
      method: 'GET',
      path: '/v1/products',
      operationId: 'listProducts',
      tag,
      summary: 'Lists the catalogue’s products, in the order of their ids.',
      access: readers,
      query: pageQuery,
      body: { kind: 'none' },
      responses: {
        200: { description: 'A page of them.', schema: pageOf(catalogueProductSchema) },
      },
      handle: (call) => {
        const shop = options.products.forShop(call.shopId)
        if (!shop.state.isFed)
          return { status: 200, body: pageBy(call, options.own(call.shopId), ({ id }) => id) }
        const limit = limitOf(call)
        // One more, to know whether there are any.
        const found = shop.page(call.query['after'] ?? '', limit + 1)
        const items = found.slice(0, limit)
        const next = found.length > limit ? items.at(-1)!.id : null
        return { status: 200, body: { items, next } }
      },
    },
    {
      method: 'GET',
      path: '/v1/products/{product}',
      operationId: 'getProduct',
      tag,
      summary: 'Shows a product as the catalogue has it now.',
      access: readers,
      body: { kind: 'none' },
      responses: {
        200: { description: 'The product.', schema: catalogueProductSchema },
        404: { description: 'There is none.' },
      },
      handle: (call) => {
        const id = call.params['product'] ?? ''
        const shop = options.products.forShop(call.shopId)
        const own = (): Product | undefined =>
          options.own(call.shopId).find((product) => product.id === id)
        const product: CatalogueProduct | null | undefined = shop.state.isFed ? shop.get(id) : own()
        return product ? { status: 200, body: product } : refusal(404, 'product: is unknown')
      },
    },
  ]
}

async function patchProducts(call: Call, products: ProductStore): Promise<Answer> {
  let items: unknown
  if (!isUtf8(call.bytes)) return refusal(400, 'body: is not UTF-8')
  try {
    items = JSON.parse(call.bytes.toString())
  } catch (error) {
    return refusal(400, `body: is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  if (!Array.isArray(items)) return refusal(400, 'body: must be an array of changes')
  if (items.length > patchCountMax)
    return refusal(413, `body: has ${items.length} items, more than ${patchCountMax}`)
  const problems: Problem[] = []
  let refused = 0
  const refuse = (where: string, reason: string): void => {
    if (problems.length < problemCountMax) problems.push({ where, reason })
  }
  const patches: ProductPatch[] = []
  const placeOf = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const checked = check(patchSchema, item, '')
    if (checked.ok) {
      patches.push(checked.value)
      placeOf.set(checked.value.id, index)
      continue
    }
    refused++
    for (const fault of checked.faults) {
      const [, field = '', reason = ''] = /^(.*?): (.*)$/s.exec(fault) ?? []
      refuse(field === '' ? `[${index}]` : `[${index}].${field}`, reason)
    }
  }
  for (const id of await products.forShop(call.shopId).patch(patches)) {
    refused++
    refuse(`[${placeOf.get(id)}].id`, `${JSON.stringify(id)} is not in the catalogue that was fed`)
  }
  return { status: 200, body: { changed: items.length - refused, refused, problems } }
}
