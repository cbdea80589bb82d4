/** Fetches what somebody else names, without being led to where only we can go. */
import { lookup } from 'node:dns/promises'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.js'

export interface FetchPublicOptions {
  /** Lets it reach private networks and this machine: for development alone. */
  readonly allowPrivateNetworks: boolean
  /** From the start to the answer's head, with all redirects; and between two pieces of its body. */
  readonly headMs: number
  readonly idleMs: number
  /** All addresses of a host. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

export interface Fetched {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly contentType: string
  /** Where it was in the end, with nothing in it that may be secret. */
  readonly from: string
}

const redirectCountMax = 5
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Why something can't be fetched: for whoever named it. Says no credentials. */
export class FetchRefused extends Error {}

/**
 * The body of what is at a URL. A name is resolved once for each hop, and that very address is
 * connected to, so that a name which means something else a moment later leads nowhere.
 *
 * @param url http or https; a name and password in it are sent to its own origin alone.
 * @throws FetchRefused
 */
export async function fetchPublic(url: string, options: FetchPublicOptions): Promise<Fetched> {
  const signal = AbortSignal.timeout(options.headMs)
  let target = parsedUrl(url, undefined)
  const first = target
  for (let hop = 0; hop <= redirectCountMax; hop++) {
    if (signal.aborted) throw new FetchRefused(`url: no answer within ${options.headMs} ms`)
    const credentials = target.origin === first.origin ? credentialsOf(first) : ''
    const response = await answerOf(target, credentials, options, signal)
    const status = response.statusCode ?? 0
    if (redirects.has(status)) {
      response.destroy()
      target = parsedUrl(response.headers.location ?? '', target)
      continue
    }
    if (status !== 200) {
      response.destroy()
      throw new FetchRefused(`url: ${shownUrl(target)} answers ${status}`)
    }
    response.setTimeout(options.idleMs, () =>
      response.destroy(new FetchRefused(`url: nothing came for ${options.idleMs} ms`)),
    )
    const contentType = response.headers['content-type'] ?? ''
    return { bytes: response, contentType, from: shownUrl(target) }
  }
  throw new FetchRefused(`url: is redirected more than ${redirectCountMax} times`)
}

/** Origin and path; that there was a query, but not what it said. */
export function shownUrl({ origin, pathname, search }: URL): string {
  return `${origin}${pathname}${search === '' ? '' : '?…'}`
}

function parsedUrl(text: string, base: URL | undefined): URL {
  let url: URL
  try {
    url = new URL(text, base)
  } catch {
    throw new FetchRefused(base === undefined ? 'url: is none' : 'url: is redirected to no URL')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new FetchRefused('url: must be http or https')
  return url
}

function credentialsOf({ username, password }: URL): string {
  if (username === '' && password === '') return ''
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  } catch {
    throw new FetchRefused('url: its name and password are not well written')
  }
}

async function answerOf(
  url: URL,
  credentials: string,
  options: FetchPublicOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const address = await addressOf(url, options)
  const family = isIP(address)
  const settings: RequestOptions = {
    // One connection for one answer: none is kept for a name that may mean something else then.
    agent: false,
    headers: { Accept: '*/*', 'Accept-Encoding': 'gzip', 'User-Agent': 'Grosz (feed import)' },
    lookup: (_host, lookupOptions, done) => {
      if (lookupOptions.all === true) done(null, [{ address, family }])
      else done(null, address, family)
    },
    ...(credentials === '' ? {} : { auth: credentials }),
  }
  const clean = new URL(url)
  clean.username = ''
  clean.password = ''
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const sending = send(clean, settings, (response) => {
      signal.removeEventListener('abort', giveUp)
      resolve(response)
    })
    const giveUp = (): void => {
      sending.destroy(new Error('no answer in time'))
    }
    signal.addEventListener('abort', giveUp)
    sending.once('error', (error: NodeJS.ErrnoException) => {
      reject(new FetchRefused(`url: ${shownUrl(url)}: ${error.code ?? error.message}`))
    })
    sending.end()
  })
}

/** @throws FetchRefused where the host has no address, or one that isn't public. */
async function addressOf(url: URL, options: FetchPublicOptions): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const resolve = options.resolve ?? resolveAll
  let addresses: readonly string[]
  try {
    addresses = isIP(host) === 0 ? await resolve(host) : [host]
  } catch {
    addresses = []
  }
  const [address] = addresses
  if (address === undefined) throw new FetchRefused(`url: ${host} has no address`)
  if (!options.allowPrivateNetworks && !addresses.every(isPublicAddress))
    throw new FetchRefused(`url: ${host} is not on the public internet`)
  return address
}

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
