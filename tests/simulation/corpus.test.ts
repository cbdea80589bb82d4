// Goal: what is posted from a corpus is what stands in it, and the report says what came of each line.
// Method: a file with every kind of line against a bidder of a few lines that answers in every way.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCorpus } from '../../src/simulation/corpus-lines.js'
import { parseCorpusCommand } from '../../src/simulation/corpus-options.js'
import { corpusText } from '../../src/simulation/corpus-report.js'
import { type CorpusOptions, postCorpus } from '../../src/simulation/corpus-run.js'
import { ratesDefault } from '../../src/simulation/currencies.js'
import { habitsDefault } from '../../src/simulation/habits.js'
import { noBidCountsIn, reasonsBetween } from '../../src/simulation/no-bid-reasons.js'
import { banner, type Json } from './judged.js'

const folder = mkdtempSync(join(tmpdir(), 'grosz-corpus-'))
const file = join(folder, 'requests.ndjson')
afterAll(() => rmSync(folder, { recursive: true }))

const requestOf = (id: string, imp: object = { banner: { w: 300, h: 250 } }): object => ({
  id,
  imp: [{ id: '1', ...imp }],
})

describe('lines', () => {
  test('bare, in records, as text; what is none is named with its line', () => {
    const lines = [
      JSON.stringify(requestOf('bare')),
      '',
      JSON.stringify({ why: 'a record', request: requestOf('record') }),
      JSON.stringify({ protobufBase64: 'eA==', json: requestOf('pair') }),
      JSON.stringify({ request: JSON.stringify(requestOf('text')) }),
      '{"id":',
      JSON.stringify({ request: '{"id":' }),
      '[]',
    ]
    writeFileSync(file, `${lines.join('\n')}\n`)
    const { lines: read, skipped } = readCorpus([file, join(folder, 'absent.ndjson')])
    expect(read.map(({ where, request }) => [where, request?.id])).toEqual([
      [`${file}:1`, 'bare'],
      [`${file}:3`, 'record'],
      [`${file}:4`, 'pair'],
      [`${file}:5`, 'text'],
      [`${file}:8`, undefined],
    ])
    expect(JSON.parse(read[1]!.body.toString())).toEqual(requestOf('record'))
    expect(read[4]!.request).toBeNull()
    expect(skipped.map(({ where }) => where)).toEqual([
      `${file}:6`,
      `${file}:7`,
      join(folder, 'absent.ndjson'),
    ])
    expect(skipped[0]!.reason).toContain('JSON')
    expect(skipped[2]!.reason).toContain('ENOENT')
  })
})

describe('the command line', () => {
  test('as documented', () => {
    expect(
      parseCorpusCommand(['a.ndjson', '--exchange', 'x', '--url', 'http://h:1/', '--json']),
    ).toEqual({
      kind: 'run',
      command: {
        files: ['a.ndjson'],
        exchange: 'x',
        url: 'http://h:1',
        adminUrl: 'http://127.0.0.1:8090',
        secret: null,
        concurrency: 16,
        explainCount: 0,
        wire: 'json',
        isJson: true,
      },
    })
    expect(parseCorpusCommand(['--help'])).toEqual({ kind: 'help' })
  })

  test.each([
    [[], 'FILE'],
    [['a', '--exchange', 'A/b'], '--exchange'],
    [['a', '--url', 'ftp://x'], '--url'],
    [['a', '--concurrency', '0'], '--concurrency'],
    [['a', '--explain', '1.5'], '--explain'],
    [['a', '--secret', 'a b'], '--secret'],
    [['a', '--wire', 'xml'], '--wire'],
    [['a', '--nonsense'], '--nonsense'],
  ])('%j is a mistake that names %s', (args, name) => {
    expect(parseCorpusCommand(args)).toMatchObject({
      kind: 'mistake',
      message: expect.stringContaining(name),
    })
  })
})

test('reasons are what was counted in between', () => {
  const metrics = (a: number, b: number): string =>
    `# HELP grosz_no_bids_total x\ngrosz_no_bids_total{reason="below_floor"} ${a}\n` +
    `grosz_no_bids_total{reason="no_budget"} ${b}\ngrosz_bids_total 7\n`
  expect(reasonsBetween(noBidCountsIn(metrics(3, 1)), noBidCountsIn(metrics(5, 1)))).toEqual({
    below_floor: 2,
  })
})

