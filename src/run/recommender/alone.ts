import { mkdirSync } from 'node:fs'
import { systemClock } from '../../base/clock.js'
import { openLog } from '../../base/log.js'
import { makeMetrics } from '../metrics.js'
import { dataPaths } from '../paths.js'
import { localHost } from '../port.js'
import { readSecret } from '../secret.js'
import type { Settings } from '../settings.js'
import { openRecommendSide } from './side.js'

/**
 * Runs the recommender by itself until it is told to stop. Whatever writes into the data folder meanwhile, it
 * follows; picks for adverts it leaves to the recommender that a supervisor keeps.
 *
 * @throws Error where the port is taken, or the data can't be read.
 */
export async function serveAlone(settings: Settings): Promise<void> {
  const { host, ports } = settings
  const secret = readSecret(settings.data)
  for (const path of Object.values(dataPaths(settings))) mkdirSync(path, { recursive: true })
  const side = await openRecommendSide({
    settings,
    port: ports.recommender,
    secret,
    log: openLog('recommender', settings.logLevel),
    metrics: makeMetrics(settings, []),
    clock: systemClock,
    sendPicks: null,
  })
  console.info(`recommender http://${localHost(host)}:${side.port}`)
  const stop = (): void => {
    void side.close().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}
