import type { Log } from '../base/log.js'
import { openProfileStore } from '../profiles/open-store.js'
import type { WholeStore } from '../profiles/store.js'
import { dataPaths } from './paths.js'
import type { Settings } from './settings.js'

/** Opens the profile store that the settings name. */
export function openProfiles(settings: Settings, log: Log): WholeStore {
  return openProfileStore({
    store: settings.store,
    directory: dataPaths(settings).profiles,
    config: settings.profiles,
    log,
  })
}
