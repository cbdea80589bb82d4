// Goal: profile stores in Redis keep the contract of all profile stores, on one server, behind
// Sentinel, and on a Cluster. Method: real servers, started once for all tests of a kind; a prefix of
// keys of its own for each test.
import { afterAll, beforeAll, describe } from 'vitest'
import { parseStoreAddress } from '../../../src/profiles/redis/address.js'
import { RedisProfileStore } from '../../../src/profiles/redis/store.js'
import { profileStoreContract } from '../../contracts/profile-store.js'
import { newPrefix, noLog, patient } from './opened.js'
import {
  isRedisMissing,
  type Servers,
  startCluster,
  startSentinels,
  startServer,
} from './servers.js'

describe.skipIf(isRedisMissing()).each([
  ['one server', () => startServer()],
  ['Sentinel', () => startSentinels()],
  ['a cluster', () => startCluster()],
])('%s', (_, start) => {
  let servers: Servers
  beforeAll(async () => {
    servers = await start()
  })
  afterAll(() => servers.remove())

  profileStoreContract(async (config) => {
    const redis = { ...config.redis, ...patient, keyPrefix: newPrefix() }
    const address = parseStoreAddress(servers.address)!
    const store = new RedisProfileStore(address, { ...config, redis }, noLog)
    await store.ready()
    return store
  }, true)
})
