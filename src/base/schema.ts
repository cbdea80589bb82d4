/** What we use of zod: shapes for configuration and for what shops send, with faults that name the field. */
import { z } from 'zod'

export { z }

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly string[] }

/** Every fault at once, each as `path: reason`, under the name of what was read. */
export function check<T>(schema: z.ZodType<T>, input: unknown, name: string): Checked<T> {
  const result = schema.safeParse(input)
  if (result.success) return { ok: true, value: result.data }
  const faults = result.error.issues.map((issue) => {
    let path = name
    for (const step of issue.path)
      path += typeof step === 'number' ? `[${step}]` : `${path === '' ? '' : '.'}${String(step)}`
    return `${path}: ${issue.message}`
  })
  return { ok: false, faults }
}
