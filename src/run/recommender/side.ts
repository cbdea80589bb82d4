/** Puts the recommender together: what it reads of shops and their people, and the pages' side in front of it. */
import { join } from 'node:path'
import { AddressLimit } from '../../base/address-limit.js'
import type { Clock } from '../../base/clock.js'
import { type Log, Throttled } from '../../base/log.js'
import type { Metrics } from '../../base/metrics.js'
import { ShopDirectory } from '../../catalogue/shop-directory.js'
import { LmdbProductStore } from '../../catalogue/store-lmdb.js'
import type { KeyInfo, Role } from '../../collect/endpoint.js'
import { KeyRing } from '../../collect/keys.js'
import { listen } from '../../edge/listen.js'
import { Books } from '../../people/books.js'
import { LmdbTables } from '../../people/store-lmdb.js'
import { Chooser } from '../../recommend/choose/chooser.js'
import { choosePicks } from '../../recommend/choose/picks.js'
import { FeedbackLog } from '../../recommend/report/feedback-log.js'
import { LmdbReportTables, reportMapBytes } from '../../recommend/store-lmdb.js'
import { Answers } from '../../storefront/answers.js'
import { FeedbackTaker } from '../../storefront/feedback.js'
import { Filler } from '../../storefront/filler.js'
import { LiveSessions } from '../../storefront/live-sessions.js'
import { storefrontRoutes } from '../../storefront/routes.js'
import type { KeyHolder } from '../../storefront/shop.js'
import { widgetRoute } from '../../storefront/widget-script.js'
import type { PersonPicks } from '../messages.js'
import { dataPaths } from '../paths.js'
import { readScript } from '../scripts.js'
import type { Settings } from '../settings.js'
import { FollowedEvents } from './followed-events.js'
import { FollowedPosition, readPosition } from './followed-position.js'
import { FollowedWrites } from './followed-writes.js'
import { JournalFollower } from './follower.js'
import { forgetGone } from './forget-gone.js'
import { ModelBuilder } from './model-builder.js'
import { PickWriter } from './pick-writer.js'
import { RecommenderMetrics } from './recommender-metrics.js'
import { ShopModels } from './shop-models.js'
import { StorefrontShops } from './storefront-shops.js'
import { tunedVersion } from './tuned-settings.js'

export interface RecommendSideOptions {
  readonly settings: Settings
  /** 0 picks a free one. */
  readonly port: number
  /** The installation's. */
  readonly secret: Buffer
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  /** Hands what was chosen for people to whoever writes their slices; null: nobody does. */
  readonly sendPicks: ((rows: readonly PersonPicks[]) => void) | null
}

export interface RecommendSide {
  readonly port: number
  /** Writes the numbers of now into the metrics. */
  report(): void
  close(): Promise<void>
}

const reportFlushMs = 500
const writeRetryMs = 1_000
const reportWaitingMax = 10_000
const reportAnswersPerShopMax = 1_000_000
/** A shop that is back within this time finds its reports as they were. */
const goneMs = 600_000

/** Says each thing once in a while, however often it comes. */
function complainer(log: Log, clock: Clock) {
  const complaints = new Map<string, Throttled>()
  return (error: unknown, what: string, shopId?: string): void => {
    const complaint = complaints.get(what) ?? new Throttled()
    complaints.set(what, complaint)
    const held = complaint.due(clock.nowMs())
    if (held >= 0) log.error({ err: error, shopId, held }, what)
  }
}

/** Who may name customers: servers of the shop, not those who only look at it. */
const mayNamePeople: ReadonlySet<Role> = new Set(['operator', 'admin', 'developer', 'privacy'])

const keyHolderOf = (key: KeyInfo | null): KeyHolder | null =>
  key === null ? null : { shopId: key.shopId, mayNamePeople: mayNamePeople.has(key.role) }

