export interface Spent {
  readonly seconds: number
  /** Of all threads, as collecting garbage has its own. */
  readonly cpuSeconds: number
}

/** @returns what has been spent since. */
export function stopwatch(): () => Spent {
  const startMs = performance.now()
  const start = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(start)
    return { seconds: (performance.now() - startMs) / 1_000, cpuSeconds: (user + system) / 1e6 }
  }
}
