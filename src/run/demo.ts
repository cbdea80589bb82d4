import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoPeople } from '../demo/people.js'
import { demoOrigins, demoShopFiles } from '../demo/shops.js'
import { emptySlice } from '../profiles/slice.js'
import type { ProfileStore } from '../profiles/store.js'

/**
 * Puts the demo shops into an installation that has no shops yet. In one that has them already, only
 * their address is brought up to date: what somebody changed in them stays.
 *
 * @param baseUrl where the demo's pages are served.
 * @returns the ids of the demo shops that are there now.
 */
export function seedDemoShops(shopsDir: string, baseUrl: string): string[] {
  mkdirSync(shopsDir, { recursive: true })
  const isEmpty = !readdirSync(shopsDir).some((name) => name.endsWith('.json'))
  const ids: string[] = []
  for (const file of demoShopFiles(baseUrl)) {
    const path = join(shopsDir, `${file.shop.id}.json`)
    if (isEmpty) writeFileSync(path, `${JSON.stringify(file, null, 1)}\n`)
    else if (!existsSync(path)) continue
    else moveTo(path, file.shop.url)
    ids.push(file.shop.id)
  }
  return ids
}

/** The demo's known people as they would be now: a cart of a few hours ago, and so on. */
export async function seedDemoPeople(
  store: ProfileStore,
  shopIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const people = demoPeople(nowMs).filter(({ shopId }) => shopIds.includes(shopId))
  await Promise.all(
    people.map(({ uid, shopId, slice }) =>
      store.forShop(shopId).put(uid, { ...emptySlice, ...slice }),
    ),
  )
}

/** What of a shop's file has absolute URLs, as far as we read it. */
interface Addressed {
  shop?: { url?: string; privacyUrl?: string; origins?: string[] }
  videos?: Playable[]
  audios?: Playable[]
}
interface Playable {
  tagUrl?: string
  link?: string
  files?: { url?: string }[]
}

function moveTo(path: string, url: string): void {
  const text = readFileSync(path, 'utf8')
  let file: Addressed
  try {
    file = JSON.parse(text) as Addressed
    if (file.shop?.url === undefined || file.shop.url === url) return
    moveUrls(file, `${new URL(file.shop.url).origin}/`, `${new URL(url).origin}/`)
    moveOrigins(file.shop, demoOrigins(file.shop.url), demoOrigins(url))
    file.shop.url = url
  } catch {
    // Somebody is at it: the catalogue's compiler will say what is wrong.
    return
  }
  writeFileSync(path, `${JSON.stringify(file, null, 1)}\n`)
}

/** Pages of the new address may send events; those of other origins go on as they did. */
function moveOrigins(
  shop: NonNullable<Addressed['shop']>,
  from: readonly string[],
  to: readonly string[],
): void {
  if (!shop.origins?.some((origin) => from.includes(origin))) return
  shop.origins = [...to, ...shop.origins.filter((origin) => !from.includes(origin))]
}

/** Moves what lies where the shop did; a video on somebody's own server stays there. */
function moveUrls(file: Addressed, from: string, to: string): void {
  const move = (holder: Record<string, unknown>, names: readonly string[]): void => {
    for (const name of names) {
      const old = holder[name]
      if (typeof old === 'string' && old.startsWith(from))
        holder[name] = to + old.slice(from.length)
    }
  }
  move(file.shop as Record<string, unknown>, ['privacyUrl'])
  for (const playable of [...(file.videos ?? []), ...(file.audios ?? [])]) {
    move(playable as Record<string, unknown>, ['tagUrl', 'link'])
    for (const it of playable.files ?? []) move(it as Record<string, unknown>, ['url'])
  }
}