describe('a run', () => {
  let server: Server
  let options: CorpusOptions
  const heard: { path: string; authorization: string; body: string }[] = []
  let noBidCount = 10

  beforeAll(async () => {
    server = createServer((request, response) => void serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    options = {
      url: new URL(`${origin}/openrtb2/x`),
      secret: 'secret',
      exchange: 'x',
      adminUrl: origin,
      concurrency: 4,
      explainCount: 1,
      wire: 'json',
      rates: ratesDefault,
      habits: habitsDefault,
    }
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const path = request.url!
    const json = (status: number, value: object): unknown =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (path === '/metrics')
      return void response.end(`grosz_no_bids_total{reason="no_campaign"} ${noBidCount}\n`)
    if (path === '/explain/x')
      return void json(200, {
        reason: '',
        impressions: [
          {
            id: '1',
            reason: 'no_campaign_bids',
            campaigns: [{ reason: 'size' }, { reason: 'size' }],
          },
        ],
      })
    heard.push({ path, authorization: request.headers.authorization ?? '', body })
    const { id } = JSON.parse(body) as Json
    if (id === 'none') {
      noBidCount++
      return void response.writeHead(204).end()
    }
    if (id === 'nbr') return void json(200, { id, seatbid: [], nbr: 8 })
    if (id === undefined) return void json(400, { error: 'imp[3].id: must be text' })
    if (id === 'gone') return void request.socket.destroy()
    const bid = { ...banner.bid, ...(id === 'bad' ? { w: 1 } : {}) }
    return void json(200, { id, cur: 'USD', seatbid: [{ seat: 's1', bid: [bid] }] })
  }

  test('counts, examples, explanations', async () => {
    const lines = [
      requestOf('good'),
      requestOf('bad', { banner: { w: 300, h: 250 }, video: {} }),
      requestOf('bad'),
      requestOf('none', { native: {} }),
      requestOf('nbr'),
      { imp: [] },
      requestOf('gone'),
    ]
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
    const corpus = readCorpus([file])
    const report = await postCorpus({ ...options, concurrency: 1 }, corpus.lines, 0)
    expect(report).toMatchObject({
      requests: 7,
      statuses: { 200: 4, 204: 1, 400: 1 },
      failed: { closed: 1 },
      impressions: 6,
      bids: 3,
      formats: {
        banner: { offered: 5, bid: 3 },
        video: { offered: 1, bid: 0 },
        audio: { offered: 0, bid: 0 },
        native: { offered: 1, bid: 0 },
      },
      reasons: { no_campaign: 1, 'nbr 8': 1 },
      reasonsMissing: '',
      refused: { 'imp[].id: must be text': 1 },
      explained: [{ line: `${file}:4`, reasons: ['1: no_campaign_bids (campaigns: 2 size)'] }],
      skipped: 0,
    })
    expect(report.brokenRules).toMatchObject([
      { rule: 'size-offered', number: 54, count: 2, example: `${file}:2`, detail: '1x250' },
      { rule: 'request-answered', number: 18, count: 1, example: `${file}:7` },
    ])
    expect(heard[0]).toMatchObject({ path: '/openrtb2/x', authorization: 'Bearer secret' })
    expect(heard.map(({ body }) => JSON.parse(body) as object)).toEqual(lines)
    const text = corpusText(report)
    for (const words of [
      '3 bids for 6',
      'no_campaign',
      'size-offered (checklist 54)',
      `${file}:2: 1x250`,
    ])
      expect(text).toContain(words)
  })

  test('without the operators port it says so, and still judges', async () => {
    writeFileSync(file, JSON.stringify(requestOf('good')))
    const report = await postCorpus(
      { ...options, adminUrl: 'http://127.0.0.1:1' },
      readCorpus([file]).lines,
      0,
    )
    expect(report).toMatchObject({ bids: 1, reasons: {}, brokenRules: [] })
    expect(report.reasonsMissing).toContain('http://127.0.0.1:1')
  })

  test('a bidder that is not there is an error', async () => {
    const { lines } = readCorpus([file])
    const url = new URL('http://127.0.0.1:1/openrtb2/x')
    await expect(postCorpus({ ...options, url }, lines, 0)).rejects.toThrow('ECONNREFUSED')
  })
})
