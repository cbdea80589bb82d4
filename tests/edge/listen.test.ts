// Goal: both HTTP servers do the same. Method: the listener contract on each.
import { listenNode } from '../../src/edge/listen-node.js'
import { listenerContract } from '../contracts/listener.js'

const uws = await import('../../src/edge/listen-uws.js').catch((error: Error) => {
  console.warn(`*** SKIPPED: uWebSockets.js has no binary here: ${error.message} ***`)
  return null
})
if (uws !== null) listenerContract('uWebSockets.js', uws.listenUws)
listenerContract('node:http', listenNode)
