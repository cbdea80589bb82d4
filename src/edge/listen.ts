import type { Listener, ListenOptions } from './listener.js'

/** Listens with uWebSockets.js, or with `node:http` on platforms that it has no binary for. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { listenUws } = await import('./listen-uws.js').catch(() => ({ listenUws: null }))
  if (listenUws !== null) return listenUws(options)
  const { listenNode } = await import('./listen-node.js')
  return listenNode(options)
}
