import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '../base/log.js'
import { type CopyCounts, type CopyStage, copyStore } from '../profiles/copy-store.js'
import { openProfileStore } from '../profiles/open-store.js'
import { parseStoreAddress } from '../profiles/redis/address.js'
import type { WholeStore } from '../profiles/store.js'
import { dataPaths } from '../run/paths.js'
import { readSettings, type Settings } from '../run/settings.js'

export const migrateUsage = `usage: grosz migrate --from STORE --to STORE   copies all profiles from one store to another

  STORE is lmdb (in the data folder of the settings) or an address as in GROSZ_STORE
  --prune     takes out of the target what the source hasn't
  --json      one JSON line on standard output instead of text

May be stopped and run again: what is there already isn't written twice. Run it once more after Grosz
was told to use the new store, for what was written meanwhile.
Exit code: 0 where the target has all that the source has, 1 where it lacks something, 2 where it could
not be tried.`

/** Between two lines of progress. */
const progressMs = 250

/**
 * @param args what follows the command's name.
 * @throws Error that says which store is in the way, and why.
 */
export async function runMigrate(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      prune: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${migrateUsage}\n`)
    return
  }
  if (values.from === undefined || values.to === undefined) throw new Error(migrateUsage)
  if (values.from === values.to) throw new Error('--from and --to are the same store')
  const settings = readSettings(process.env)
  if (!settings.ok) throw new Error(settings.faults.join('\n'))
  if (values.from === 'lmdb' && !existsSync(join(dataPaths(settings.value).profiles, 'data.mdb')))
    throw new Error(`--from: ${dataPaths(settings.value).profiles} holds no store`)

  const startMs = performance.now()
  const from = open('--from', values.from, settings.value)
  const to = open('--to', values.to, settings.value)
  try {
    await Promise.all([from.ready(), to.ready()])
    const counts = await copyStore(from, to, { prune: values.prune, onProgress: progress() })
    say('')
    const seconds = Math.round(performance.now() - startMs) / 1_000
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1_024
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ from: shown(values.from), to: shown(values.to), ...counts, seconds, peakMemoryBytes })}\n`
        : report(counts, seconds),
    )
    if (counts.different > 0 || counts.unreadable > 0) process.exitCode = 1
  } finally {
    await Promise.all([from.close(), to.close()])
  }
}

function open(option: string, store: string, settings: Settings): WholeStore {
  try {
    return openProfileStore({
      store,
      directory: dataPaths(settings).profiles,
      config: settings.profiles,
      log: openLog('migrate', settings.logLevel),
    })
  } catch (error) {
    throw new Error(`${option}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Without its password. */
const shown = (store: string): string => parseStoreAddress(store)?.shown ?? store

function report(counts: CopyCounts, seconds: number): string {
  const { people, slices, copied, same, unreadable, different, extra, pruned } = counts
  return `${people} people, ${slices} slices in ${seconds} s
copied      ${copied}
same        ${same}   there already
unreadable  ${unreadable}   left out
different   ${different}   changed meanwhile: run it again
extra       ${extra}   in the target only${pruned > 0 ? `; ${pruned} taken out` : ''}
`
}

function progress(): (stage: CopyStage, count: number) => void {
  let nextMs = 0
  return (stage, count) => {
    const nowMs = performance.now()
    if (nowMs < nextMs) return
    nextMs = nowMs + progressMs
    say(`${stage}: ${count} slices`)
  }
}

/** A line on standard error that is written over; '' clears it. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