/** @throws Error where something that is kept can't be opened, or the port is taken. */
export async function openRecommendSide(options: RecommendSideOptions): Promise<RecommendSide> {
  const { settings, log, clock, secret, metrics, sendPicks } = options
  const { recommend: config } = settings
  const paths = dataPaths(settings)
  const numbers = new RecommenderMetrics(metrics)
  const complain = complainer(log, clock)
  const directory = new ShopDirectory({
    folder: paths.shops,
    currencies: Object.keys(settings.currencies),
    isReader: true,
  })
  const keys = await KeyRing.open({
    dataDir: settings.data,
    clock,
    isReader: true,
    onFault: (error) => log.error({ err: error }, 'keys: the file can’t be read; they stand'),
  })
  const products = await LmdbProductStore.open(paths.products, { isWriter: false })
  const tables = new LmdbTables(paths.books, settings.people)
  const books = new Books(tables)
  const refresh = (): void => tables.refresh()
  const reportTables = new LmdbReportTables(paths.recommend, { mapBytes: reportMapBytes })
  const feedback = new FeedbackLog({
    tables: reportTables,
    clock,
    timeZoneOf: (shopId) => directory.get(shopId)?.shop.timeZone ?? 'UTC',
    flushMs: reportFlushMs,
    waitingMax: reportWaitingMax,
    answersPerShopMax: reportAnswersPerShopMax,
    onFault: (error) => {
      numbers.storeFailed()
      complain(error, 'recommend: counts were not kept')
    },
  })
  const builder = new ModelBuilder({
    booksDir: paths.books,
    productsDir: paths.products,
    settingsDir: paths.tuned,
    mapBytes: settings.people.mapBytes,
    actionCountMax: config.actionCountMax,
  })
  const models: ShopModels = new ShopModels({
    builder,
    follower: () => follower,
    config,
    clock,
    log,
    productsVersion: () => products.version,
    tunedVersion: (shopId) => tunedVersion(paths.tuned, shopId),
    onBuilt: (shopId, seconds) => {
      numbers.built(seconds)
      if (seconds !== null) picks?.ready(shopId)
    },
  })
  const storefront = new StorefrontShops({
    ...{ directory, products, books, refresh, models, secret },
    onGone: (shopId) => {
      const forget = (): void => {
        if (directory.get(shopId) !== null) return
        feedback
          .forgetShop(shopId)
          .catch((error: unknown) => complain(error, 'recommend: a shop’s report stays', shopId))
      }
      setTimeout(forget, goneMs).unref()
    },
  })
  const sessions = new LiveSessions({
    peopleMax: config.recentPeopleMax,
    onDropped: () => numbers.recentDropped(),
  })
  const chooser = new Chooser()
  const picks: PickWriter | null =
    sendPicks === null
      ? null
      : new PickWriter({
          person: (shopId, personId) => books.forShop(shopId).person(personId),
          choose: (shopId, slice) => {
            const model = models.get(shopId)
            return model === null ? null : choosePicks(model, slice, clock.nowMs(), chooser)
          },
          send: sendPicks,
          onFault: (shopId, error) => complain(error, 'recommend: somebody can’t be read', shopId),
          waitingMax: config.picksWaitingMax,
        })
  const writes = new FollowedWrites({ log, retryMs: writeRetryMs })
  const events = new FollowedEvents({
    ...{ models, picks, sessions, feedback, writes },
    onMissed: () => {
      const forget = (shopId: string, personKey: number): void =>
        writes.add(() => feedback.forget(shopId, personKey))
      const joinTwo = (shopId: string, goneKey: number, personKey: number): void =>
        writes.add(() => feedback.join(shopId, goneKey, personKey))
      const forgetAll = async (): Promise<void> => {
        for (const shopId of directory.ids)
          await forgetGone(shopId, { books, reports: reportTables, forget, join: joinTwo })
      }
      forgetAll().catch((error: unknown) =>
        log.error({ err: error }, 'recommend: who is gone since is not forgotten in reports'),
      )
    },
  })
  // Beside the report, which has what hangs on it.
  const followedPath = join(paths.recommend, 'followed')
  const startAfter = readPosition(followedPath)
  const follower: JournalFollower = new JournalFollower({ books, refresh, log, startAfter }, events)
  const position = new FollowedPosition({
    ...{ path: followedPath, log },
    now: () => (writes.isDone ? follower.position : null),
  })
  const answers = new Answers({
    filler: new Filler(chooser),
    sessions,
    clock,
    onSlot: (page, kind, itemCount) => numbers.slot(page, kind, itemCount),
    onFault: (shopId, error) => complain(error, 'recommend: no slot was filled', shopId),
    onAnswered: (answer) => feedback.answered(answer),
  })
  const listener = await listen({
    host: settings.host,
    port: options.port,
    bodyTimeoutMs: settings.bodyTimeoutMs,
    routes: [
      widgetRoute(readScript('widget')),
      ...storefrontRoutes({
        ...{ storefront, answers, clock },
        findKey: (key) => keyHolderOf(keys.find(key)),
        feedback: new FeedbackTaker({ storefront, log: feedback, clock }),
        askLimit: new AddressLimit(config.askLimit),
        postLimit: new AddressLimit(config.postLimit),
        isBehindProxy: settings.collect.isBehindProxy,
        onLimited: (call) => numbers.limited(call),
        onRequest: (status, seconds) => numbers.answered(status, seconds),
        onFeedback: (result, type) => numbers.feedback(result, type),
        onFault: (error) => {
          numbers.storeFailed()
          complain(error, 'recommend: feedback was not kept')
        },
      }),
    ],
  })
  return {
    port: listener.port,
    report: () => numbers.update({ models, follower, picks, sessions }),
    async close() {
      await listener.close()
      follower.close()
      picks?.close()
      models.close()
      await builder.close()
      await writes.close()
      await position.close()
      await feedback.close()
      await reportTables.close()
      storefront.close()
      await directory.close()
      await keys.close()
      await products.close()
      await books.close()
    },
  }
}
