import type { z } from '../base/schema.js'
import type { ShopFile } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { patch, replace, show } from './changes.js'
import type { Answer, Call, Endpoint, Role } from './endpoint.js'
import { itemBytesMax, patchSchema, readers, writers } from './items.js'
import type { Place } from './place.js'

export interface PartKind {
  /** As in `getLook`. */
  readonly name: string
  readonly path: string
  readonly tag: string
  /** As in "Shows how the shop's adverts look." */
  readonly what: string
  readonly schema: z.ZodType
  readonly place: (call: Call) => Place
  /** Who may change it. */
  readonly writers?: readonly Role[]
  readonly refuse?: (
    call: Call,
    before: object | null,
    after: object | null,
    file: ShopFile,
  ) => Answer | null
  /** What a GET shows, where that is more than the part itself. */
  readonly shownSchema?: z.ZodType
}

/** Shows and changes what a shop has one of. */
export function partEndpoints(directory: ShopDirectory, kind: PartKind): Endpoint[] {
  const { name, path, tag, what, schema } = kind
  const options = (call: Call) => ({
    mayCreate: false,
    refuse: (before: object | null, after: object | null, file: ShopFile) =>
      kind.refuse?.(call, before, after, file) ?? null,
  })
  const changed = {
    200: { description: 'As it is now, with its ETag.', schema },
    412: { description: 'Somebody has changed it since; the ETag of what is there comes along.' },
    428: { description: 'If-Match is missing.' },
  }
  return [
    {
      method: 'GET',
      path,
      operationId: `get${name}`,
      tag,
      summary: `Shows ${what}.`,
      access: readers,
      body: { kind: 'none' },
      responses: {
        200: { description: 'As it is, with its ETag.', schema: kind.shownSchema ?? schema },
      },
      handle: (call) => show(directory, kind.place(call), call),
    },
    {
      method: 'PUT',
      path,
      operationId: `put${name}`,
      tag,
      summary: `Replaces ${what} (with If-Match).`,
      access: kind.writers ?? writers,
      body: { kind: 'json', schema, bytesMax: itemBytesMax },
      responses: changed,
      handle: (call) =>
        replace(directory, kind.place(call), call, call.json as object, options(call)),
    },
    {
      method: 'PATCH',
      path,
      operationId: `patch${name}`,
      tag,
      summary: `Changes some of ${what} (JSON merge patch, with If-Match).`,
      access: kind.writers ?? writers,
      body: { kind: 'json', schema: patchSchema, bytesMax: itemBytesMax },
      responses: changed,
      handle: (call) => patch(directory, kind.place(call), call, options(call)),
    },
  ]
}
