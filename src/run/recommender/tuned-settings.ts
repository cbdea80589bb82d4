import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '../../base/durable-file.js'
import { keyOf } from '../../base/key.js'
import { fullSettings, type NeighbourSettings } from '../../recommend/sessions/settings.js'
import { checkSettings } from '../../recommend/sessions/settings-file.js'

/** A shop's id may have letters that names of files can't have. */
const pathOf = (directory: string, shopId: string): string =>
  join(directory, `${keyOf(shopId).toString(36)}.json`)

export interface TunedSettings {
  readonly settings: NeighbourSettings
  /** What is wrong with those that were found for the shop; '' where nothing is, or none were. */
  readonly fault: string
}

/** How next products are chosen at a shop: as `grosz recommend tune` has found, else as for any shop. */
export function readTunedSettings(directory: string, shopId: string): TunedSettings {
  const path = pathOf(directory, shopId)
  const without = (fault: string): TunedSettings => ({ settings: fullSettings, fault })
  try {
    const checked = checkSettings(JSON.parse(readFileSync(path, 'utf8')), path)
    return checked.ok ? { settings: checked.value, fault: '' } : without(checked.faults.join('; '))
  } catch (error) {
    const isNone = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return without(isNone ? '' : `${path}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Another text after every change; '' where there are none. They are written aside and renamed. */
export function tunedVersion(directory: string, shopId: string): string {
  try {
    const stats = statSync(pathOf(directory, shopId), { throwIfNoEntry: false })
    return stats === undefined ? '' : `${stats.ino} ${stats.mtimeMs}`
  } catch {
    // What is wrong with it, the build tells.
    return ''
  }
}

/** Kept for the next build, which comes soon, and those after it. */
export async function writeTunedSettings(
  directory: string,
  shopId: string,
  settings: NeighbourSettings,
): Promise<void> {
  await writeDurably(pathOf(directory, shopId), `${JSON.stringify(settings)}\n`)
}
