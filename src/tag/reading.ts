/**
 * Reads what pages hand us, which may be anything: other scripts' objects, getters that throw, proxies.
 * What is inherited isn't read, so that nobody's change to `Object.prototype` gets into an event.
 */

const hasOwn = Object.prototype.hasOwnProperty

/** A field of the thing's own; undefined where there is none, or reading it throws. */
export function own(holder: unknown, name: string | number): unknown {
  try {
    return hasOwn.call(holder, name)
      ? (holder as Record<string | number, unknown>)[name]
      : undefined
  } catch {
    return undefined
  }
}

/** Runs what may throw: nothing of ours is to be an error of the page. */
export function safely<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

/** Text or a number as text; undefined for all else. What is too long is left out: cut, an id would be another. */
export function textOf(value: unknown, lengthMax: number): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? `${value}`.trim() : ''
  return text !== '' && text.length <= lengthMax ? text : undefined
}

/** A number, also one that is written as text; undefined for all else. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** @returns 22 characters of base64url: 128 random bits. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .slice(0, 22)
}
