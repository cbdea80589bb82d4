import { z } from '../base/schema.js'
import { cleanText } from './creative/escape.js'
import { resolveHttp } from './creative/url.js'

/** Relative references are resolved against the shop's url, so any base shows whether one is sound. */
const httpReference = z
  .string()
  .min(1)
  .max(2_000)
  .refine((text) => resolveHttp(text, 'https://shop.invalid/') !== null, {
    message: 'must be an http(s) URL or relative to the shop',
  })
const priceMicros = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)

/** A product as a shop tells us of it. Amounts in millionths of the currency unit. */
export const productSchema = z.strictObject({
  id: z.string().min(1).max(128),
  title: z
    .string()
    .max(500)
    .refine((text) => cleanText(text, 1) !== '', { message: 'must have something to read in it' }),
  /** Its page, and its picture. */
  link: httpReference,
  image: httpReference,
  priceMicros,
  /** What is paid now, where that is less than `priceMicros`. */
  salePriceMicros: priceMicros.optional(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  inStock: z.boolean(),
  category: z.string().max(200),
  /** The same for all variants of one thing, its sizes and colours: of them, one is shown at a time. */
  group: z.string().min(1).max(128).optional(),
  /** What the shop keeps of the price, 0 to 1. */
  marginShare: z.number().min(0).max(1).optional(),
  brand: z.string().max(100).optional(),
  description: z.string().max(5_000).optional(),
  /** Stars of the people who bought it, 0 to 5. */
  rating: z.number().min(0).max(5).optional(),
  /** The picture's own size; the shop's `pictures` where it isn't said. */
  imageWidth: z.number().int().min(1).max(16_384).optional(),
  imageHeight: z.number().int().min(1).max(16_384).optional(),
})
export type Product = z.output<typeof productSchema>

/** A product as a shop's catalogue has it. */
export const catalogueProductSchema = productSchema.extend({
  /**
   * When its id came into the catalogue, in ms since 1970; of what has gone and come back, when it came
   * back. Products of a shop's own file have none.
   */
  addedMs: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
})
export type CatalogueProduct = z.output<typeof catalogueProductSchema>
