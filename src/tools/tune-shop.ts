import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LmdbTables } from '../people/store-lmdb.js'
import { type TuneSettings, type Tuning, tuneActions } from '../recommend/evaluation/tune.js'
import { ItemTable } from '../recommend/item-table.js'
import { dataPaths } from '../run/paths.js'
import { readActions } from '../run/recommender/read-actions.js'
import { writeTunedSettings } from '../run/recommender/tuned-settings.js'
import { readSettings } from '../run/settings.js'

const dayMs = 86_400_000

/**
 * Finds settings for a shop on what its people did, of which it only reads: Grosz may be running.
 *
 * @param isKept the shop's models are built with them from then on.
 * @throws Error where there is no such data, or the shop has too little.
 */
export async function tuneShop(
  shopId: string,
  options: TuneSettings,
  isKept: boolean,
): Promise<Tuning> {
  const settings = readSettings(process.env)
  if (!settings.ok) throw new Error(settings.faults.join('\n'))
  const { recommend, people } = settings.value
  const paths = dataPaths(settings.value)
  if (!existsSync(join(paths.books, 'data.mdb')))
    throw new Error(`${paths.books}: nothing was told here yet`)
  const books = new LmdbTables(paths.books, people)
  try {
    const items = new ItemTable()
    const fromMs = Date.now() - recommend.historyDays * dayMs
    const actions = readActions(books, shopId, items, {
      fromMs,
      countMax: recommend.actionCountMax,
      // Builds tell of it.
      onUnreadable: () => {},
    })
    if (actions.count === 0) throw new Error(`--shop: nobody has done anything at ${shopId} yet`)
    const tuning = tuneActions(actions, items.count, options)
    if (isKept) await writeTunedSettings(paths.tuned, shopId, tuning.settings)
    return tuning
  } finally {
    await books.close()
  }
}
