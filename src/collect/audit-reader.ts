/** Reads the audit log from its end, a page at a time, without having more of it in memory. */
import type { FileHandle } from 'node:fs/promises'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditEntry } from './audit-entry.js'
import { entryOf, lineBytesMax } from './audit-entry.js'

const blockBytes = 65_536
/** Most that one page looks through: a shop that has changed little is told to ask on from there. */
const scannedBytesMax = 16_777_216

export interface AuditPage {
  /** The newest first. */
  readonly items: readonly AuditEntry[]
  /** To be asked for next, as `before`; null: there are no more. */
  readonly next: string | null
}

/**
 * @param wanted which entries.
 * @param before a time as entries have it, of which no two have the same; only those before it. ''
 *   begins with the newest.
 */
export async function readAudit(
  folder: string,
  wanted: (entry: AuditEntry) => boolean,
  before: string,
  limit: number,
): Promise<AuditPage> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-\d{2}\.jsonl$/.test(name)).sort()
  const items: AuditEntry[] = []
  let scannedBytes = 0
  for (const name of names.reverse()) {
    if (before !== '' && name.slice(0, 7) > before.slice(0, 7)) continue
    const file = await open(join(folder, name), 'r')
    try {
      const end = before === '' ? (await file.stat()).size : await endBefore(file, before)
      for await (const line of linesBackwards(file, end)) {
        scannedBytes += line.length + 1
        const entry = entryOf(line)
        if (entry === null) continue
        if (!wanted(entry) || (before !== '' && entry.at >= before)) {
          if (scannedBytes > scannedBytesMax) return { items, next: entry.at }
          continue
        }
        if (items.length >= limit) return { items, next: items.at(-1)!.at }
        items.push(entry)
      }
    } finally {
      await file.close()
    }
  }
  return { items, next: null }
}

/** Where the first entry at or after a time begins; found by halving, as lines are in order of time. */
async function endBefore(file: FileHandle, before: string): Promise<number> {
  let low = 0
  let high = (await file.stat()).size
  while (high - low > blockBytes) {
    const middle = Math.floor((low + high) / 2)
    const entry = await entryAfter(file, middle)
    if (entry === null || entry.at >= before) high = middle
    else low = middle
  }
  // The line that `high` is in the middle of is still before; later ones are left out as they are read.
  const { size } = await file.stat()
  return Math.min(size, high + 2 * lineBytesMax)
}

/** The first whole entry after a place in the file. */
async function entryAfter(file: FileHandle, at: number): Promise<AuditEntry | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4 * lineBytesMax), 0, undefined, at)
  const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(1, -1)
  for (const line of lines) {
    const entry = entryOf(line)
    if (entry !== null) return entry
  }
  return null
}

async function* linesBackwards(file: FileHandle, end: number): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for (let at = end; at > 0; ) {
    const length = Math.min(blockBytes, at)
    at -= length
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, at)
    const block = Buffer.concat([buffer, rest])
    // What stands before the first end of a line may begin in the block before.
    const start = at > 0 ? block.indexOf(10) + 1 : 0
    rest = start === 0 && at > 0 ? block : block.subarray(0, start)
    if (rest === block) continue
    const lines = block.toString('utf8', start).split('\n')
    for (const line of lines.reverse()) if (line !== '') yield line
  }
}
