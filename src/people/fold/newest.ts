/** Lists whose newest entry comes first. In whatever order entries are put in, the list is the same. */

interface At {
  readonly atMs: number
}

/** Newest first; of the same moment by name, so that there is one order only. */
export function comesBefore(a: At, nameOfA: string, b: At, nameOfB: string): boolean {
  return a.atMs === b.atMs ? nameOfA < nameOfB : a.atMs > b.atMs
}

/**
 * The list with an entry, each name once at its newest, the oldest left out past `countMax`.
 *
 * @param list in order.
 */
export function withNewest<T extends At>(
  list: readonly T[],
  entry: T,
  nameOf: (entry: T) => string,
  countMax: number,
): readonly T[] {
  const name = nameOf(entry)
  const known = list.findIndex((it) => nameOf(it) === name)
  if (known >= 0 && list[known]!.atMs >= entry.atMs) return list
  let place = 0
  while (place < list.length && comesBefore(list[place]!, nameOf(list[place]!), entry, name))
    place++
  if (place === countMax) return list
  const newest = list.slice()
  if (known >= 0) newest.splice(known, 1)
  else if (newest.length === countMax) newest.pop()
  newest.splice(place, 0, entry)
  return newest
}

export const productOf = ({ product }: { readonly product: string }): string => product
export const textOf = ({ text }: { readonly text: string }): string => text
