import { fieldOf, isObject } from './wire.js'

/**
 * Whether the body of a 400 names a field of the request and something that is truly wrong with it, as in
 * `{"error":"imp[0].banner.w: must not be negative"}`. Other words than those below convince nobody.
 */
export function isTrueRefusal(request: object, body: string): boolean {
  const match = /^([^:\s]+): (.+)$/.exec(errorIn(body))
  if (match === null) return false
  const value = valueAt(request, match[1]!)
  const [, type] =
    /^must be an? (string|object|array|number|integer|boolean)\b/.exec(match[2]!) ?? []
  if (type !== undefined) return value !== undefined && !isOfType(value, type)
  if (/\bmust not be negative$/.test(match[2]!)) return hasNegative(value)
  return match[2] === 'must not be empty' && (value === '' || isEmpty(value))
}

function errorIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: unknown }
    return typeof error === 'string' ? error : ''
  } catch {
    return ''
  }
}

/** @param path  as `imp[0].banner.w`. */
function valueAt(request: object, path: string): unknown {
  let value: unknown = request
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined
    else value = fieldOf(value, name!)
  }
  return value
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'object') return isObject(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) || isObject(value)) && Object.keys(value).length === 0

/** The value itself, or a number within it as deep as sizes in a banner stand. */
function hasNegative(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return value < 0
  if (typeof value !== 'object' || value === null || depth > 3) return false
  return Object.values(value).some((it) => hasNegative(it, depth + 1))
}
