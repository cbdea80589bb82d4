/** Talks to the service that the script came from. What goes wrong there is no error of the page. */
import { safely } from '../tag/reading.js'
import type { Context } from './page.js'

/** Nobody waits longer for what they might also like. */
const timeoutMs = 3_000
const tagWaitMs = 500
/** As long as the tag keeps it. */
const personDaysMax = 395

let asking = ''
/** The same as it stands in addresses and names. */
let encoded = ''
let base = ''

/** @param source the script's address, which has the shop's id. @returns it; '' where there is none. */
export function openService(source: URL): string {
  asking = source.searchParams.get('shop') || ''
  encoded = encodeURIComponent(asking)
  base = new URL('v1/recommendations/', source).href
  return asking
}

/**
 * The id that the shop's tag knows this browser by, where src/tag/browser-id.ts keeps it, with the day that it
 * was made. It is there once the person has agreed, and goes with their consent; undefined where there is none,
 * and nobody is told of anybody. Only read: the widget itself keeps nothing in the browser.
 */
function person(): string | undefined {
  const name = `_grosz_${encoded}`
  const kept = [
    safely(() => `; ${document.cookie}`.split(`; ${name}=`)[1]!.split(';')[0]),
    safely(() => localStorage.getItem(name)),
  ]
  const firstDay = Date.now() / 86_400_000 - personDaysMax
  for (const entry of kept) {
    const [, id, day] = /^([\w-]{22})\.(\d{5,6})$/.exec(entry || '') || []
    if (Number(day) > firstDay) return id
  }
  return undefined
}

/**
 * The tag makes the id as it runs, where the person has agreed by then. So one that is on the page and hasn't run yet
 * is waited for a little: else on their first page they would be nobody.
 */
async function tagHasRun(): Promise<void> {
  const isThere = safely(() => window.grosz!.shops!.includes(asking)) || person()
  const tag = !isThere && document.querySelector(`script[src*="/tag.js?shop=${encoded}"]`)
  if (tag)
    await new Promise((resolve) => {
      tag.addEventListener('load', resolve)
      tag.addEventListener('error', resolve)
      setTimeout(resolve, tagWaitMs)
    })
}

export interface Wanted {
  /** Undefined for the page's own. */
  readonly slot: string | undefined
  /** Undefined for as many as the slot has by itself. */
  readonly limit: number | undefined
}

/**
 * @param exclude products that are on the page already.
 * @returns what the service answered, unread; null where it didn't, or too late.
 */
export async function ask(
  context: Context,
  slots: readonly Wanted[],
  exclude: readonly string[],
): Promise<unknown> {
  await tagHasRun()
  const abort = new AbortController()
  setTimeout(() => abort.abort(), timeoutMs)
  try {
    // As plain text, which browsers send without asking first whether they may.
    const response = await fetch(`${base}batch`, {
      method: 'POST',
      body: JSON.stringify({
        shop: asking,
        ...context,
        person: person(),
        slots,
        labels: true,
        exclude: exclude.length ? exclude : undefined,
      }),
      credentials: 'omit',
      signal: abort.signal,
    })
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}

export interface Happening {
  readonly answer: string
  readonly type: 'view' | 'click'
  readonly product: string
}

/** Arrives though the page be left meanwhile. */
export function report(happenings: readonly Happening[]): void {
  const body = JSON.stringify({ shop: asking, person: person(), events: happenings })
  const address = `${base}events`
  if (safely(() => navigator.sendBeacon(address, body))) return
  safely(() =>
    fetch(address, { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(() => {}),
  )
}
