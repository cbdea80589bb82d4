import { ProfileFetch } from '../../src/profiles/fetch.js'
import type { Profile } from '../../src/profiles/profile.js'
import { type ProfileReader, pending } from '../../src/profiles/store.js'

/** Reads as a bid does that has all the time it wants: whoever isn't at hand is fetched. */
export async function readSettled(reader: ProfileReader, uid: string): Promise<Profile | null> {
  const found = reader.read(uid)
  return found === pending ? fetched(reader, uid) : found
}

/**
 * Reads until the same comes again because it was remembered: news of a change that was made just now
 * may still be under way and have it forgotten once more.
 */
export async function readTwice(reader: ProfileReader, uid: string): Promise<Profile | null> {
  const untilMs = performance.now() + 2_000
  while (performance.now() < untilMs) {
    const first = await readSettled(reader, uid)
    if (reader.read(uid) === first) return first
    await new Promise(setImmediate)
  }
  throw new Error(`${uid}: not remembered within two seconds`)
}

const fetched = (reader: ProfileReader, uid: string): Promise<Profile | null> =>
  new Promise((resolve) => {
    const fetch: ProfileFetch = new ProfileFetch([uid], () => resolve(fetch.profiles[0] ?? null))
    reader.fetch!(fetch)
  })
