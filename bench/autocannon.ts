/** A second opinion on saturation, by a client that isn't ours. The only file that knows autocannon. */
import { createRequire } from 'node:module'
import type { Server } from './processes.js'

interface Result {
  readonly '2xx': number
  readonly duration: number
}
type Autocannon = (options: object) => Promise<Result>

/** @returns answers a second; autocannon's own limit is about 30,000. */
export async function autocannonSaturation(
  server: Server,
  bodies: readonly Buffer[],
  seconds: number,
): Promise<number> {
  const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon
  const result = await autocannon({
    url: `http://127.0.0.1:${server.port}/openrtb2/demo`,
    connections: 64,
    duration: seconds,
    requests: bodies
      .slice(0, 2_000)
      .map((body) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body })),
  })
  return result['2xx'] / result.duration
}
