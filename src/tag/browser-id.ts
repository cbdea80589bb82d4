/**
 * The shop's own id of this browser: random, kept for thirteen months from the day that it was made. In a
 * cookie of the shop's, so that its subdomains share it, and in the page's storage, which outlives cookies
 * at some.
 *
 * Kept as `<id>.<day of making, days since 1970>`.
 */
import { randomId, safely } from './reading.js'

const daysMax = 395
const daySeconds = 86_400

/** Where the browser lets us keep nothing: it lasts as long as the page. */
let unkept = ''

/** @param name of the cookie and of the stored entry. */
export function findBrowserId(name: string): string | null {
  const entry = [...keptIn(name), unkept].find(isValid)
  if (!entry) return null
  // What one place has lost, it gets back.
  if (entry !== unkept && keptIn(name).some((it) => it !== entry)) keep(name, entry)
  return entry.split('.')[0]!
}

export function makeBrowserId(name: string): string {
  const id = randomId()
  keep(name, `${id}.${today()}`)
  return id
}

export function forgetBrowserId(name: string): void {
  unkept = ''
  safely(() => localStorage.removeItem(name))
  setCookie(name, '', 0)
}

const today = (): number => Math.floor(Date.now() / 1_000 / daySeconds)

function isValid(entry: string | null | undefined): boolean {
  const [, day] = /^[\w-]{22}\.(\d{5,6})$/.exec(entry || '') || []
  return today() - Number(day) < daysMax
}

function keep(name: string, entry: string): void {
  safely(() => localStorage.setItem(name, entry))
  const daysLeft = daysMax - (today() - Number(entry.split('.')[1]))
  setCookie(name, entry, daysLeft * daySeconds)
  unkept = keptIn(name).includes(entry) ? '' : entry
}

const keptIn = (name: string): (string | null | undefined)[] => [
  cookie(name),
  safely(() => localStorage.getItem(name)),
]

function cookie(name: string): string | undefined {
  return safely(() => `; ${document.cookie}`.split(`; ${name}=`)[1]?.split(';')[0])
}

/** For the widest domain that the browser lets us: it refuses those that are not one owner's, as `com.pl`. */
function setCookie(name: string, value: string, seconds: number): void {
  const labels = location.hostname.split('.')
  const isSecure = location.protocol === 'https:'
  for (let first = labels.length - 2; first >= -1; first--) {
    // At last without a domain: a host without dots, or an address.
    const domain = first < 0 ? '' : `;domain=${labels.slice(first).join('.')}`
    const attributes = `;path=/;max-age=${seconds};samesite=lax${isSecure ? ';secure' : ''}${domain}`
    safely(() => {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API isn't everywhere, and waits.
      document.cookie = `${name}=${value}${attributes}`
    })
    // Erasing goes through all of them.
    if (value !== '' && cookie(name) === value) return
  }
}
