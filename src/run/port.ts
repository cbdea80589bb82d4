import { createServer } from 'node:net'

/** @throws Error that names the port where somebody listens on it already. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  if (port === 0) return
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use by another program' : error.message
      reject(new Error(`${host}:${port}: ${why}`))
    })
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()))
  })
}
