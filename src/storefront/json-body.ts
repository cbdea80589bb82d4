/** @returns null for what is no JSON object. */
export function objectOf(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    return plainObject(JSON.parse(body.toString()))
  } catch {
    return null
  }
}

export const plainObject = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null
