/** `grosz segments`: sends lists of members to the running Grosz, and shows who is in which segment. */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ApiClient, ApiFailure } from './api-client.js'

const usage = `usage: grosz segments <shop>                              how many are in each segment
       grosz segments sync <shop> <segment> <file | ->    puts people on a list

  --replace   the file is the whole list: whoever isn't in it is taken off
  --kind K    what an id is, and a column without a name: customerId, email, emailSha256, anonymousId or uid
  --json      one JSON line on standard output instead of text

NDJSON or CSV, see docs/segments.md. A file that is cut off on the way is sent again, a few times; of
one that replaces the list, the rows that were kept are passed over.
Exit code: 0 where it was taken, 1 where rows were refused, 2 where it could not be.`

interface Answer {
  readonly rows: number
  readonly refused: Readonly<Record<string, number>>
  readonly members: number
  readonly seconds: number
  readonly peakMemoryBytes: number
  readonly problems: readonly { readonly where: string; readonly reason: string }[]
}

interface Overview {
  readonly peopleCount: number
  readonly isUnderWay: boolean
  readonly segments: readonly {
    readonly segment: string
    readonly name: string
    readonly peopleCount: number
    readonly reachableCount: number
    readonly overlap: Readonly<Record<string, number>>
  }[]
}

const tryCountMax = 6
const firstPauseMs = 500
const overlapShownMax = 3

/** @param args what follows the command's name. */
export async function runSegments(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      replace: { type: 'boolean', default: false },
      kind: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return
  }
  const [first, shop, segment, path] = positionals
  const client = ApiClient.fromEnvironment()
  if (first !== undefined && first !== 'sync' && positionals.length === 1) {
    const { json } = await client.ask({
      method: 'GET',
      path: '/v1/segments/overview',
      query: { shop: first },
    })
    process.stdout.write(values.json ? `${JSON.stringify(json)}\n` : overviewText(json as Overview))
    return
  }
  if (shop === undefined || segment === undefined || path === undefined || positionals.length > 4)
    throw new ApiFailure(usage)
  const answer = await synced(client, path, `/v1/segments/${encodeURIComponent(segment)}/members`, {
    shop,
    mode: values.replace ? 'replace' : 'update',
    ...(values.kind === '' ? {} : { kind: values.kind }),
    ...(path === '-' ? {} : { upload: uploadName(path) }),
  })
  const { problems, ...counts } = answer
  if (values.json) process.stdout.write(`${JSON.stringify(counts)}\n`)
  else {
    for (const { where, reason } of problems) console.error(`${where}: ${reason}`)
    process.stdout.write(answerText(answer, segment))
  }
  if (Object.keys(answer.refused).length > 0) process.exitCode = 1
}

/** Sends it, and again where the way there breaks: nothing but the wire is to blame for that. */
async function synced(
  client: ApiClient,
  source: string,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<Answer> {
  let pauseMs = firstPauseMs
  for (let tries = 1; ; tries++)
    try {
      const body = source === '-' ? process.stdin : createReadStream(source)
      const contentType = 'text/plain'
      const { json } = await client.ask({ method: 'PUT', path, query, body, contentType })
      return json as Answer
    } catch (error) {
      const isBroken = error instanceof ApiFailure && (error.status === 0 || error.status >= 500)
      if (!isBroken || source === '-' || tries === tryCountMax) throw error
      console.error(`${(error as Error).message}; trying again`)
      await wait(pauseMs)
      pauseMs *= 2
    }
}

/** The same for the same file as long as nobody changes it, also when the command is given again. */
function uploadName(path: string): string {
  const { size, mtimeMs } = statSync(path)
  return createHash('sha256').update(`${path} ${size} ${mtimeMs}`).digest('hex').slice(0, 32)
}

function answerText({ rows, refused, members, seconds }: Answer, segment: string): string {
  const lines = [`${segment}: ${members} members; ${rows} rows in ${seconds} s`]
  for (const [reason, count] of Object.entries(refused))
    lines.push(`  refused, ${reason}: ${count}`)
  return `${lines.join('\n')}\n`
}

function overviewText({ peopleCount, isUnderWay, segments }: Overview): string {
  const lines = [
    `${peopleCount} people known${isUnderWay ? '; segments are being worked out' : ''}`,
  ]
  for (const { segment, name, peopleCount: size, reachableCount, overlap } of segments) {
    const shared = Object.entries(overlap)
      .sort(([, a], [, b]) => b - a)
      .slice(0, overlapShownMax)
      .map(([other, count]) => `${count} also in ${other}`)
    const title = name === '' ? segment : `${segment} (${name})`
    lines.push(`  ${title}: ${size} people, ${reachableCount} that bidders can meet`)
    if (shared.length > 0) lines.push(`    ${shared.join(', ')}`)
  }
  return `${lines.join('\n')}\n`
}
