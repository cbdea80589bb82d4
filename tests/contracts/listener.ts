// What every listener promises: each test sends real HTTP over a socket.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Listener, ListenOptions } from '../../src/edge/listener.js'
import { jsonHeaders, noHeaders } from '../../src/edge/listener.js'

const bodyBytesMax = 10_000
const json = { 'Content-Type': 'application/json' }

export function listenerContract(
  name: string,
  listen: (options: ListenOptions) => Promise<Listener>,
): void {
  describe(`listener: ${name}`, () => {
    let listener: Listener
    let base: string
    const parameters: string[] = []

    beforeAll(async () => {
      listener = await listen({
        host: '127.0.0.1',
        port: 0,
        routes: [
          {
            method: 'POST',
            prefix: '/echo',
            bodyBytesMax,
            handle(parameter, body, reply) {
              parameters.push(parameter)
              if (body.length === 0) reply.send(204, noHeaders, '')
              else reply.send(200, jsonHeaders, body)
            },
          },
          {
            method: 'GET',
            path: '/later',
            handle(query, reply) {
              setTimeout(() => {
                reply.send(302, [['Location', `https://shop.example/?${query}`]], '')
                // A second answer is a fault of ours that must not reach the next request.
                reply.send(200, noHeaders, 'again')
              }, 20)
            },
          },
        ],
      })
      base = `http://127.0.0.1:${listener.port}`
    })
    afterAll(() => listener.close())

    const post = (path: string, body: string | Buffer, headers: Record<string, string> = json) =>
      fetch(`${base}${path}`, { method: 'POST', body, headers })

    test('hands over the body as it came, and the last segment of the path', async () => {
      const body = `{"id":"zażółć 😀 ${'x'.repeat(5_000)}"}`
      const response = await post('/echo/demo', body)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(await response.text()).toBe(body)
      expect(parameters.at(-1)).toBe('demo')
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

    test.each([
      ['GET', '/echo/demo', 405],
      ['POST', '/later', 405],
      ['GET', '/nowhere', 404],
      ['POST', '/echo/demo/deeper', 404],
    ])('%s %s is refused with %i', async (method, path, status) => {
      const response = await fetch(`${base}${path}`, { method })
      expect(response.status).toBe(status)
      expect(await response.json()).toHaveProperty('error')
    })

    test('a body over the limit is refused, and the server goes on', async () => {
      const response = await post('/echo/demo', 'x'.repeat(bodyBytesMax + 1)).catch(() => null)
      if (response !== null) expect(response.status).toBe(413)
      expect((await post('/echo/demo', 'x'.repeat(bodyBytesMax))).status).toBe(200)
    })

    test.each([
      ['application/json; charset=utf-8', 200],
      ['APPLICATION/JSON', 200],
      ['application/x-www-form-urlencoded', 200],
      ['text/xml', 415],
      ['application/x-protobuf', 415],
    ])('content type %s: %i', async (type, status) => {
      expect((await post('/echo/a', '{}', { 'Content-Type': type })).status).toBe(status)
    })

    test('an encoding that it does not understand is refused', async () => {
      const headers = { ...json, 'Content-Encoding': 'br' }
      expect((await post('/echo/a', '{}', headers)).status).toBe(415)
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

    test('1,000 requests over one connection', async () => {
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
