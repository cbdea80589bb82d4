// Goal: rows of CSV as people write it come out with the line they begin on, whatever they are parted by
// and however the bytes arrive; what can't be read costs one row or says where the text broke. Method:
// snippets, then seeded tables with everything in their cells that CSV has to escape, cut into random
// pieces and compared with the cells they were written from.
import { expect, test } from 'vitest'
import { CsvBroken, type CsvRow, findDelimiter, readCsv } from '../../src/base/csv.js'
import { Random } from '../../src/base/random.js'

async function* pieces(text: string, lengthOf: () => number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; ) {
    const length = lengthOf()
    yield text.slice(at, at + length)
    at += length
  }
}

async function rowsOf(
  text: string,
  { rowBytesMax = 1_000, pieceLength = () => text.length || 1 } = {},
): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  for await (const row of readCsv(pieces(text, pieceLength), { rowBytesMax })) rows.push(row)
  return rows
}
const shortOf = (rows: readonly CsvRow[]): string[] =>
  rows.map(({ line, cells }) => `${line}: ${cells === null ? 'too long' : cells.join(' | ')}`)

test.each([
  ['plain', 'id,name\n1,a\n2,b\n', ['1: id | name', '2: 1 | a', '3: 2 | b']],
  ['no newline at the end', 'id,name\n1,a', ['1: id | name', '2: 1 | a']],
  [
    'semicolons and decimal commas',
    'a;b\n1;2,5\n3;4,5\n',
    ['1: a | b', '2: 1 | 2,5', '3: 3 | 4,5'],
  ],
  ['tabs', 'a\tb\n1, 2; 3\t4\n', ['1: a | b', '2: 1, 2; 3 | 4']],
  ['one column', 'a@shop.example\nb@shop.example\n', ['1: a@shop.example', '2: b@shop.example']],
  ['what Excel says first', 'sep=;\na;b\n1;2\n', ['2: a | b', '3: 1 | 2']],
  ['lines ended in three ways', 'a,b\r\n1,2\r3,4\n', ['1: a | b', '2: 1 | 2', '3: 3 | 4']],
  ['empty rows', 'a,b\n\n\n1,2\n,\n \n3,4\n\n', ['1: a | b', '4: 1 | 2', '7: 3 | 4']],
  ['cells of several lines', 'a,b\n1,"x\r\ny\nz"\n2,w', ['1: a | b', '2: 1 | x\ny\nz', '5: 2 | w']],
  ['marks in marks', 'a,b\n"say ""hi""","1,2"\n', ['1: a | b', '2: say "hi" | 1,2']],
  ['a mark for inches', 'a,b\n15" screen,x\n', ['1: a | b', '2: 15" screen | x']],
  ['a word in marks', 'a,b\n"Nord" lamp,x\n', ['1: a | b', '2: "Nord" lamp | x']],
  ['a space before marks', 'a, "b"\n1, "2,3"\n', ['1: a | b', '2: 1 | 2,3']],
  ['nothing', '', []],
])('%s', async (_, text, expected) => {
  expect(shortOf(await rowsOf(text))).toEqual(expected)
  expect(shortOf(await rowsOf(text, { pieceLength: () => 1 }))).toEqual(expected)
})

test('a text that ends inside of quotation marks is broken, after the rows before it', async () => {
  const rows: CsvRow[] = []
  const reading = (async () => {
    for await (const row of readCsv(
      pieces('a,b\n1,2\n\n3,"4\n5,6\n', () => 7),
      { rowBytesMax: 99 },
    ))
      rows.push(row)
  })()
  await expect(reading).rejects.toThrow(new CsvBroken(4))
  expect(shortOf(rows)).toEqual(['1: a | b', '2: 1 | 2'])
})

test('a row that is too long is named, and the next line is read', async () => {
  const long = 'x'.repeat(300)
  const text = `a,b\n1,${long}\n\n2,y\n3,"${'z\n'.repeat(60)}4,w\n`
  const expected = [
    '1: a | b',
    '2: too long',
    '4: 2 | y',
    '5: too long',
    ...Array.from({ length: 59 }, (_, index) => `${6 + index}: z`),
    '65: 4 | w',
  ]
  for (const pieceLength of [1, 3, 64, 1_000])
    expect(
      shortOf(await rowsOf(text, { rowBytesMax: 100, pieceLength: () => pieceLength })),
      `${pieceLength}`,
    ).toEqual(expected)
})

test('a line without an end is passed over without being kept', async () => {
  const megabyte = 'x'.repeat(1_000_000)
  async function* text(): AsyncGenerator<string> {
    yield 'a,b\n'
    for (let count = 0; count < 200; count++) yield megabyte
    yield '\n1,2\n'
  }
  const before = process.memoryUsage().rss
  const rows: CsvRow[] = []
  for await (const row of readCsv(text(), { rowBytesMax: 1_000 })) rows.push(row)
  expect(shortOf(rows)).toEqual(['1: a | b', '2: too long', '3: 1 | 2'])
  expect(process.memoryUsage().rss - before).toBeLessThan(120e6)
})

test('whoever stops asking stops the reading', async () => {
  let given = 0
  async function* text(): AsyncGenerator<string> {
    for (; ; given++) yield `${given},x\n`.repeat(1_000)
  }
  for await (const { line } of readCsv(text(), { rowBytesMax: 1_000 })) if (line > 5) break
  expect(given).toBeLessThan(50)
})

test('what parts the cells is what is there equally often', () => {
  expect(findDelimiter('a;b;c\n1,5;2,5;3,5\n')).toBe(';')
  expect(findDelimiter('title\tlink\nred, blue; green\thttps://x\n')).toBe('\t')
  expect(findDelimiter('"a;b";c|d\n')).toBe(';')
  expect(findDelimiter('a|b|c\n1|2|3')).toBe('|')
  expect(findDelimiter('')).toBe(',')
})

test('seeded tables come out as they were written, however they are cut', async () => {
  const seed = Date.now() % 1_000_000
  console.info(`csv: seed ${seed}`)
  const random = new Random(seed)
  const alphabet = ['a', 'ż', '漢', '😀', '"', ',', ';', '\n', ' ', "'", '1']
  for (let round = 0; round < 60; round++) {
    const delimiter = random.pick([',', ';', '\t', '|'])
    const header = ['id', 'text', 'more']
    const table = Array.from({ length: random.below(12) }, (_, row) => [
      `${row}`,
      ...Array.from({ length: 2 }, () =>
        Array.from({ length: random.below(9) }, () => random.pick(alphabet)).join(''),
      ),
    ])
    const text = [header, ...table]
      .map((cells) => cells.map((cell) => `"${cell.replace(/"/g, '""')}"`).join(delimiter))
      .join('\r\n')
    const rows = await rowsOf(text, { pieceLength: () => 1 + random.below(9) })
    expect(rows.map(({ cells }) => cells)).toEqual([header, ...table])
    let line = 1
    for (const row of rows) {
      expect(row.line).toBe(line)
      line += row.cells!.join('').split('\n').length
    }
  }
})
