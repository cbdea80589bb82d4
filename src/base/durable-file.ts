/** Files that are whole at any time: what a crash or a full disk cuts short is never under their name. */
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Ends the name of what is being written; nobody reads it, and whoever owns the folder clears it up. */
export const partSuffix = '.part'

/**
 * Puts the text in place of the file's, durably: after a crash at any moment the file has the one or
 * the other. Two at a time for one path are the caller's to prevent.
 *
 * @param mode who may read it, where it isn't there yet.
 * @throws Error of the disk (ENOSPC …); the file is as it was.
 */
export async function writeDurably(path: string, text: string, mode = 0o644): Promise<void> {
  const part = path + partSuffix
  try {
    const file = await open(part, 'w', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(dirname(path))
}

/** Takes the file away, durably. Harmless where it isn't there. */
export async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true })
  await syncFolder(dirname(path))
}

/** A name is only as durable as the folder that it stands in. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
