// Goal: the LMDB store keeps the store's contract, and what only a real disk can break: a process that was
// taken over can't write, a full disk refuses a batch whole and takes it later, a process killed at any moment
// loses nothing that it said was kept. Method: the contract suite; a file-size limit for the full disk; a
// child process that runs a whole ledger, prints each charge when its promise resolves, and is killed.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { LedgerTakenError } from '../../src/ledger/errors.js'
import { TokenBit } from '../../src/ledger/notice.js'
import { LmdbStore } from '../../src/ledger/store-lmdb.js'
import { accountRow, emptyBatch, ledgerStoreContract, tokenOf } from '../contracts/ledger-store.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'grosz-ledger-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

let places = 0
const newPath = (): string => join(work, `store-${places++}`)

ledgerStoreContract('LMDB', () => {
  const path = newPath()
  return { openStore: () => LmdbStore.open(path) }
})

test('ledger store, LMDB: whoever opened it last owns it', async () => {
  const path = newPath()
  const first = await LmdbStore.open(path)
  await first.commit({ ...emptyBatch, accounts: [accountRow(1)] })
  const second = await LmdbStore.open(path)
  await second.commit({ ...emptyBatch, accounts: [accountRow(1, { postedTotalNanos: 77n })] })
  const late = first.commit({ ...emptyBatch, accounts: [accountRow(1)], incarnation: 9 })
  await expect(late).rejects.toBeInstanceOf(LedgerTakenError)
  await expect(first.prune(5)).rejects.toBeInstanceOf(LedgerTakenError)
  const { accounts, incarnation, prunedBeforeSeconds } = second.load()
  expect(accounts[0]!.postedTotalNanos).toBe(77n)
  expect({ incarnation, prunedBeforeSeconds }).toEqual({ incarnation: 0, prunedBeforeSeconds: 0 })
  await second.close()
})

// Child processes need JavaScript: the sources are compiled aside, so that the test depends on no build.
const compiled = join(work, 'compiled')
beforeAll(() => {
  const entries = ['authority', 'store-lmdb'].map((name) => join(root, `src/ledger/${name}.ts`))
  execFileSync(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    ...['--ignoreConfig', '--outDir', compiled, '--rootDir', join(root, 'src')],
    ...['--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--noCheck'],
    ...entries,
  ])
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
  writeFileSync(join(work, 'package.json'), '{"type":"module"}')
})

function script(name: string, lines: readonly string[]): string {
  const path = join(work, `${name}.mjs`)
  writeFileSync(path, lines.join('\n'))
  return path
}

const header = [
  `import { writeSync } from 'node:fs'`,
  `import { Authority } from './compiled/ledger/authority.js'`,
  `import { ledgerConfigSchema } from './compiled/ledger/config.js'`,
  `import { LmdbStore } from './compiled/ledger/store-lmdb.js'`,
  'const say = (text) => writeSync(1, text + "\\n")',
  'const log = { debug() {}, info() {}, warn() {}, error() {} }',
  'const store = await LmdbStore.open(process.argv[2])',
  'const config = ledgerConfigSchema.parse({})',
  'const clock = { nowMs: Date.now, elapsedMs: () => performance.now() }',
  'const authority = new Authority({ store, clock, config, log, onTaken() {} })',
  `const account = authority.accountOf('shop', 'campaign')`,
  `authority.setBudget(account, { currency: 'PLN', timeZone: 'Europe/Warsaw', totalNanos: 10n ** 15n, dailyNanos: null })`,
  'const notice = (incarnation, sequence) => {',
  '  const bytes = Buffer.alloc(16)',
  '  const issuedSeconds = Math.floor(Date.now() / 1_000)',
  '  bytes.writeUInt32BE(issuedSeconds, 0)',
  '  bytes.writeUInt32BE(incarnation, 4)',
  '  bytes.writeUInt32BE(sequence, 8)',
  `  return { token: bytes.toString('latin1'), kind: 'bill', account, incarnation, sequence, bidNanos: 5_000,`,
  '    expiresAtMs: issuedSeconds * 1_000 + config.reservationTtlMs, charges: true, chargeNanos: sequence % 5_000,',
  `    paidNanos: sequence % 5_000, paidCurrency: 'PLN', lossReason: 0 }`,
  '}',
]

interface Said {
  readonly lines: readonly string[]
  readonly signal: NodeJS.Signals | null
}

function run(child: ChildProcess, onLine: (line: string) => void): Promise<Said> {
  const lines: string[] = []
  let rest = ''
  child.stdout!.setEncoding('latin1').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop()!
    for (const line of parts) {
      lines.push(line)
      onLine(line)
    }
  })
  return new Promise((resolve) => child.on('close', (_, signal) => resolve({ lines, signal })))
}

