// Goal: a list of members is taken however shops write it, wherever the network cuts it into pieces; what can't be taken is
// told by line and reason, and what came before a cut is kept. Method: lists written by hand, in pieces of every size.
import { expect, test } from 'vitest'
import { foreverMs } from '../../src/people/lists.js'
import { type MemberBatch, readMembers } from '../../src/people/members-format.js'

const nowMs = Date.UTC(2026, 0, 1)
const dayMs = 86_400_000
const hash = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'

async function* piecesOf(text: string | Buffer, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(
  text: string | Buffer,
  { kind = '', size = 65_536, rowsMax = 1_000 } = {},
): Promise<{ members: string[]; refused: string[]; rowCount: number; batches: MemberBatch[] }> {
  const batches: MemberBatch[] = []
  const emailKey = (email: string): string =>
    /^[0-9a-f]{64}$/i.test(email)
      ? `#${email.slice(0, 4).toLowerCase()}`
      : email.includes('@')
        ? `@${email.toLowerCase().trim()}`
        : ''
  for await (const batch of readMembers(piecesOf(text, size), { kind, nowMs, emailKey, rowsMax }))
    batches.push(batch)
  return {
    batches,
    members: batches.flatMap(({ members }) =>
      members.map(({ identifier, isAdd, expiresAtMs }) => {
        const end = expiresAtMs === foreverMs ? '' : ` ${(expiresAtMs - nowMs) / dayMs}d`
        return `${isAdd ? '+' : '-'}${identifier}${end}`
      }),
    ),
    refused: batches.flatMap(({ refused }) => refused.map((it) => `${it.line} ${it.refusal}`)),
    rowCount: batches.reduce((sum, { rowCount }) => sum + rowCount, 0),
  }
}

const ndjson = `{"customerId":"c1"}
{"customerId":42,"action":"remove"}

{"email":"Anna@Shop.example","expires":"30d","name":"left alone"}
{"emailSha256":"${hash}","expires":"2026-01-11"}
{"anonymousId":"a1","expires":${nowMs + dayMs}}\r
{"uid":"ifa:abc","action":"ADD"}
{"id":"c2"}
{"id":"bob@shop.example"}
{"id":"${hash}"}
{"customerId":"eve@shop.example"}
{"customer_id":"żółw"}
`
const ndjsonMembers = [
  '+cust:c1',
  '-cust:42',
  '+mail:@anna@shop.example 30d',
  '+mail:#b4c9 10d',
  '+anon:a1 1d',
  '+uid:ifa:abc',
  '+cust:c2',
  '+mail:@bob@shop.example',
  '+mail:#b4c9',
  '+mail:@eve@shop.example',
  '+cust:żółw',
]

test('members: NDJSON with each kind of id', async () => {
  const { members, refused, rowCount } = await read(ndjson)
  expect(members).toEqual(ndjsonMembers)
  expect(refused).toEqual([])
  expect(rowCount).toBe(11)
})

test('members: in pieces of any size, and batches of any size, they are the same', async () => {
  for (const size of [1, 2, 3, 7, 50])
    for (const rowsMax of [1, 3, 100]) {
      const { members, batches } = await read(ndjson, { size, rowsMax })
      expect(members, `pieces of ${size}, batches of ${rowsMax}`).toEqual(ndjsonMembers)
      expect(Math.max(...batches.map(({ rowCount }) => rowCount))).toBeLessThanOrEqual(rowsMax)
    }
})

test('members: CSV by its header, whatever parts it and whatever else is in it', async () => {
  const csv = `Customer ID;Name;Action;Expires
c1;Anna;add;30d
 c2 ; ;remove;

c3;"Nowak; Jan
drugi wiersz";;2026-01-11
"c""4";x;add;
`
  const expected = ['+cust:c1 30d', '-cust:c2', '+cust:c3 10d', '+cust:c"4']
  for (const size of [1, 3, 1_000])
    expect((await read(csv, { size, rowsMax: 2 })).members, `pieces of ${size}`).toEqual(expected)
  expect((await read(csv.replaceAll(';', '\t').replace('Nowak\t', 'Nowak;'))).members).toEqual(
    expected,
  )
  expect((await read(`\ufeff${csv.replaceAll('\n', '\r\n')}`)).members).toEqual(expected)
  expect((await read('sep=;\nemail;uid\n;u1\n')).members).toEqual(['+uid:u1'])
})

test('members: of several ids in a row, the one that tells most of who it is counts', async () => {
  const csv = 'uid,anonymous_id,email,customerId\nu,a,m@x.pl,c\nu,a,m@x.pl,\nu,a,,\nu,,,\n'
  expect((await read(csv)).members).toEqual(['+cust:c', '+mail:@m@x.pl', '+anon:a', '+uid:u'])
})

test('members: one column without a header is what was said it is, or what it looks like', async () => {
  const column = `c1\r\nc2\r\n${hash}\r\na@b.pl`
  expect((await read(column)).members).toEqual([
    '+cust:c1',
    '+cust:c2',
    '+mail:#b4c9',
    '+mail:@a@b.pl',
  ])
  expect((await read('c1\nc2', { kind: 'anonymousId' })).members).toEqual(['+anon:c1', '+anon:c2'])
  expect((await read('c1\rc2\r', { kind: 'uid' })).members).toEqual(['+uid:c1', '+uid:c2'])
  expect((await read('id\nc1', { kind: 'uid' })).members).toEqual(['+uid:c1'])
  expect((await read('"c1"\n"c2"\n')).members).toEqual(['+cust:c1', '+cust:c2'])
})

test('members: what is in another encoding than UTF-8 is read as what it is', async () => {
  const bytes = Buffer.concat([Buffer.from('customerId\n'), Buffer.from([0xbf, 0xf3, 0xb3, 0x77])])
  expect((await read(bytes)).members).toEqual(['+cust:żółw'])
})

test('members: each row that can’t be taken is told by its line', async () => {
  const rows: [string, string][] = [
    ['{"customerId":"null"}', 'junk_id'],
    ['{"customerId":"0000"}', 'junk_id'],
    ['{"customerId":"${ID}"}', 'junk_id'],
    ['{"name":"x"}', 'no_id'],
    ['{"customerId":"  "}', 'no_id'],
    ['{"customerId":{}}', 'bad_id'],
    ['{"customerId":12345678901234567890}', 'bad_id'],
    [`{"customerId":"${'x'.repeat(129)}"}`, 'bad_id'],
    ['{"customerId":"a\\u0000b"}', 'bad_id'],
    ['{"email":"nobody"}', 'bad_email'],
    ['{"emailSha256":"a@b.pl"}', 'bad_email'],
    ['{"customerId":"c","action":"replace"}', 'bad_action'],
    ['{"customerId":"c","action":1}', 'bad_action'],
    ['{"customerId":"c","expires":"soon"}', 'bad_expiry'],
    ['{"customerId":"c","expires":"3 months"}', 'bad_expiry'],
    ['{"customerId":"c","expires":"2025-12-31"}', 'expired'],
    ['{"customerId":"c"', 'bad_row'],
    ['["c"]', 'bad_row'],
    [`{"customerId":"c","x":"${'x'.repeat(9_000)}"}`, 'too_long'],
    [`{"customerId":"c","x":"${'x'.repeat(200_000)}"}`, 'too_long'],
  ]
  const text = `{"id":"first"}\n${rows.map(([row]) => row).join('\n')}\n{"id":"last"}\n`
  for (const size of [100, 65_536]) {
    const { members, refused, rowCount } = await read(text, { size })
    expect(refused).toEqual(rows.map(([, refusal], i) => `${i + 2} ${refusal}`))
    expect(members).toEqual(['+cust:first', '+cust:last'])
    expect(rowCount).toBe(rows.length + 2)
  }
})

test('members: no reason says who it is about', async () => {
  const { batches } = await read('{"email":"anna at shop"}\n{"customerId":"anna\\u0001"}\n')
  const reasons = batches.flatMap(({ refused }) => refused.map(({ reason }) => reason))
  expect(reasons.length).toBe(2)
  for (const reason of reasons) expect(reason).not.toContain('anna')
})

test('members: what takes somebody off ends whenever it likes', async () => {
  const { members } = await read('{"id":"c","action":"delete","expires":"2001-01-01"}')
  expect(members).toEqual(['-cust:c'])
})

test('members: what is no list at all is said, and nothing has no rows', async () => {
  await expect(read('[{"id":"c"}]')).rejects.toThrow(/one object in a line/)
  await expect(read('name,phone\nx,1\n')).rejects.toThrow(/names no field/)
  await expect(read('id\n"c1\nc2\n')).rejects.toThrow(/never closed/)
  for (const text of ['', ' \n\n', 'customerId\n', '\ufeff'])
    expect((await read(text)).rowCount).toBe(0)
})

test('members: rows before a cut are given, and half of one never', async () => {
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"id":"c1"}\n'.repeat(10_000))
    yield Buffer.from('{"id":"c2"}\n{"id":"c3')
    throw new Error('the connection is gone')
  }
  let last = ''
  let rowCount = 0
  const reading = (async () => {
    const options = { kind: '', nowMs, emailKey: () => '', rowsMax: 700 }
    for await (const batch of readMembers(cut(), options)) {
      rowCount += batch.rowCount
      last = batch.members.at(-1)!.identifier
    }
  })()
  await expect(reading).rejects.toThrow('the connection is gone')
  expect(rowCount).toBe(10_001)
  expect(last).toBe('cust:c2')
})
