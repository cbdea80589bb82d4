/** What every store in LMDB does alike; each of them knows the package by itself. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs'

/** Node's own reader and writer, which its types leave out: faster than those that take an encoding. */
type KeyBuffer = Buffer & {
  utf8Write(text: string, offset: number): number
  utf8Slice(start: number, end: number): string
}

/** Keys are their text's UTF-8, which sorts as the text's code points do. */
export const textKeys = {
  writeKey(key: string, target: KeyBuffer, start: number): number {
    // Caught by the binding, which comes back with more room; the key would be cut short otherwise.
    if (start + key.length * 3 > target.length) throw new RangeError('no room for the key')
    return start + target.utf8Write(key, start)
  },
  readKey(source: KeyBuffer, start: number, end: number): string {
    return source.utf8Slice(start, end)
  },
}

/**
 * The binding would take the process down over a file that isn't LMDB's.
 *
 * @param path of `data.mdb`. @param what as in `is no profile store, or a damaged one`.
 */
export function refuseOtherFile(path: string, what: string): void {
  if (!existsSync(path)) return
  const head = Buffer.alloc(28)
  const file = openSync(path, 'r')
  const length = readSync(file, head)
  closeSync(file)
  if (length > 0 && head.readUInt32LE(24) !== 0xbeefc0de) throw new Error(`${path}: ${what}`)
}

/** Why a commit failed, which the error has as a promise; unawaited, it would stop the process. */
export async function causeOf(error: unknown): Promise<string> {
  try {
    if (error instanceof Error && 'commitError' in error) await error.commitError
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
  return error instanceof Error ? error.message : String(error)
}

const digits = 9
/** A whole number as text that sorts as the number does. @param value below 36^9, which lasts. */
export const sortable = (value: number): string => value.toString(36).padStart(digits, '0')
