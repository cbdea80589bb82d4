import { join } from 'node:path'
import type { Settings } from './settings.js'

/** Where what is kept lies below the data folder. */
export function dataPaths({ data }: Pick<Settings, 'data'>) {
  return {
    /** Shop files, one JSON each. */
    shops: join(data, 'catalogue'),
    /** What is compiled from them; may be deleted. */
    snapshots: join(data, 'snapshots'),
    profiles: join(data, 'profiles'),
    /** Products of shops that have a feed, and what became of their feeds. */
    products: join(data, 'products'),
    /** All that is kept of people. */
    books: join(data, 'books'),
    /** What came of recommendations: shown, clicked, bought. */
    recommend: join(data, 'recommend'),
    /** Settings of recommendations that were tuned, a file for each shop that was. */
    tuned: join(data, 'tuned'),
    audit: join(data, 'audit'),
    ledger: join(data, 'ledger'),
  } as const
}
