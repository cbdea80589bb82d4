/** Long lists come in pages: `limit` of them, those `after` an id; `next` is what to ask for then. */
import { z } from '../base/schema.js'
import type { Call } from './endpoint.js'

const limitDefault = 100
const limitMax = 1_000

export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^(?!0+$)\d{1,4}$/, 'must be a number from 1 to 1000')
    .refine((text) => Number(text) <= limitMax, { message: 'must be a number from 1 to 1000' })
    .optional(),
  /** `next` of the page before. */
  after: z.string().max(200).optional(),
})

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    /** null: this was the last page. */
    next: z.string().nullable(),
  })

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

export const limitOf = ({ query }: Pick<Call, 'query'>): number =>
  Number(query['limit'] ?? limitDefault)

/** In the order of ids, so that what is added or taken away meanwhile makes none come twice. */
export function pageBy<T>(call: Call, all: readonly T[], idOf: (item: T) => string): Page<T> {
  const { after = '' } = call.query
  const limit = limitOf(call)
  const rest = all.filter((item) => idOf(item) > after)
  rest.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  const items = rest.slice(0, limit)
  return { items, next: rest.length > limit ? idOf(items.at(-1)!) : null }
}
