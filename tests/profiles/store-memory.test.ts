// Goal and method: the contract of profile stores, kept by the one in memory.
import { MemoryProfileStore } from '../../src/profiles/store-memory.js'
import { profileStoreContract } from '../contracts/profile-store.js'

profileStoreContract((config) => new MemoryProfileStore(config))
