/** Lists that have their length beside them; what lies beyond is of an earlier request. */
const counts: Readonly<Record<string, string>> = {
  impressions: 'impressionCount',
  sizeKeys: 'sizeCount',
  deals: 'dealCount',
  assets: 'assetCount',
  requiredDurationsS: 'requiredDurationCount',
  companionSizeKeys: 'companionSizeCount',
  fromS: 'count',
  toS: 'count',
  floorCpmMicros: 'count',
}

/** A flat request, or a part of one, with nothing in it but what the request said. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const from = value as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(from).map(([name, member]) => {
      const count = from[counts[name] ?? '']
      return typeof count === 'number' && typeof member === 'object'
        ? [name, plain(Array.from(member as ArrayLike<unknown>).slice(0, count))]
        : // Three lists in one: which of them comes first says nothing.
          [name, name === 'categories' ? [...(member as string[])].sort() : plain(member)]
    }),
  )
}
