import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ByteWriter } from '../src/base/byte-writer.js'
import { LoadClient, type LoadResult } from '../src/simulation/http-client.js'
import { cpuMicros, type Server } from './processes.js'

const run = promisify(execFile)

export interface Saturation {
  readonly requestsPerSecond: number
  /** The server's own, kernel time included. */
  readonly cpuMicrosPerRequest: number
}

export const jsonType = 'application/json'
export const protobufType = 'application/x-protobuf'

/** A whole HTTP request, made ahead. */
export const requestOf = (body: Buffer, contentType = jsonType): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST /openrtb2/demo HTTP/1.1\r\nHost: b\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ])

export const loadOf = (requests: readonly Buffer[]) => ({
  write: (index: number, output: ByteWriter): void =>
    output.bytes(requests[index % requests.length]!),
})

/** Keeps every connection busy with our own client. */
export async function saturate(
  server: Server,
  requests: readonly Buffer[],
  seconds: number,
  connectionCount = 64,
): Promise<Saturation> {
  const client = new LoadClient(
    { host: '127.0.0.1', port: server.port, isSecure: false },
    { connectionCount },
  )
  await client.open()
  const before = cpuMicros(server.pid)
  const result = await client.runClosedLoop(loadOf(requests), { seconds })
  const used = cpuMicros(server.pid) - before
  client.close()
  return {
    requestsPerSecond: (result.answeredCount * 1_000) / result.elapsedMs,
    cpuMicrosPerRequest: used / result.answeredCount,
  }
}

/** Share of these requests that are answered with a bid. */
export async function bidShareOf(server: Server, requests: readonly Buffer[]): Promise<number> {
  const client = new LoadClient(
    { host: '127.0.0.1', port: server.port, isSecure: false },
    { connectionCount: 8 },
  )
  await client.open()
  const plan = { ratePerSecond: 2_000, count: 4_000 }
  const { answeredCount, countByStatus } = await client.runOpenLoop(loadOf(requests), plan)
  client.close()
  return (countByStatus.get(200) ?? 0) / answeredCount
}

/** The same with wrk, whose own cost is less: what it finds is the server's limit and not the client's. */
export async function saturateWithWrk(
  server: Server,
  script: string,
  seconds: number,
  core: number,
): Promise<Saturation> {
  const before = cpuMicros(server.pid)
  const { stdout } = await run('taskset', [
    ...['-c', String(core), 'wrk', '-t1', '-c64', `-d${seconds}s`, '-s', script],
    `http://127.0.0.1:${server.port}`,
  ])
  const used = cpuMicros(server.pid) - before
  const [, count, micros] = /result (\d+) (\d+)/.exec(stdout)!.map(Number)
  return {
    requestsPerSecond: (count! * 1e6) / micros!,
    cpuMicrosPerRequest: used / count!,
  }
}

/** Bodies one after the other, each after its length, and a script that sends them in turn. */
export function writeWrkScript(
  folder: string,
  name: string,
  bodies: readonly Buffer[],
  contentType = jsonType,
): string {
  mkdirSync(folder, { recursive: true })
  const data = join(folder, `${name}.bodies`)
  writeFileSync(
    data,
    Buffer.concat(bodies.flatMap((body) => [Buffer.from(`${body.length}\n`), body])),
  )
  const script = join(folder, `${name}.lua`)
  writeFileSync(
    script,
    `local requests = {}
local at = 0
function init(args)
  local file = io.open(${JSON.stringify(data)}, "rb")
  while true do
    local length = file:read("*n")
    if not length then break end
    file:read(1)
    local body = file:read(length)
    requests[#requests + 1] = "POST /openrtb2/demo HTTP/1.1\\r\\nHost: b\\r\\nContent-Type: ${contentType}\\r\\nContent-Length: " .. #body .. "\\r\\n\\r\\n" .. body
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary)
  io.write(string.format("result %d %d\\n", summary.requests, summary.duration))
end
`,
  )
  return script
}

/** Latency at a constant rate, from the instant that each request was due. Milliseconds. */
export interface Latency {
  readonly ratePerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  /** Answers that took over 100 ms, and requests that got none. */
  readonly lateCount: number
}

export async function latencyAt(
  server: Server,
  requests: readonly Buffer[],
  ratePerSecond: number,
  seconds: number,
): Promise<Latency> {
  const client = new LoadClient(
    { host: '127.0.0.1', port: server.port, isSecure: false },
    { connectionCount: 64 },
  )
  await client.open()
  let lateCount = 0
  const load = {
    ...loadOf(requests),
    onAnswer: (_index: number, _answer: unknown, latencyMs: number): void => {
      if (latencyMs > 100) lateCount++
    },
  }
  const plan = { ratePerSecond, count: Math.round(ratePerSecond * seconds) }
  const result: LoadResult = await client.runOpenLoop(load, plan)
  client.close()
  const ms = (percent: number): number => Math.round(result.latency.percentile(percent) / 10) / 100
  return {
    ratePerSecond: Math.round(ratePerSecond),
    p50Ms: ms(50),
    p99Ms: ms(99),
    p999Ms: ms(99.9),
    maxMs: Math.round(result.latency.max / 10) / 100,
    lateCount: lateCount + result.unsentCount + result.sentCount - result.answeredCount,
  }
}
