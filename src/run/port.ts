import { type AddressInfo, createServer } from 'node:net'

/** Where this machine reaches a listener itself: one on all addresses is on loopback too. */
export const localHost = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host)

/**
 * A port that nobody listens on: this one, or any where it is 0. Workers share it, so it must be
 * known before the first of them listens; and sharing would hide that another Grosz has it.
 *
 * @throws Error that names the port and why it can't be had.
 */
export async function freePort(host: string, port: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use by another program' : error.message
      reject(new Error(`${host}:${port}: ${why}`))
    })
    server.listen({ host, port, exclusive: true }, () => {
      const { port: free } = server.address() as AddressInfo
      server.close(() => resolve(free))
    })
  })
}
