import { decodeSlice } from './slice-codec.js'
import type { WholeStore } from './store.js'
import { type StoredSlice, sliceRemoval } from './write.js'

/** What copying a store came to. Counts of slices, but `people`. */
export interface CopyCounts {
  /** In the source. */
  people: number
  slices: number
  /** Of those: written to the target, or already there as they are. */
  copied: number
  same: number
  /** Left out, as this release can't read them. */
  unreadable: number
  /** Not in the target as they are in the source, when looked at again in the end. */
  different: number
  /** In the target only: of other people, or of some who were forgotten in the source meanwhile. */
  extra: number
  /** Of those: taken out. */
  pruned: number
}

export type CopyStage = 'copying' | 'comparing' | 'looking for more'

export interface CopyOptions {
  /** Takes out of the target what the source hasn't. */
  readonly prune: boolean
  /** @param count of slices so far in this stage. */
  readonly onProgress: (stage: CopyStage, count: number) => void
}

/** Slices under way at a time. */
const concurrency = 256

/**
 * Copies every slice that isn't in the target yet, compares all of them, then counts what the target
 * has beyond. Stopped half way, it is run again: what is there already isn't written twice. What is
 * written to the source meanwhile may be missed and found as `different`; running it once more
 * takes that along.
 *
 * @throws Error where a store fails.
 */
export async function copyStore(
  from: WholeStore,
  to: WholeStore,
  { prune, onProgress }: CopyOptions,
): Promise<CopyCounts> {
  const counts: CopyCounts = {
    ...{ people: 0, slices: 0, copied: 0, same: 0 },
    ...{ unreadable: 0, different: 0, extra: 0, pruned: 0 },
  }
  let lastUid = ''
  await each(from.slices(), async ({ uid, shopId, encoded }) => {
    onProgress('copying', ++counts.slices)
    // One person's slices come one after the other.
    if (uid !== lastUid) counts.people++
    lastUid = uid
    if (typeof decodeSlice(encoded) === 'number') {
      counts.unreadable++
      return
    }
    if ((await to.encoded(uid, shopId))?.equals(encoded)) counts.same++
    else {
      await to.write({ ...sliceRemoval(uid, shopId), encoded })
      counts.copied++
    }
  })

  let comparedCount = 0
  await each(from.slices(), async ({ uid, shopId, encoded }) => {
    onProgress('comparing', ++comparedCount)
    const copy = await to.encoded(uid, shopId)
    if (!copy?.equals(encoded) && typeof decodeSlice(encoded) !== 'number') counts.different++
  })

  let targetCount = 0
  await each(to.slices(), async ({ uid, shopId }) => {
    onProgress('looking for more', ++targetCount)
    if ((await from.encoded(uid, shopId)) !== null) return
    counts.extra++
    if (!prune) return
    await to.write(sliceRemoval(uid, shopId))
    counts.pruned++
  })
  return counts
}

/** Runs `action` on all of them, a bounded number at a time. */
async function each(
  slices: AsyncIterable<StoredSlice>,
  action: (slice: StoredSlice) => Promise<void>,
): Promise<void> {
  const iterator = slices[Symbol.asyncIterator]()
  let isFailed = false
  const work = async (): Promise<void> => {
    while (!isFailed) {
      const next = await iterator.next()
      if (next.done === true) return
      await action(next.value)
    }
  }
  const working = Array.from({ length: concurrency }, () =>
    work().catch((error: unknown) => {
      isFailed = true
      throw error
    }),
  )
  const failed = (await Promise.allSettled(working)).find(({ status }) => status === 'rejected')
  if (failed === undefined) return
  await iterator.return?.()
  throw (failed as PromiseRejectedResult).reason
}
