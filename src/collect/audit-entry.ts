import { z } from '../base/schema.js'
import type { Change } from './server.js'

/** Longest line of the log: more would be somebody's body, and not what was done. */
export const lineBytesMax = 4_096
const fieldCountMax = 40
const textLengthMax = 80

export const auditEntrySchema = z.strictObject({
  at: z.iso.datetime(),
  /** The key's id and role. */
  key: z.string(),
  role: z.string(),
  /** '' where it is about no shop. */
  shop: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number().int(),
  /** ETags of what was to be replaced and of what is there now; '' where there is none. */
  before: z.string(),
  after: z.string(),
  /** Top-level fields that were sent. */
  fields: z.array(z.string()),
})
export type AuditEntry = z.output<typeof auditEntrySchema>

/** Parameters of paths that name things. All others (a person, say) are left in their braces. */
const namesOfThings: ReadonlySet<string> = new Set([
  'campaign',
  'segment',
  'slot',
  'product',
  'join',
  'video',
  'audio',
  'exchange',
  'key',
])

/** Without anything that says who a person is: of the path only what names things, of the body no values. */
export function auditEntryOf(change: Change): Omit<AuditEntry, 'at'> {
  const { endpoint, key, shopId, params, status, etagBefore, etagAfter, fields } = change
  return {
    key: key.id,
    role: key.role,
    shop: shopId,
    method: endpoint.method,
    path: endpoint.path.replaceAll(/\{(\w+)\}/g, (braces, name: string) =>
      namesOfThings.has(name) ? encodeURIComponent(cut(params[name] ?? '')) : braces,
    ),
    status,
    before: cut(etagBefore),
    after: cut(etagAfter),
    // Of a list the fields are its places, which say nothing.
    fields: fields
      .filter((name) => !/^\d+$/.test(name))
      .slice(0, fieldCountMax)
      .map(cut),
  }
}

const cut = (text: string): string => text.slice(0, textLengthMax)

export function lineOf(entry: AuditEntry): string {
  const line = `${JSON.stringify(entry)}\n`
  if (Buffer.byteLength(line) <= lineBytesMax) return line
  return `${JSON.stringify({ ...entry, fields: [] })}\n`
}

/** null for what isn't one: the rest of a line that a crash has cut off. */
export function entryOf(line: string): AuditEntry | null {
  try {
    const checked = auditEntrySchema.safeParse(JSON.parse(line))
    return checked.success ? checked.data : null
  } catch {
    return null
  }
}
