/**
 * What reading lists of members costs: `node dist/bench/members.bench.js [--rows N]`.
 *
 * Reads lists in each form from memory, in pieces as they come from a socket, and throws the members
 * away. Rows per second of processor time; the best of five.
 */
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { emailKey, shopSecretOf } from '../src/people/keys.js'
import { readMembers } from '../src/people/members-format.js'

const { values } = parseArgs({ options: { rows: { type: 'string', default: '300000' } } })
const rowCount = Number(values.rows)
const secret = shopSecretOf(Buffer.alloc(32, 7), 'shop')

const forms: Readonly<Record<string, (i: number) => string>> = {
  'NDJSON, customer numbers': (i) => `{"customerId":"customer-${i}"}\n`,
  'NDJSON, all fields': (i) =>
    `{"customerId":"customer-${i}","action":"add","expires":"2027-01-01"}\n`,
  'NDJSON, hashed addresses': (i) => `{"emailSha256":"${hashOf(i)}"}\n`,
  'CSV, customer numbers': (i) => (i === 0 ? 'customerId\n' : `customer-${i}\n`),
  'CSV, all fields': (i) =>
    i === 0 ? 'customerId,action,expires\n' : `customer-${i},add,2027-01-01\n`,
  'CSV, quoted': (i) => (i === 0 ? '"customerId","name"\n' : `"customer-${i}","A ""B"" C"\n`),
  'CSV, addresses': (i) => (i === 0 ? 'email\n' : `person${i}@shop.example\n`),
}

const hashOf = (i: number): string => createHash('sha256').update(`${i}`).digest('hex')

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

async function secondsFor(bytes: Buffer): Promise<number> {
  const start = process.cpuUsage()
  const options = {
    kind: '',
    nowMs: 1_750_000_000_000,
    emailKey: (email: string) => emailKey(secret, email),
    rowsMax: 2_000,
  }
  let memberCount = 0
  for await (const { members } of readMembers(piecesOf(bytes), options))
    memberCount += members.length
  if (memberCount < rowCount - 1) throw new Error(`${memberCount} members of ${rowCount} rows`)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

for (const [name, rowOf] of Object.entries(forms)) {
  const bytes = Buffer.from(Array.from({ length: rowCount }, (_, i) => rowOf(i)).join(''))
  let best = Infinity
  for (let round = 0; round < 5; round++) best = Math.min(best, await secondsFor(bytes))
  console.log(`${(rowCount / best / 1e3).toFixed(0).padStart(6)} thousand rows/s: ${name}`)
}
