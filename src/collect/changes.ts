/** How a part of a shop's file is shown and changed, whatever part it is. */
import type { ShopFile } from '../catalogue/model.js'
import type { Edited, ShopDirectory } from '../catalogue/shop-directory.js'
import { problemOf } from './caller.js'
import type { Answer, Call } from './endpoint.js'
import { refusal } from './endpoint.js'
import { tagged, unmet } from './etag.js'
import { isTooDeep, mergePatch } from './merge-patch.js'
import type { Place } from './place.js'

export interface ChangeOptions {
  /** Whether it may be there where it isn't yet: a PUT then makes it. */
  readonly mayCreate: boolean
  /** Why this change is not the caller's to make; null where it is. `after` null: it is taken away. */
  readonly refuse?: (before: object | null, after: object | null, file: ShopFile) => Answer | null
}

export function show(directory: ShopDirectory, place: Place, call: Call): Answer {
  const file = directory.get(call.shopId)
  const shown = file === null ? null : place.shown(file)
  return shown === null ? refusal(404, 'path: there is nothing here') : tagged(call, shown)
}

/** @param value what is put there, as `call.json` has it. */
export function replace(
  directory: ShopDirectory,
  place: Place,
  call: Call,
  value: object,
  options: ChangeOptions,
): Promise<Answer> {
  return change(directory, place, call, options, () => value)
}

/** Merges the body into what is there. */
export function patch(
  directory: ShopDirectory,
  place: Place,
  call: Call,
  options: ChangeOptions,
): Promise<Answer> {
  const asked = call.json as Readonly<Record<string, unknown>>
  return change(directory, place, call, { ...options, mayCreate: false }, (written) =>
    mergePatch(written, asked),
  )
}

export function remove(
  directory: ShopDirectory,
  place: Place,
  call: Call,
  options: ChangeOptions,
): Promise<Answer> {
  return change(directory, place, call, { ...options, mayCreate: false }, () => null)
}

async function change(
  directory: ShopDirectory,
  place: Place,
  call: Call,
  { mayCreate, refuse }: ChangeOptions,
  newValue: (written: object | null) => object | null,
): Promise<Answer> {
  if (isTooDeep(call.json)) return refusal(400, 'body: is nested too deeply')
  let declined: Answer | null = null
  let path = ''
  let isNew = false
  let isRemoval = false
  const edited = await directory.edit(call.shopId, (written, file) => {
    const shown = place.shown(file)
    isNew = shown === null
    const value = newValue(place.written(written))
    isRemoval = value === null
    declined =
      isNew && !mayCreate
        ? refusal(404, 'path: there is nothing here')
        : (unmet(call, shown) ?? refuse?.(shown, value, file) ?? null)
    if (declined !== null) return null
    const after = place.put(written, value)
    path = value === null ? '' : place.path(after)
    return after
  })
  if (declined !== null) return declined
  if (!edited.ok) return failureOf(edited, path, isRemoval)
  if (isRemoval) return { status: 204 }
  // What is sent back is what the next GET shows, so that its tag can be used at once.
  return tagged(call, place.shown(edited.file)!, isNew ? 201 : 200)
}

const statusOf = {
  missing: 404,
  taken: 409,
  declined: 409,
  unsound: 400,
  broken: 409,
  busy: 503,
  disk: 507,
} as const

const errorOf = {
  missing: 'shop: is unknown',
  taken: 'shop: the id is taken',
  declined: 'shop: was not changed',
  unsound: 'body: can not be taken',
  broken: 'shop: its file was edited by hand and can not be used as it stands',
  busy: 'shop: too many changes wait; try again',
  disk: 'shop: can not be written now; nothing has changed',
} as const

/**
 * @param path faults below it are named as the body has it; others from the root of the shop's file.
 * @param isRemoval faults are then about what still needs it.
 */
export function failureOf(
  edited: Exclude<Edited, { ok: true }>,
  path = '',
  isRemoval = false,
): Answer {
  const { why, faults } = edited
  const isNeeded = isRemoval && why === 'unsound'
  const problems = faults.map((fault) => problemOf(relative(fault, path)))
  const answer = isNeeded
    ? refusal(409, 'path: it is still needed', problems)
    : refusal(statusOf[why], errorOf[why], problems)
  return why === 'busy' ? { ...answer, headers: { 'Retry-After': '1' } } : answer
}

function relative(fault: string, path: string): string {
  if (path === '' || !fault.startsWith(path)) return fault
  const rest = fault.slice(path.length)
  return /^[.[:]/.test(rest) ? rest.replace(/^\./, '') : fault
}
