import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '../../base/durable-file.js'
import { keyOf } from '../../base/key.js'
import { fullSettings, type NeighbourSettings } from '../../recommend/sessions/settings.js'

/** A shop's id may have letters that files of some systems don't. */
const pathOf = (directory: string, shopId: string): string =>
  join(directory, `${keyOf(shopId).toString(36)}.json`)

interface TunedFile {
  readonly shopId: string
  readonly settings: NeighbourSettings
}

/**
 * How next products are chosen at a shop: as `grosz recommend tune` has found, else as for any shop. What an
 * earlier release didn't know yet is as for any shop.
 */
export function readTunedSettings(directory: string, shopId: string): NeighbourSettings {
  let text: string
  try {
    text = readFileSync(pathOf(directory, shopId), 'utf8')
  } catch {
    return fullSettings
  }
  const file = JSON.parse(text) as TunedFile
  if (file.shopId !== shopId) return fullSettings
  const known = Object.keys(fullSettings) as (keyof NeighbourSettings)[]
  const tuned = Object.fromEntries(
    known.map((name) => {
      const value: unknown = file.settings[name]
      return [name, Number.isFinite(value) ? value : fullSettings[name]]
    }),
  )
  return tuned as unknown as NeighbourSettings
}

/** Kept for the next build, and those after it. */
export async function writeTunedSettings(
  directory: string,
  shopId: string,
  settings: NeighbourSettings,
): Promise<void> {
  const file: TunedFile = { shopId, settings }
  await writeDurably(pathOf(directory, shopId), `${JSON.stringify(file, null, 1)}\n`)
}
