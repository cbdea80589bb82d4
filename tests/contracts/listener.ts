// What every listener promises: each test sends real HTTP over a socket.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clickTarget, isClickable } from '../../src/catalogue/creative/link.js'
import type {
  GetRequest,
  Listener,
  ListenOptions,
  Reply,
  RequestHead,
} from '../../src/edge/listener.js'
import { anyOriginHeaders, jsonHeaders, noHeaders, noNames } from '../../src/edge/listener.js'
import { tokenLength } from '../../src/edge/signer.js'

const bodyBytesMax = 10_000
const bodyTimeoutMs = 400
const json = { 'Content-Type': 'application/json' }

export function listenerContract(
  name: string,
  listen: (options: ListenOptions) => Promise<Listener>,
): void {
  describe(`listener: ${name}`, () => {
    let listener: Listener
    let base: string
    interface Seen {
      readonly name: string
      readonly secret: string
      readonly contentType: string
      readonly contentEncoding: string
      readonly acceptsGzip: boolean
    }
    const heads: Seen[] = []

    beforeAll(async () => {
      listener = await listen({
        host: '127.0.0.1',
        port: 0,
        bodyTimeoutMs,
        routes: [
          {
            method: 'POST',
            prefix: '/echo',
            bodyBytesMax,
            bearerFor: new Set(['guarded']),
            gzipFor: new Set(['zipped']),
            handle({ name, secret, contentType, contentEncoding, acceptsGzip }, body, reply) {
              heads.push({ name, secret, contentType, contentEncoding, acceptsGzip })
              if (body.length === 0) reply.send(204, noHeaders, '')
              else reply.send(200, jsonHeaders, body)
            },
          },
          {
            method: 'GET',
            path: '/later',
            handle({ query }, reply) {
              setTimeout(() => {
                reply.send(302, [['Location', `https://shop.example/?${query}`]], '')
                // A second answer is a fault of ours that must not reach the next request.
                reply.send(200, noHeaders, 'again')
              }, 20)
            },
          },
          {
            method: 'GET',
            path: '/told/*',
            handle(request, reply) {
              const { parameter, query, isHead } = request
              const [cookie, gpc] = [request.header('cookie'), request.header('sec-gpc')]
              const told = { parameter, query, isHead, cookie, gpc, absent: request.header('x-no') }
              const cookies = [
                ['Set-Cookie', `told=${parameter}`],
                ['Set-Cookie', 'also=1'],
              ] as const
              reply.send(200, cookies, JSON.stringify(told))
            },
          },
          {
            method: 'GET',
            path: '/open',
            isForAnyOrigin: true,
            handle: ({ query }, reply) => reply.send(Number(query), anyOriginHeaders, '{}'),
          },
          ...(['peer', 'forwarded'] as const).map((address) => ({
            method: 'GET' as const,
            path: `/who-${address}`,
            address,
            handle: (request: GetRequest, reply: Reply) =>
              reply.send(200, anyOriginHeaders, request.address),
          })),
          ...(['peer', 'forwarded'] as const).map((address) => ({
            method: 'POST' as const,
            prefix: `/open-${address}`,
            bodyBytesMax: 10,
            bearerFor: noNames,
            gzipFor: noNames,
            address,
            isForAnyOrigin: true,
            handle: (head: RequestHead, _: Buffer, reply: Reply) =>
              reply.send(200, anyOriginHeaders, head.address),
          })),
        ],
      })
      base = `http://127.0.0.1:${listener.port}`
    })
    afterAll(() => listener.close())

    const post = (path: string, body: string | Buffer, headers: Record<string, string> = json) =>
      fetch(`${base}${path}`, { method: 'POST', body, headers })

    test('hands over the body as it came, and what the head says', async () => {
      const body = `{"id":"zażółć 😀 ${'x'.repeat(5_000)}"}`
      const response = await post('/echo/demo', body)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(await response.text()).toBe(body)
      expect(heads.at(-1)).toEqual({
        name: 'demo',
        secret: '',
        contentType: 'application/json',
        contentEncoding: '',
        acceptsGzip: false,
      })
      const type = 'Application/X-Protobuf; a=b'
      await post('/echo/demo', 'a', { 'Content-Type': type, 'Content-Encoding': 'gzip' })
      expect(heads.at(-1)).toMatchObject({ contentType: type, contentEncoding: 'gzip' })
    })

    test('the secret is in the path, or in the header for those who may send it there', async () => {
      const secretOf = async (path: string, authorization = ''): Promise<string> => {
        await post(path, 'a', { Authorization: authorization })
        return heads.at(-1)!.secret
      }
      expect(await secretOf('/echo/guarded/s-e_cret')).toBe('s-e_cret')
      expect(await secretOf('/echo/guarded', 'Bearer s-e_cret')).toBe('s-e_cret')
      expect(await secretOf('/echo/guarded', 'bearer  s-e_cret ')).toBe('s-e_cret')
      expect(await secretOf('/echo/guarded', 'Basic s-e_cret')).toBe('')
      expect(await secretOf('/echo/guarded', 'Bearer a b')).toBe('')
      expect(await secretOf('/echo/guarded/path', 'Bearer header')).toBe('path')
      expect(await secretOf('/echo/demo', 'Bearer s-e_cret')).toBe('')
    })

    test.each([
      ['zipped', 'gzip, deflate, br', true],
      ['zipped', 'br;q=1.0, gzip;q=0.8', true],
      ['zipped', 'gzip;q=0', false],
      ['zipped', 'gzip; q=0.0, br', false],
      ['zipped', 'br', false],
      ['demo', 'gzip', false],
    ])('%s with Accept-Encoding %s: gzip %s', async (name, accepted, expected) => {
      await rawExchange(
        listener.port,
        `POST /echo/${name} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${accepted}\r\nContent-Length: 2\r\n\r\n{}`,
      )
      expect(heads.at(-1)!.acceptsGzip).toBe(expected)
    })

    test('a GET hands over its query, its parameter and its headers', async () => {
      const headers = { Cookie: 'a=1; b=2', 'Sec-GPC': '1' }
      const response = await fetch(`${base}/told/ex-1?x=%20y`, { headers })
      expect(await response.json()).toEqual({
        parameter: 'ex-1',
        query: 'x=%20y',
        isHead: false,
        cookie: 'a=1; b=2',
        gpc: '1',
        absent: '',
      })
      expect(response.headers.getSetCookie()).toEqual(['told=ex-1', 'also=1'])
      expect((await fetch(`${base}/told/ex-1/deeper`)).status).toBe(404)
      expect((await fetch(`${base}/told`)).status).toBe(404)
    })

    test('the longest click link arrives, with as much besides as browsers send', async () => {
      const urlOf = (length: number): string => 'https://shop.example/'.padEnd(length, 'x')
      let length = 1_000
      while (isClickable(urlOf(length + 1))) length++
      const path = `${'t'.repeat(tokenLength)}${clickTarget(1, urlOf(length), () => 's'.repeat(16))}`
      const headers = `Host: a\r\nUser-Agent: ${'a'.repeat(1_100)}\r\n\r\n`
      const text = await rawExchange(listener.port, `GET /told/${path} HTTP/1.1\r\n${headers}`)
      expect(text).toMatch(/^HTTP\/1\.1 200 /)
      expect(text).toContain(`"parameter":"${path}"`)
    })

    test('a HEAD gets the headers of a GET, and the connection goes on', async () => {
      const one = 'HEAD /told/a HTTP/1.1\r\nHost: a\r\n\r\n'
      const two = 'GET /told/b HTTP/1.1\r\nHost: a\r\n\r\n'
      const text = await rawExchange(listener.port, one, two)
      const [head, rest] = text.split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 200 /)
      expect(head).toMatch(/set-cookie: told=a/i)
      expect(rest).toMatch(/^HTTP\/1\.1 200 /)
      expect(text).toContain('"parameter":"b"')
      expect(text).not.toContain('"parameter":"a"')
    })

    test('204 has no body', async () => {
      const text = await rawExchange(
        listener.port,
        'POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n',
      )
      expect(text).toMatch(/^HTTP\/1\.1 204 /)
      expect(text.split('\r\n\r\n')[1]).toBe('')
    })

    test('an answer may come later, once', async () => {
      const response = await fetch(`${base}/later?a=1&b=%20`, { redirect: 'manual' })
      expect(response.status).toBe(302)
      expect(response.headers.get('location')).toBe('https://shop.example/?a=1&b=%20')
      expect((await fetch(`${base}/later`, { redirect: 'manual' })).status).toBe(302)
    })

    // Conformance checklist 6.
    test.each([
      ['GET', '/echo/demo', 405],
      ['POST', '/later', 405],
      ['GET', '/nowhere', 404],
      ['GET', '/echo/demo/secret', 405],
      ['DELETE', '/told/a', 405],
      ['POST', '/echo/demo/secret/deeper', 404],
    ])('%s %s is refused with %i', async (method, path, status) => {
      const response = await fetch(`${base}${path}`, { method })
      expect(response.status).toBe(status)
      expect(await response.json()).toHaveProperty('error')
    })

    test.each([
      ['/open', 'GET, HEAD'],
      ['/open-peer/a', 'POST'],
    ])('a page of any site may ask what it may send to %s', async (path, allowed) => {
      const response = await fetch(`${base}${path}`, { method: 'OPTIONS' })
      expect(response.status).toBe(204)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-methods')).toBe(allowed)
      expect(response.headers.get('access-control-allow-headers')).toBe('Content-Type')
      const wrong = await fetch(`${base}${path}`, { method: 'PUT' })
      expect(wrong.status).toBe(405)
      expect(wrong.headers.get('access-control-allow-origin')).toBe('*')
      expect(wrong.headers.get('allow')).toBe(allowed)
    })

    test('OPTIONS is a wrong method where pages have no business', async () => {
      for (const path of ['/echo/demo', '/later', '/told/a']) {
        const response = await fetch(`${base}${path}`, { method: 'OPTIONS' })
        expect(response.status).toBe(405)
        expect(response.headers.get('access-control-allow-origin')).toBe(null)
      }
    })

    test('a page of another site may read that its body was too large', async () => {
      const response = await post('/open-peer/a', 'x'.repeat(11))
      expect(response.status).toBe(413)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    })

    test('a 304 has no body, and the connection goes on', async () => {
      const ask = (status: number): string => `GET /open?${status} HTTP/1.1\r\nHost: a\r\n\r\n`
      const text = await rawExchange(listener.port, ask(304), ask(429), ask(403))
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([304, 429, 403].map((it) => `HTTP/1.1 ${it}`))
      expect(text.match(/\{\}/g)?.length).toBe(2)
      expect(text.split('\r\n\r\n')[1]).toMatch(/^HTTP/)
    })

    test('the address is the connection’s, or what the proxy in front wrote last', async () => {
      const headers = { 'X-Forwarded-For': '1.1.1.1, 2.2.2.2,3.3.3.3 ' }
      const told = async (path: string): Promise<string> => (await post(path, 'a', headers)).text()
      expect(await told('/open-peer/a')).toMatch(/127\.0\.0\.1$/)
      expect(await told('/open-forwarded/a')).toBe('3.3.3.3')
      const direct = await post('/open-forwarded/a', 'a', {})
      expect(await direct.text()).toMatch(/127\.0\.0\.1$/)
      const got = async (path: string, more = {}): Promise<string> =>
        (await fetch(`${base}${path}`, { headers: more })).text()
      expect(await got('/who-peer', headers)).toMatch(/127\.0\.0\.1$/)
      expect(await got('/who-forwarded', headers)).toBe('3.3.3.3')
      expect(await got('/who-forwarded')).toMatch(/127\.0\.0\.1$/)
    })

    test('a body over the limit is refused, and the connection goes on: checklist 12', async () => {
      const requestOf = (body: string): string =>
        `POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      const text = await rawExchange(
        listener.port,
        requestOf('x'.repeat(bodyBytesMax + 1)),
        requestOf('y'.repeat(bodyBytesMax)),
      )
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
      expect(text).toContain(`body: is over ${bodyBytesMax} bytes`)
      expect(text).toContain('y'.repeat(bodyBytesMax))
    })

    test('a body that is announced with 100-continue is asked for: checklist 14', async () => {
      const head =
        'POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n'
      const text = await rawExchange(listener.port, head, '{"a":1}')
      expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
      expect(text).toContain('{"a":1}')
    })

    test.each([
      ['that never comes', 'Content-Length: 20\r\n\r\n', ''],
      ['that stops half way', 'Content-Length: 20\r\n\r\n{"a":', ''],
      ['that drips', 'Content-Length: 200\r\n\r\n{"a":', 'x'],
      ['that drips in chunks', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n', '1\r\n \r\n'],
    ])('a body %s is not waited for', async (_, start, drip) => {
      const socket = connect(listener.port, '127.0.0.1')
      let text = ''
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      socket.on('error', () => {})
      const closed = new Promise((resolve) => socket.once('close', resolve))
      const startedMs = performance.now()
      socket.write(`POST /echo/slow HTTP/1.1\r\nHost: a\r\n${start}`)
      const dripping = setInterval(() => drip !== '' && socket.write(drip), 50)
      await closed
      clearInterval(dripping)
      const tookMs = performance.now() - startedMs
      expect(text).toMatch(/^HTTP\/1\.1 408 /)
      expect(tookMs).toBeGreaterThan(bodyTimeoutMs * 0.9)
      expect(tookMs).toBeLessThan(bodyTimeoutMs * 4)
      expect(heads.some((it) => it.name === 'slow')).toBe(false)
    })

    test('who takes their time, but not too long, is answered', async () => {
      const head = 'POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n'
      expect(await rawExchange(listener.port, head, '{', '"', 'a', '}')).toContain('{"a}')
    })

    test('a body that comes in pieces, or chunked, is put together', async () => {
      const pieces = ['{"a":', '"', 'b'.repeat(3_000), '"}']
      const length = pieces.join('').length
      const head = `POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`
      expect(await rawExchange(listener.port, head, ...pieces)).toContain(pieces.join(''))
      const chunked = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`)
      const chunkedHead = 'POST /echo/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
      const answer = await rawExchange(listener.port, chunkedHead, ...chunked, '0\r\n\r\n')
      expect(answer).toContain(pieces.join(''))
    })

    test('a peer that goes away before its answer harms nobody', async () => {
      for (let i = 0; i < 20; i++) {
        const socket = connect(listener.port, '127.0.0.1')
        await new Promise((resolve) => socket.once('connect', resolve))
        socket.write('GET /later HTTP/1.1\r\nHost: a\r\n\r\n')
        socket.destroy()
      }
      await new Promise((resolve) => setTimeout(resolve, 60))
      expect((await post('/echo/a', '{}')).status).toBe(200)
    })

    test('1,000 requests over one connection: checklist 13', async () => {
      const one = 'POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}'
      const text = await rawExchange(listener.port, one.repeat(1_000))
      expect(text.match(/HTTP\/1\.1 200/g)?.length).toBe(1_000)
    })
  })
}

/** Writes the pieces a turn apart and gives what comes back until it has been quiet for a moment. */
async function rawExchange(port: number, ...pieces: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  let text = ''
  let lastMs = performance.now()
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    lastMs = performance.now()
  })
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  while (text === '' || performance.now() - lastMs < 150)
    await new Promise((resolve) => setTimeout(resolve, 10))
  socket.destroy()
  return text
}
