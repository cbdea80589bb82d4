import type { Log } from '../base/log.js'
import type { ProfilesConfig } from './config.js'
import { parseStoreAddress } from './redis/address.js'
import { RedisProfileStore } from './redis/store.js'
import type { WholeStore } from './store.js'
import { LmdbProfileStore } from './store-lmdb.js'

export interface StoreOptions {
  /** As in the settings: `lmdb`, or the address of a Redis. */
  readonly store: string
  /** Of the store's own, for LMDB. */
  readonly directory: string
  readonly config: ProfilesConfig
  readonly log: Log
}

/**
 * Opens the profile store that the settings name. A Redis that is away is connected to in the
 * background; whoever can't do without it awaits `ready`.
 *
 * @throws Error where the address is no address, or the folder can't be used.
 */
export function openProfileStore({ store, directory, config, log }: StoreOptions): WholeStore {
  const address = parseStoreAddress(store)
  if (address === null) return new LmdbProfileStore(directory, config)
  return new RedisProfileStore(address, config, log)
}
