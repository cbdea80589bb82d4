import { z } from '../base/schema.js'
import type { ShopFile } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import { patch, remove, replace, show } from './changes.js'
import type { Answer, Call, Endpoint, Role } from './endpoint.js'
import { refusal } from './endpoint.js'
import { tagged } from './etag.js'
import { pageBy, pageOf, pageQuery } from './paging.js'
import type { ListName, Place } from './place.js'
import { itemPlace } from './place.js'

export const readers: readonly Role[] = ['admin', 'marketer', 'developer', 'viewer']
export const writers: readonly Role[] = ['admin', 'marketer']

/** The body of a PATCH: any part of what is there. */
export const patchSchema = z.record(z.string(), z.unknown())
export const itemBytesMax = 1_048_576

export interface ItemKind {
  readonly list: ListName
  /** As in `getCampaign`, and in braces in the path. */
  readonly name: string
  /** Where all of them are: `/v1/campaigns`. */
  readonly path: string
  readonly tag: string
  /** As in "one of the shop's campaigns". */
  readonly plural: string
  readonly schema: z.ZodType
  /** Ids that none can have, as something else is shown at their paths. */
  readonly takenIds?: readonly string[]
  /** Why one may not be as it was sent, which is not checked yet; null where it may. */
  readonly mayPut?: (before: object | null, after: object, file: ShopFile) => Answer | null
  /** Why one may not be taken away; null where it may. */
  readonly mayRemove?: (id: string, file: ShopFile) => Answer | null
}

export const idTaken = refusal(400, 'body: is not as it must be', [
  { where: 'id', reason: 'stands for something else in this API: take another' },
])

/** Lists, shows, makes, changes and takes away what a shop has several of. */
export function itemEndpoints(directory: ShopDirectory, kind: ItemKind): Endpoint[] {
  const { name, plural, schema, tag, list } = kind
  const path = `${kind.path}/{${name}}`
  const title = name[0]!.toUpperCase() + name.slice(1)
  const idOf = (call: Call): string => call.params[name] ?? ''
  const placeOf = (call: Call): Place => itemPlace(list, idOf(call))
  const mayPut =
    (call: Call) =>
    (before: object | null, after: object | null, file: ShopFile): Answer | null => {
      if (after === null) return null
      if (before === null && kind.takenIds?.includes(idOf(call)) === true) return idTaken
      if ((after as { readonly id?: unknown }).id === idOf(call))
        return kind.mayPut?.(before, after, file) ?? null
      const reason = `must be ${idOf(call)}, as in the path`
      return refusal(400, 'body: is not as it must be', [{ where: 'id', reason }])
    }
  const found = { description: `The ${name}, with its ETag.`, schema }
  const conflict = {
    404: { description: 'There is none with this id.' },
    412: { description: 'Somebody has changed it since; the ETag of what is there comes along.' },
    428: { description: 'If-Match is missing.' },
  }
  return [
    {
      method: 'GET',
      path: kind.path,
      operationId: `list${title}s`,
      tag,
      summary: `Lists the shop's ${plural}, by id.`,
      access: readers,
      query: pageQuery,
      body: { kind: 'none' },
      responses: { 200: { description: 'A page of them.', schema: pageOf(schema) } },
      handle: (call) =>
        tagged(
          call,
          pageBy<{ readonly id: string }>(
            call,
            directory.get(call.shopId)?.[list] ?? [],
            ({ id }) => id,
          ),
        ),
    },
    {
      method: 'GET',
      path,
      operationId: `get${title}`,
      tag,
      summary: `Shows one of the shop's ${plural}.`,
      access: readers,
      body: { kind: 'none' },
      responses: { 200: found, 404: conflict[404] },
      handle: (call) => show(directory, placeOf(call), call),
    },
    {
      method: 'PUT',
      path,
      operationId: `put${title}`,
      tag,
      summary: `Makes one of the shop's ${plural}, or replaces it (with If-Match).`,
      access: writers,
      body: { kind: 'json', schema, bytesMax: itemBytesMax },
      responses: {
        200: found,
        201: { ...found, description: `The ${name}, made, with its ETag.` },
        412: conflict[412],
        428: conflict[428],
      },
      handle: (call) =>
        replace(directory, placeOf(call), call, call.json as object, {
          mayCreate: true,
          refuse: mayPut(call),
        }),
    },
    {
      method: 'PATCH',
      path,
      operationId: `patch${title}`,
      tag,
      summary: `Changes some of one of the shop's ${plural} (JSON merge patch, with If-Match).`,
      access: writers,
      body: { kind: 'json', schema: patchSchema, bytesMax: itemBytesMax },
      responses: { 200: found, ...conflict },
      handle: (call) =>
        patch(directory, placeOf(call), call, { mayCreate: false, refuse: mayPut(call) }),
    },
    {
      method: 'DELETE',
      path,
      operationId: `delete${title}`,
      tag,
      summary: `Takes one of the shop's ${plural} away (with If-Match).`,
      access: writers,
      body: { kind: 'none' },
      responses: {
        204: { description: 'It is gone.' },
        409: { description: 'Something else of the shop still needs it.' },
        ...conflict,
      },
      handle: (call) =>
        remove(directory, placeOf(call), call, {
          mayCreate: false,
          refuse: (_before, _after, file) => kind.mayRemove?.(idOf(call), file) ?? null,
        }),
    },
  ]
}
