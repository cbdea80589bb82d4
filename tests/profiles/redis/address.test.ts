// Goal: the setting `store` means what it says, in each of its forms; what is wrong with it is told
// without its password; what stands in the way of using it is too, when it is first used. Method: texts
// beside what they mean; servers that refuse in every way that servers do.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseStoreAddress } from '../../../src/profiles/redis/address.js'
import { emptySlice } from '../../../src/profiles/slice.js'
import { freePort } from '../../../src/run/port.js'
import { readSettings } from '../../../src/run/settings.js'
import { readSettled, readTwice } from '../read-settled.js'
import { newPrefix, noLog, openedAt } from './opened.js'
import { isRedisMissing, RedisServer, startCluster, startSentinels, until } from './servers.js'

const plain = { kind: 'server', master: '', db: 0, username: '', password: '', isEncrypted: false }

test.each([
  ['redis://cache', { ...plain, endpoints: [{ host: 'cache', port: 6379 }] }],
  ['redis://10.0.0.1:6380/3', { endpoints: [{ host: '10.0.0.1', port: 6380 }], db: 3 }],
  ['redis://[::1]:7000', { endpoints: [{ host: '::1', port: 7000 }] }],
  ['redis://user:p%40ss%2Fword@cache', { username: 'user', password: 'p@ss/word' }],
  ['redis://:p@ss/word@cache', { username: '', password: 'p@ss/word' }],
  ['redis://:word:with:colons@cache', { username: '', password: 'word:with:colons' }],
  ['rediss://cache:6380', { kind: 'server', isEncrypted: true }],
  [
    'redis+sentinel://u:pw@s1,s2:26380/mymaster?db=2&sentinelPassword=other',
    {
      ...{ kind: 'sentinel', master: 'mymaster', db: 2, username: 'u', password: 'pw' },
      ...{ sentinelPassword: 'other', shown: 'redis+sentinel://s1,s2:26380/mymaster' },
      endpoints: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 26380 },
      ],
    },
  ],
  [
    'redis+cluster://n1:7000,n2:7001',
    {
      kind: 'cluster',
      endpoints: [
        { host: 'n1', port: 7000 },
        { host: 'n2', port: 7001 },
      ],
    },
  ],
])('%s', (text, expected) => {
  expect(parseStoreAddress(text)).toMatchObject(expected)
})

test('lmdb is no address', () => {
  expect(parseStoreAddress('lmdb')).toBeNull()
})

test.each([
  ['memcached://secret@host', 'must be lmdb, redis://'],
  ['redis://', 'must be lmdb, redis://'],
  ['redis://:secret@a,b', 'more than one server'],
  ['redis://:secret@host:0', 'no host with a port'],
  ['redis://:secret@host:66666', 'no host with a port'],
  ['redis://:secret@ho st', 'no host with a port'],
  ['redis://:secret@host/two', 'must be a number'],
  ['redis://:secret@host?db=1', '?db is not known here'],
  ['redis://:%zzsecret@host', 'a % that escapes nothing'],
  ['redis+sentinel://:secret@host', 'must end in /<name of the master>'],
  ['redis+cluster://:secret@host/1', 'no databases'],
  [`redis+cluster://${'h,'.repeat(64)}h`, 'more than 64 hosts'],
])('%s is refused: %s', (text, why) => {
  const settings = readSettings({ GROSZ_STORE: text })
  const faults = settings.ok ? '' : settings.faults.join()
  expect(faults).toMatch(/^store: /)
  expect(faults).toContain(why)
  expect(faults).not.toContain('secret')
})

/** What docs/stores.md says that a user must be allowed. */
const allowed = [
  ...['+hgetall', '+hget', '+hset', '+hdel', '+eval', '+scan', '+info', '+ping', '+select'],
  ...['+wait', '+subscribe', '+client|id', '+client|setname', '+client|tracking'],
]

