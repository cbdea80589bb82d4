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

export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The schema as JSON Schema 2020-12, for documents. What only code can check (that a time zone exists,
 * that ids are distinct) is not in it.
 *
 * @param io `input`: as sent, where what has a default may be missing. `output`: as answered.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Of a format the pattern says the same, at ten times the length.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
    },
  })
  return json
}
