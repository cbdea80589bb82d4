// Goal: answers are read right however the network cuts them up, and what isn't HTTP is seen as such.
// Method: each answer whole, byte by byte, and cut in two at every place.
import { describe, expect, test } from 'vitest'
import { AnswerParser, Progress } from '../../src/simulation/http-answer.js'

interface Case {
  readonly why: string
  readonly bytes: string
  readonly status: number
  readonly body: string
  readonly keepAlive?: boolean
  readonly excessBytes?: number
  readonly header?: readonly [name: string, value: string]
}

const cases: readonly Case[] = [
  {
    why: 'no content',
    bytes: 'HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n',
    status: 204,
    body: '',
    header: ['date', 'now'],
  },
  {
    why: 'declared length, header names in any case',
    bytes: 'HTTP/1.1 200 OK\r\nCONTENT-length:  5\r\nContent-Type: application/json\r\n\r\nhello',
    status: 200,
    body: 'hello',
    header: ['content-type', 'application/json'],
  },
  {
    why: 'an empty body',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    status: 200,
    body: '',
  },
  {
    why: 'chunks, an extension and a trailer',
    bytes:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\nA\r\n, 10 bytes\r\n0\r\nX: y\r\n\r\n',
    status: 200,
    body: 'hello, 10 bytes',
  },
  {
    why: 'a body in one chunk, none after it',
    bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    status: 200,
    body: 'ok',
  },
  {
    why: 'the server closes afterwards',
    bytes: 'HTTP/1.1 503 Busy\r\nConnection: Close\r\nContent-Length: 1\r\n\r\n!',
    status: 503,
    body: '!',
    keepAlive: false,
  },
  {
    why: 'HTTP/1.0 closes unless it says otherwise',
    bytes: 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n!',
    status: 200,
    body: '!',
    keepAlive: false,
  },
  {
    why: 'a 204 that announces a body',
    bytes: 'HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n',
    status: 204,
    body: '',
    keepAlive: false,
    excessBytes: 7,
  },
]

const read = (parser: AnswerParser, pieces: readonly string[]): Progress => {
  let progress: Progress = Progress.Incomplete
  for (const piece of pieces) {
    expect(progress).toBe(Progress.Incomplete)
    progress = parser.push(Buffer.from(piece, 'latin1'))
  }
  return progress
}

describe.each(cases)('$why', ({ bytes, status, body, keepAlive, excessBytes, header }) => {
  const cuts = [[bytes], [...bytes]]
  for (let at = 1; at < bytes.length; at++) cuts.push([bytes.slice(0, at), bytes.slice(at)])

  test('is read whole, cut anywhere, and byte by byte', () => {
    const parser = new AnswerParser()
    for (const pieces of cuts) {
      expect(read(parser, pieces)).toBe(Progress.Complete)
      const { answer } = parser
      expect([answer.status, answer.body.toString()]).toEqual([status, body])
      expect(answer.keepAlive).toBe(keepAlive ?? true)
      expect(answer.excessBytes).toBe(excessBytes ?? 0)
      if (header !== undefined) expect(answer.header(header[0])).toBe(header[1])
    }
  })
})

test('a body of unknown length ends with the connection', () => {
  const parser = new AnswerParser()
  expect(read(parser, ['HTTP/1.1 200 OK\r\n\r\n', 'half', ' and half'])).toBe(Progress.Incomplete)
  expect(parser.end()).toBe(Progress.Complete)
  expect(parser.answer.body.toString()).toBe('half and half')
  expect(parser.answer.keepAlive).toBe(false)
})

test('a connection that closes within a declared body gives no answer', () => {
  const parser = new AnswerParser()
  read(parser, ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'])
  expect(parser.end()).toBe(Progress.Broken)
})

test('bytes after the end are counted, and the connection is not used again', () => {
  const parser = new AnswerParser()
  const bytes = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1'
  expect(read(parser, [bytes])).toBe(Progress.Complete)
  expect(parser.answer.excessBytes).toBe(8)
  expect(parser.answer.keepAlive).toBe(false)
})

test.each([
  ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['no status', 'HTTP/1.1 abc OK\r\n\r\n'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n'],
])('%s is broken', (_, bytes) => {
  expect(read(new AnswerParser(), [bytes])).toBe(Progress.Broken)
})
