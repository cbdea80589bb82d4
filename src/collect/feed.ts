/** Feeds of products: sent or fetched, held back where they would take too much away, and reported. */
import { setTimeout as wait } from 'node:timers/promises'
import { type FetchPublicOptions, FetchRefused, fetchPublic } from '../base/fetch-public.js'
import { z } from '../base/schema.js'
import type { FeedImports } from '../catalogue/feed-imports.js'
import { FeedBusy } from '../catalogue/feed-imports.js'
import { type FeedReport, feedReportSchema } from '../catalogue/feed-report.js'
import { feedDialects } from '../catalogue/feeds/feed.js'
import type { HeldDraft, ProductStore } from '../catalogue/product-store.js'
import { DraftGivenUp } from '../catalogue/product-store.js'
import type { Answer, Call, Endpoint, Role } from './endpoint.js'
import { refusal } from './endpoint.js'
import { drained, keptOpen } from './feed-body.js'
import { readers } from './items.js'

const feeders: readonly Role[] = ['admin', 'developer']
const tag = 'Catalogue'
/** A feed that is fetched is answered with 202 when it takes longer. */
const fetchAnswerMs = 15_000

export interface FeedEndpointsOptions {
  readonly imports: FeedImports
  readonly products: ProductStore
  /** Longest feed that is sent. */
  readonly feedBytesMax: number
  readonly fetch: FetchPublicOptions
  /** What can't be told to who asked, as they have their answer or are gone. */
  readonly onFailed: (shopId: string, error: unknown) => void
}

const putQuery = z.strictObject({
  /** Fetches the feed from there. */
  url: z.string().min(1).max(2_000).optional(),
  /** `true`: takes it over whatever it leaves of the catalogue. */
  force: z.enum(['true', 'false']).optional(),
})

const countsSchema = z.strictObject({ products: z.int(), inStock: z.int() })
const runningSchema = z.strictObject({
  from: z.string(),
  atMs: z.int(),
  dialect: z.enum(feedDialects).nullable(),
  rows: z.int(),
  taken: z.int(),
})
const stateSchema = z.strictObject({
  /** false: the shop shows the products in its file. */
  isFed: z.boolean(),
  catalogue: countsSchema,
  running: runningSchema.nullable(),
  held: countsSchema.nullable(),
  /** Newest first. */
  reports: z.array(feedReportSchema),
})

