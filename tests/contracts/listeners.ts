/** Both HTTP servers, or the one that there is on a Node that uWebSockets.js has no binary for. */
import { listenNode } from '../../src/edge/listen-node.js'

const uws = await import('../../src/edge/listen-uws.js').catch((error: Error) => {
  console.warn(`*** SKIPPED: uWebSockets.js has no binary here: ${error.message} ***`)
  return null
})

export const listeners: readonly (readonly [name: string, listen: typeof listenNode])[] = [
  ...(uws === null ? [] : [['uWebSockets.js', uws.listenUws] as const]),
  ['node:http', listenNode],
]
