/** JSON that changes JSON (RFC 7396): what it names is replaced, null takes away, the rest stays. */

/** Deeper bodies are nobody's campaign, and would end whoever walks through them. */
const depthMax = 32

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Neither is changed. To be asked only of what is not too deep. */
export function mergePatch(target: unknown, patch: Json): Json {
  // A map, as a name like __proto__ is then one like any other.
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, isObject(value) ? mergePatch(merged.get(name), value) : value)
  }
  return Object.fromEntries(merged)
}

export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return true
    const next: unknown[] = []
    for (const item of level)
      if (typeof item === 'object' && item !== null)
        for (const inner of Object.values(item))
          if (typeof inner === 'object' && inner !== null) next.push(inner)
    level = next
  }
  return false
}
