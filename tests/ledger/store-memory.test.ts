// Goal and method: see tests/contracts/ledger-store.ts.
import { MemoryDisk, MemoryStore } from '../../src/ledger/store-memory.js'
import { ledgerStoreContract } from '../contracts/ledger-store.js'

ledgerStoreContract('memory', () => {
  const disk = new MemoryDisk()
  return { openStore: async () => new MemoryStore(disk) }
})
