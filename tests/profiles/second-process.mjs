// A second process with the same store, told what to do over IPC. Runs what `npm run build` made.
import { profilesConfigSchema } from '../../dist/src/profiles/config.js'
import { LmdbProfileStore } from '../../dist/src/profiles/store-lmdb.js'

const store = new LmdbProfileStore(process.argv[2], profilesConfigSchema.parse({}))

const actions = {
  put: async ({ shopId, uid, slice }) => store.forShop(shopId).put(uid, slice),
  remove: async ({ shopId, uid }) => store.forShop(shopId).remove(uid),
  read: async ({ uid }) => store.read(uid),
  /** One after another, each told when it is on disk. */
  putEndlessly: async ({ shopId, slice }) => {
    for (let i = 0; ; i++) {
      await store.forShop(shopId).put(`person-${i}`, slice)
      process.send({ kept: i })
    }
  },
  close: async () => {
    await store.close()
    process.disconnect()
  },
}

process.on('message', async ({ id, action, ...rest }) => {
  try {
    const answer = await actions[action](rest)
    if (process.connected) process.send({ id, answer: answer ?? null })
  } catch (error) {
    process.send({ id, error: String(error) })
  }
})
process.send({ kept: -1 })