test('ledger store, LMDB: a killed process loses no charge that it had said was kept', async () => {
  const seed = Number(process.env['SEED'] ?? 11)
  const random = new Random(seed)
  const path = newPath()
  const charger = script('charger', [
    ...header,
    'const incarnation = await authority.nextIncarnation()',
    'say(`incarnation ${incarnation}`)',
    'let sequence = 0',
    'const charge = async () => {',
    '  for (;;) {',
    '    const n = notice(incarnation, ++sequence)',
    `    if (await authority.notice(n) !== 'charged') throw new Error('not charged')`,
    `    say(\`\${Buffer.from(n.token, 'latin1').toString('hex')} \${n.chargeNanos}\`)`,
    '  }',
    '}',
    'for (let i = 0; i < 50; i++) void charge()',
  ])
  const said = new Map<string, bigint>()
  const incarnations = new Set<string>()
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [charger, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const killAfter = 200 + random.below(3_000)
    let heard = 0
    const { lines, signal } = await run(child, () => {
      if (++heard === killAfter) child.kill('SIGKILL')
    })
    expect(signal).toBe('SIGKILL')
    for (const line of lines) {
      const [token, nanos] = line.split(' ') as [string, string]
      if (token === 'incarnation') {
        expect(incarnations.has(nanos), `seed ${seed}: incarnation ${nanos} twice`).toBe(false)
        incarnations.add(nanos)
        continue
      }
      expect(said.has(token), `seed ${seed}: ${token} charged twice`).toBe(false)
      said.set(token, BigInt(nanos))
    }

    const store = await LmdbStore.open(path)
    let leastPosted = 0n
    for (const [token, nanos] of said) {
      const bits = store.tokenBits(Buffer.from(token, 'hex').toString('latin1'))
      if ((bits & TokenBit.Charged) === 0)
        expect.fail(`seed ${seed}: the charge of ${token} is lost`)
      leastPosted += nanos
    }
    const row = store.load().accounts[0]!
    expect(row.postedTotalNanos).toBe(row.paidNanos['PLN'])
    expect(row.postedTotalNanos >= leastPosted, `seed ${seed}: posted`).toBe(true)
    // At most what was decided and on its way when the process died.
    expect(row.counts.charges - said.size).toBeLessThanOrEqual(50 * 4)
    await store.close()
  }
}, 60_000)

test('ledger store, LMDB: a full disk refuses a batch whole, and nothing is charged twice after it', async () => {
  const path = newPath()
  // The file may grow to 256 KB. Notices fail at some point, as they must; from then on none is kept.
  const filler = script('filler', [
    ...header,
    'const incarnation = await authority.nextIncarnation()',
    'let sequence = 0, posted = 0n, failed',
    'while (failed === undefined && sequence < 100_000) {',
    '  const batch = Array.from({ length: 200 }, () => notice(incarnation, ++sequence))',
    '  const results = await Promise.allSettled(batch.map((n) => authority.notice(n)))',
    '  for (const [i, result] of results.entries()) {',
    `    if (result.status === 'fulfilled') posted += BigInt(batch[i].chargeNanos)`,
    '    else failed ??= { notice: batch[i], error: result.reason }',
    '  }',
    '}',
    'say(`${failed.error.name}: ${failed.error.message}`)',
    'const again = await authority.notice(failed.notice).catch((error) => error.name)',
    'const inMemory = authority.accounts()[0].postedTotalNanos',
    'say(`${posted} ${inMemory} ${again} ${authority.totals.commitFailures}`)',
    'process.exit(0)',
  ])
  const child = spawn(
    'sh',
    ['-c', 'ulimit -f 512; exec "$0" "$@"', process.execPath, filler, path],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const { lines } = await run(child, () => {})
  expect(lines[0]).toMatch(/^LedgerStoreError: ledger store: \w/)
  const [posted, inMemory, again, failures] = lines[1]!.split(' ')
  expect(again).toBe('LedgerStoreError')
  expect(Number(failures)).toBeGreaterThanOrEqual(2)
  // What was decided stands in memory, once; on disk is what was said to be kept.
  expect(BigInt(inMemory!)).toBeGreaterThan(BigInt(posted!))
  const store = await LmdbStore.open(path)
  const row = store.load().accounts[0]!
  expect(row.postedTotalNanos).toBe(BigInt(posted!))
  expect(row.paidNanos).toEqual({ PLN: BigInt(posted!) })
  // There is room again.
  await store.commit({ ...emptyBatch, tokens: new Map([[tokenOf(1, 1), 1]]) })
  await store.close()
}, 60_000)
