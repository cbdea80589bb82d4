// Goal: what somebody else names is fetched from the public internet only, from the very address that was
// looked at, and their secrets go nowhere else. Method: addresses by hand; a server of the test's own that
// stands for the internet, as the test resolves names to it.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { fetchPublic } from '../../src/base/fetch-public.js'
import { isPublicAddress } from '../../src/base/public-address.js'

test.each([
  ['8.8.8.8', true],
  ['93.184.216.34', true],
  ['172.15.255.255', true],
  ['172.32.0.0', true],
  ['2606:2800:220:1:248:1893:25c8:1946', true],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['127.0.0.1', false],
  ['127.255.255.255', false],
  ['169.254.169.254', false],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['192.168.0.1', false],
  ['198.18.0.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:8.8.8.8', false],
  ['::ffff:7f00:1', false],
  ['64:ff9b::7f00:1', false],
  ['fc00::1', false],
  ['fd12:3456::1', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['ff02::1', false],
  ['2001:db8::1', false],
  ['2001:0:1::1', false],
  ['2002:7f00:1::', false],
  ['', false],
  ['localhost', false],
])('%s is public: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic)
})

async function served(): Promise<{ port: number; seen: IncomingMessage[]; at: unknown[] }> {
  const seen: IncomingMessage[] = []
  const at: unknown[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    at.push(request.socket.localAddress)
    if (request.url === '/elsewhere')
      response.writeHead(307, { Location: `http://other.example:${port()}/feed` }).end()
    else if (request.url === '/silent') response.flushHeaders()
    else if (request.url !== '/never') response.end('id\n1')
  }).listen(0, '127.0.0.1')
  const port = (): number => (server.address() as AddressInfo).port
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: port(), seen, at }
}

const times = { headMs: 300, idleMs: 300, allowPrivateNetworks: true }

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('a name is resolved once, and that address is asked, under the name', async () => {
  const { port, seen, at } = await served()
  const asked: string[] = []
  const resolve = async (host: string): Promise<string[]> => {
    asked.push(host)
    // A second look would be told something else.
    return asked.length === 1 ? ['127.0.0.1'] : ['127.0.0.2']
  }
  const { bytes } = await fetchPublic(`http://feeds.example:${port}/a`, { ...times, resolve })
  expect(await textOf(bytes)).toBe('id\n1')
  expect(asked).toEqual(['feeds.example'])
  expect(seen[0]!.headers.host).toBe(`feeds.example:${port}`)
  expect(at).toEqual(['127.0.0.1'])
})

test('a redirect is looked at as the first address was, and gets no password', async () => {
  const { port, seen } = await served()
  const resolve = async (): Promise<string[]> => ['127.0.0.1']
  const url = `http://me:secret@feeds.example:${port}/elsewhere`
  await textOf((await fetchPublic(url, { ...times, resolve })).bytes)
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([
    `Basic ${Buffer.from('me:secret').toString('base64')}`,
    undefined,
  ])
})

test.each([
  ['/never', /no answer/],
  ['/silent', /nothing came for 300 ms/],
])('a server that says nothing is given up: %s', async (path, reason) => {
  const { port } = await served()
  const fetched = fetchPublic(`http://127.0.0.1:${port}${path}`, times)
  await expect(fetched.then(({ bytes }) => textOf(bytes))).rejects.toThrow(reason)
})