export function feedEndpoints(options: FeedEndpointsOptions): Endpoint[] {
  const shopOf = (call: Call) => options.products.forShop(call.shopId)
  const countsOf = (call: Call) => {
    const { count, inStockCount } = shopOf(call).state
    return { products: count, inStock: inStockCount }
  }
  return [
    {
      method: 'PUT',
      path: '/v1/feed',
      operationId: 'putFeed',
      tag,
      summary: 'Replaces the catalogue by a feed that is sent, or that we fetch.',
      description:
        'Google Merchant (RSS, Atom, TSV, CSV), Facebook, Yandex YML, Heureka, JSON, JSON lines or ' +
        'CSV, gzip or not; recognised by its content. Rows that can’t be used are counted and told. The ' +
        'catalogue changes as a whole, once the feed has come to its end; one that would leave less ' +
        'than half of the products, or of those in stock, is held back. With `url` the feed is fetched ' +
        'from there: a long one is answered with 202, and `GET /v1/feed` tells how it goes.',
      access: feeders,
      query: putQuery,
      body: { kind: 'stream', bytesMax: options.feedBytesMax, types: [] },
      responses: {
        200: { description: 'It is the catalogue now.', schema: feedReportSchema },
        202: {
          description: 'It is held back (`outcome`), or still being fetched.',
          schema: z.union([
            feedReportSchema,
            z.strictObject({ running: runningSchema.nullable() }),
          ]),
        },
        400: { description: 'The URL can’t be fetched.' },
        409: { description: 'Another feed of the shop is being imported.' },
        422: { description: 'It could not be read to its end; nothing has changed.' },
      },
      handle: (call) => putFeed(call, options),
    },
    {
      method: 'GET',
      path: '/v1/feed',
      operationId: 'getFeed',
      tag,
      summary: 'Tells what became of the last feeds, and how the one under way goes.',
      access: readers,
      body: { kind: 'none' },
      responses: { 200: { description: 'The catalogue and its feeds.', schema: stateSchema } },
      handle: (call) => {
        const held = shopOf(call).held()
        const body: z.output<typeof stateSchema> = {
          isFed: shopOf(call).state.isFed,
          catalogue: countsOf(call),
          running: options.imports.running(call.shopId),
          held: held === null ? null : { products: held.count, inStock: held.inStockCount },
          reports: [...shopOf(call).feeds()],
        }
        return { status: 200, body }
      },
    },
    {
      method: 'DELETE',
      path: '/v1/feed',
      operationId: 'deleteFeed',
      tag,
      summary: 'Forgets the fed catalogue: the products in the shop’s file are shown again.',
      access: feeders,
      body: { kind: 'none' },
      responses: { 204: { description: 'It is forgotten, and so are its reports.' } },
      handle: async (call) => {
        await shopOf(call).clear()
        return { status: 204 }
      },
    },
    {
      method: 'POST',
      path: '/v1/feed/held',
      operationId: 'acceptHeldFeed',
      tag,
      summary: 'Puts the feed that is held back in place of the catalogue.',
      access: feeders,
      body: { kind: 'none' },
      responses: {
        200: { description: 'It is the catalogue now.', schema: countsSchema },
        404: { description: 'No feed is held back.' },
      },
      handle: (call) =>
        endHeld(shopOf(call).held(), async (held) => {
          await held.commit()
          return { status: 200, body: countsOf(call) }
        }),
    },
    {
      method: 'DELETE',
      path: '/v1/feed/held',
      operationId: 'discardHeldFeed',
      tag,
      summary: 'Forgets the feed that is held back.',
      access: feeders,
      body: { kind: 'none' },
      responses: {
        204: { description: 'It is forgotten.' },
        404: { description: 'No feed is held back.' },
      },
      handle: (call) =>
        endHeld(shopOf(call).held(), async (held) => {
          await held.discard()
          return { status: 204 }
        }),
    },
  ]
}

async function endHeld(
  held: HeldDraft | null,
  end: (held: HeldDraft) => Promise<Answer>,
): Promise<Answer> {
  const none = refusal(404, 'held: no feed of the shop is held back')
  try {
    return held === null ? none : await end(held)
  } catch (error) {
    // Somebody else has decided meanwhile.
    if (error instanceof DraftGivenUp) return none
    throw error
  }
}

async function putFeed(call: Call, options: FeedEndpointsOptions): Promise<Answer> {
  const { shopId, query, stream } = call
  const { url } = query
  const isForced = query['force'] === 'true'
  try {
    if (url !== undefined) return await fetchFeed(shopId, url, isForced, options)
    const contentType = call.header('content-type')
    const report = await options.imports.start(
      shopId,
      async () => ({ bytes: keptOpen(stream), contentType, from: 'upload' }),
      isForced,
    )
    // Who is still sending what we gave up reads no answer before that.
    if (report.outcome === 'broken') await drained(stream)
    return answerOf(report)
  } catch (error) {
    if (error instanceof FeedBusy) return refusal(409, `feed: ${error.message}`)
    if (error instanceof FetchRefused) return refusal(400, error.message)
    throw error
  }
}

async function fetchFeed(
  shopId: string,
  url: string,
  isForced: boolean,
  { imports, fetch, onFailed }: FeedEndpointsOptions,
): Promise<Answer> {
  const done = imports.start(shopId, () => fetchPublic(url, fetch), isForced)
  const stop = new AbortController()
  let report: FeedReport | null
  try {
    report = await Promise.race([done, wait(fetchAnswerMs, null, { signal: stop.signal })])
  } finally {
    stop.abort()
  }
  if (report !== null) return answerOf(report)
  done.catch((error: unknown) => onFailed(shopId, error))
  return { status: 202, body: { running: imports.running(shopId) } }
}

function answerOf(report: FeedReport): Answer {
  const { outcome, stopped } = report
  if (outcome === 'taken') return { status: 200, body: report }
  if (outcome === 'held') return { status: 202, body: report }
  const error = `feed: ${stopped?.reason ?? 'is broken'}; the catalogue is as it was`
  return { status: 422, body: { error, ...report } }
}
