import type { Sessions } from '../sessions.js'

/** Typed arrays only: handed over between threads as they are (`transferablesOf`). */
export interface SessionIndexParts {
  readonly sessionCount: number
  readonly itemCount: number
  /** Where each session's products begin in `items`, and where the last one's end. Newest session last. */
  readonly starts: Uint32Array<ArrayBuffer>
  /** In the order in which they were looked at, repeats kept. */
  readonly items: Int32Array<ArrayBuffer>
  /** Where each product's sessions begin in `postings`, and where the last one's end. */
  readonly postingStarts: Uint32Array<ArrayBuffer>
  /**
   * Numbers of sessions, newest first, each once; of frequent products only the newest `postingsMax`. -1 at the end
   * of a product's for each that was taken out.
   */
  readonly postings: Int32Array<ArrayBuffer>
  /** ln(sessions / sessions with the product), 0 for a product without any. */
  readonly idf: Float32Array<ArrayBuffer>
  /** Sessions with the product, those of a tenth of the whole time ago counting a half, and so on. */
  readonly popularity: Float32Array<ArrayBuffer>
  /** How old the sessions of each block of 2^`blockBits` are, as a share of the whole time, 0 (newest) to 1. */
  readonly blockAges: Float32Array<ArrayBuffer>
  readonly blockBits: number
}

export interface IndexSettings {
  /** Sessions that are listed of one product: bounds what a request looks at, and memory. */
  readonly postingsMax: number
}

export const indexDefaults: IndexSettings = { postingsMax: 5_000 }

const blockCountMax = 4_096
const popularityHalfLife = 0.1

/**
 * The sessions, and where each product occurs in them. O(events); 4 bytes an event for the sessions, 4 for each
 * product of a session, 16 a product.
 *
 * @param itemCount products that there are: all in `sessions` are below it.
 */
export function buildSessionIndex(
  sessions: Sessions,
  itemCount: number,
  settings: IndexSettings = indexDefaults,
): SessionIndexParts {
  const { count } = sessions
  const starts = new Uint32Array(count + 1)
  starts.set(sessions.starts.subarray(0, count + 1))
  const items = new Int32Array(starts[count]!)
  items.set(sessions.items.subarray(0, items.length))

  let blockBits = 0
  while (count >> blockBits >= blockCountMax) blockBits++
  const blockAges = agesOf(sessions, blockBits)

  const sessionCounts = new Uint32Array(itemCount)
  const lastSession = new Int32Array(itemCount).fill(-1)
  const popularity = new Float32Array(itemCount)
  for (let session = 0; session < count; session++) {
    const weight = 2 ** (-blockAges[session >> blockBits]! / popularityHalfLife)
    for (let at = starts[session]!; at < starts[session + 1]!; at++) {
      const item = items[at]!
      if (lastSession[item] === session) continue
      lastSession[item] = session
      sessionCounts[item]!++
      popularity[item]! += weight
    }
  }
  const { postingStarts, postings } = post(starts, items, sessionCounts, settings.postingsMax)
  const idf = new Float32Array(itemCount)
  for (let item = 0; item < itemCount; item++)
    if (sessionCounts[item]! > 0) idf[item] = Math.log(count / sessionCounts[item]!)
  const sizes = { sessionCount: count, itemCount, blockBits }
  return { ...sizes, starts, items, postingStarts, postings, idf, popularity, blockAges }
}

/** Ends of the blocks' middle sessions; without times, numbers of sessions stand in for them. */
function agesOf(sessions: Sessions, blockBits: number): Float32Array<ArrayBuffer> {
  const { count, endSeconds, hasTimes } = sessions
  const blockAges = new Float32Array((count >> blockBits) + 1)
  const timeOf = (session: number): number => (hasTimes ? endSeconds[session]! : session)
  const newest = count === 0 ? 0 : timeOf(count - 1)
  const span = count === 0 ? 1 : Math.max(1, newest - timeOf(0))
  for (let block = 0; block < blockAges.length; block++) {
    const middle = Math.min(count - 1, (block << blockBits) + ((1 << blockBits) >> 1))
    blockAges[block] = count === 0 ? 0 : (newest - timeOf(middle)) / span
  }
  return blockAges
}

function post(
  starts: Uint32Array,
  items: Int32Array,
  sessionCounts: Uint32Array,
  postingsMax: number,
): Pick<SessionIndexParts, 'postingStarts' | 'postings'> {
  const itemCount = sessionCounts.length
  const postingStarts = new Uint32Array(itemCount + 1)
  for (let item = 0; item < itemCount; item++)
    postingStarts[item + 1] = postingStarts[item]! + Math.min(postingsMax, sessionCounts[item]!)
  const postings = new Int32Array(postingStarts[itemCount]!)
  const ends = postingStarts.slice(0, itemCount)
  for (let session = starts.length - 2; session >= 0; session--)
    for (let at = starts[session]!; at < starts[session + 1]!; at++) {
      const item = items[at]!
      const end = ends[item]!
      const isListed = end > postingStarts[item]! && postings[end - 1] === session
      if (isListed || end === postingStarts[item + 1]!) continue
      postings[end] = session
      ends[item] = end + 1
    }
  return { postingStarts, postings }
}

/**
 * Takes a session out: no product's list has it any more. How frequent its products are is left as it was.
 * O(length · postingsMax).
 */
export function removeSession(parts: SessionIndexParts, session: number): void {
  const { starts, items, postingStarts, postings } = parts
  for (let at = starts[session]!; at < starts[session + 1]!; at++) {
    const end = postingStarts[items[at]! + 1]!
    let low = postingStarts[items[at]!]!
    let high = end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (postings[middle]! > session) low = middle + 1
      else high = middle
    }
    // Not there where it was too old to be listed, or is out by a look before.
    if (low === end || postings[low] !== session) continue
    postings.copyWithin(low, low + 1, end)
    postings[end - 1] = -1
  }
}

export const emptyIndex = (itemCount: number): SessionIndexParts =>
  buildSessionIndex(
    {
      count: 0,
      starts: new Uint32Array(1),
      items: new Int32Array(0),
      endSeconds: new Uint32Array(0),
      hasTimes: false,
    },
    itemCount,
  )

/** What `postMessage` is to hand over rather than copy. */
export const transferablesOf = (parts: SessionIndexParts): ArrayBuffer[] => [
  parts.starts.buffer,
  parts.items.buffer,
  parts.postingStarts.buffer,
  parts.postings.buffer,
  parts.idf.buffer,
  parts.popularity.buffer,
  parts.blockAges.buffer,
]

export const bytesOf = (parts: SessionIndexParts): number =>
  transferablesOf(parts).reduce((sum, { byteLength }) => sum + byteLength, 0)