describe.skipIf(isRedisMissing())('a server that', () => {
  const reasonOf = async (address: string, log = noLog, connectMs = 3_000): Promise<string> => {
    const store = openedAt(address, { keyPrefix: newPrefix(), redis: { connectMs }, log })
    return store.ready().then(
      () => 'ready',
      ({ message }: Error) => message,
    )
  }
  async function started(...options: string[]): Promise<number> {
    const server = await RedisServer.start(...options)
    onTestFinished(() => server.remove())
    return server.port
  }

  test('is not there', async () => {
    expect(await reasonOf('redis://:secret@127.0.0.1:1')).toMatch(
      /^redis:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/,
    )
  })

  test('does not answer', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    expect(await reasonOf(`redis://127.0.0.1:${port}`, noLog, 400)).toBe(
      `redis://127.0.0.1:${port}: does not answer`,
    )
  })

  test('wants a password, or another one; and no log has it', async () => {
    const port = await started('--requirepass', 'right')
    const logged: unknown[] = []
    const write = (...args: unknown[]): void => {
      logged.push(args)
    }
    const log = { debug: write, info: write, warn: write, error: write }
    expect(await reasonOf(`redis://127.0.0.1:${port}`, log)).toContain('NOAUTH')
    expect(await reasonOf(`redis://:secret@127.0.0.1:${port}`, log)).toContain('WRONGPASS')
    expect(await reasonOf(`redis://:right@127.0.0.1:${port}`, log)).toBe('ready')
    expect(logged.length).toBeGreaterThan(0)
    expect(JSON.stringify(logged)).not.toMatch(/secret|right/)
  })

  test('is no cluster', async () => {
    const port = await started()
    expect(await reasonOf(`redis+cluster://127.0.0.1:${port}`)).toContain(
      'cluster support disabled',
    )
  })

  test('is too old', async () => {
    // Answers what a client of ours asks when it comes, as Redis 5 would.
    const info = '# Server\r\nredis_version:5.0.14\r\nloading:0\r\n'
    const old = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (data) => {
        for (const command of data.toString().match(/\b(info|client|ping|subscribe)\b/gi) ?? [])
          socket.write(
            /info/i.test(command)
              ? `$${info.length}\r\n${info}\r\n`
              : '-ERR unknown command `HELLO`\r\n',
          )
      })
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void old.close())
    await new Promise((resolve) => old.once('listening', resolve))
    const { port } = old.address() as { port: number }
    expect(await reasonOf(`redis://127.0.0.1:${port}`)).toBe(
      `redis://127.0.0.1:${port}: is Redis 5.0.14; must be 6 or later`,
    )
  })

  test('may not tell of changes serves all the same, remembering nothing', async () => {
    const server = await RedisServer.start()
    onTestFinished(() => server.remove())
    await server.command('ACL', 'SETUSER', 'grosz', 'on', '>pw', '~*', '+@all', '-client|tracking')
    const store = openedAt(`redis://grosz:pw@127.0.0.1:${server.port}`, {
      keyPrefix: newPrefix(),
      redis: { connectMs: 300 },
    })
    await store.ready()
    for (let i = 0; i < 3; i++) expect(await readSettled(store, 'anna')).toBeNull()
    expect(store.stats).toMatchObject({ strangers: 3, strangersUnasked: 0, readErrors: 0 })
  })

  test('asks for a user and keeps its people in a database of its own', async () => {
    const server = await RedisServer.start()
    onTestFinished(() => server.remove())
    await server.command(
      ...['ACL', 'SETUSER', 'grosz', 'on', '>p@w', '~grosz:*', 'resetchannels'],
      ...[
        '&__redis__:invalidate',
        '-@all',
        '+hgetall',
        '+hget',
        '+hset',
        '+hdel',
        '+eval',
        '+scan',
      ],
      ...['+info', '+ping', '+select', '+wait', '+subscribe', '+client|id', '+client|setname'],
      '+client|tracking',
    )
    const keyPrefix = 'grosz:'
    const store = openedAt(`redis://grosz:p%40w@127.0.0.1:${server.port}/3`, { keyPrefix })
    await store.ready()
    await store.forShop('shop-1').put('anna', emptySlice)
    expect(await readTwice(store, 'anna')).not.toBeNull()
    expect(await server.command('INFO', 'keyspace')).toContain('db3:keys=2')
    const other = openedAt(`redis://127.0.0.1:${server.port}/4`, { keyPrefix })
    await other.ready()
    expect(await other.forShop('shop-1').get('anna')).toBeNull()
    for await (const _ of store.slices()) return
    throw new Error('there is one')
  })

  test('is one of a cluster, and may do what docs/stores.md says', async () => {
    const servers = await startCluster()
    onTestFinished(() => servers.remove())
    for (const server of servers.all)
      await server.command(
        ...['ACL', 'SETUSER', 'grosz', 'on', '>pw', '~grosz:*', 'resetchannels'],
        ...['&__redis__:invalidate', '-@all', ...allowed],
        ...['+cluster|slots', '+cluster|info', '+asking', '+readonly', '+readwrite'],
      )
    const address = servers.address.replace('://', '://grosz:pw@')
    const store = openedAt(address, { keyPrefix: 'grosz:' })
    await store.ready()
    for (let i = 0; i < 20; i++) {
      await store.forShop('shop-1').put(`person-${i}`, emptySlice)
      expect(await readTwice(store, `person-${i}`)).not.toBeNull()
    }
    for await (const _ of store.slices()) return
    throw new Error('there is one')
  })

  const hasOpenssl = spawnSync('openssl', ['version']).error === undefined
  test.skipIf(!hasOpenssl)('is encrypted: its certificate must be from whom we trust', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'grosz-tls-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...[
        '-addext',
        'subjectAltName=DNS:localhost,IP:127.0.0.1',
        '-keyout',
        key,
        '-out',
        certificate,
      ],
    ])
    expect(made.status, made.stderr.toString()).toBe(0)
    const port = await freePort('127.0.0.1', 0)
    await started(
      ...['--tls-port', `${port}`, '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate],
    )
    for (const host of ['localhost', '127.0.0.1']) {
      const keyPrefix = newPrefix()
      const store = openedAt(`rediss://${host}:${port}`, {
        keyPrefix,
        redis: { caFile: certificate },
      })
      await store.ready()
      await store.forShop('shop-1').put('anna', emptySlice)
      expect(await readTwice(store, 'anna')).not.toBeNull()
    }
    expect(await reasonOf(`rediss://localhost:${port}`)).toContain('self-signed certificate')
  })

  test('nobody calls master is unknown to the sentinels', async () => {
    const servers = await startSentinels()
    onTestFinished(() => servers.remove())
    const address = servers.address.replace('mymaster', 'other')
    await until(async () => (await reasonOf(servers.address)) === 'ready')
    expect(await reasonOf(address)).toContain('All sentinels are unreachable')
  })
})
