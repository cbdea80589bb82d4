import type { Socket } from 'node:net'

/** What we use of a connection to one server. */
export interface RedisClient {
  readonly stream: Socket
  ping(): Promise<unknown>
  call(command: string, ...args: (string | number)[]): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  on(event: 'ready' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  /** Of an invalidation: the keys; null where all may have changed. */
  on(
    event: 'messageBuffer',
    listener: (channel: Buffer, keys: readonly Buffer[] | null) => void,
  ): unknown
  disconnect(): void
}
