import { onTestFinished } from 'vitest'
import type { Log } from '../../../src/base/log.js'
import { type ProfilesConfig, profilesConfigSchema } from '../../../src/profiles/config.js'
import { parseStoreAddress } from '../../../src/profiles/redis/address.js'
import { RedisProfileStore } from '../../../src/profiles/redis/store.js'

const silent = (): void => {}
export const noLog: Log = { debug: silent, info: silent, warn: silent, error: silent }

let prefixCount = 0
/** Another one each time, so that many tests share a server that takes time to start. */
export const newPrefix = (): string => `test-${process.pid}-${++prefixCount}:`

export interface Changes {
  readonly keyPrefix: string
  readonly profiles?: Partial<ProfilesConfig>
  readonly redis?: Partial<ProfilesConfig['redis']>
  readonly log?: Log
}

/** On a busy machine a server may be silent for longer than in earnest. */
export const patient = { silenceMs: 10_000, connectMs: 10_000 } as const

/** A store that the test's end closes; not waited for. */
export function openedAt(
  address: string,
  { keyPrefix, profiles, redis, log }: Changes,
): RedisProfileStore {
  const config = profilesConfigSchema.parse({
    ...profiles,
    redis: { ...patient, ...redis, keyPrefix },
  })
  const store = new RedisProfileStore(parseStoreAddress(address)!, config, log ?? noLog)
  onTestFinished(() => store.close())
  return store
}
