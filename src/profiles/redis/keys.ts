/**
 * Where a person's data is in Redis. Two hashes, a field per shop (its id) in each:
 *
 *     <prefix>p:{uid}   first section of the slice: all that a bid reads
 *     <prefix>s:{uid}   the whole slice
 *
 * What stands in braces decides the node of a cluster, so both are on the same one. A uid may hold any
 * printable character; `}` and `%` are escaped, as a brace would end that part early.
 */
export class Keys {
  /** What all keys of profiles begin with. */
  readonly profilePrefix: string
  readonly slicePrefix: string

  constructor(prefix: string) {
    this.profilePrefix = `${prefix}p:{`
    this.slicePrefix = `${prefix}s:{`
  }

  profile(uid: string): string {
    return `${this.profilePrefix}${escaped(uid)}}`
  }

  slices(uid: string): string {
    return `${this.slicePrefix}${escaped(uid)}}`
  }

  /** @param key as `profile` or `slices` made it. */
  uidOf(key: string): string {
    const uid = key.slice(this.profilePrefix.length, -1)
    return uid.includes('%') ? uid.replaceAll('%7D', '}').replaceAll('%25', '%') : uid
  }
}

function escaped(uid: string): string {
  if (!uid.includes('}') && !uid.includes('%')) return uid
  return uid.replaceAll('%', '%25').replaceAll('}', '%7D')
}
