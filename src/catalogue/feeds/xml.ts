/** XML read as it comes: rows out of a document of any length, and text out of HTML. */
import { Parser } from 'htmlparser2'
import { FeedBroken } from './feed.js'
import { LineCounter } from './line-counter.js'

/** How the text of an element is taken: by itself, or with what stands in elements inside of it. */
export type Wanted = 'text' | 'prose'

export interface XmlOptions {
  /** @param name in lower case, without a prefix. Rows don't stand in rows, and the root is none. */
  isRow(name: string): boolean
  /**
   * Which elements and attributes of a row are wanted.
   *
   * @param path names in lower case, from inside of the row, parted by `/`; attributes as if they were elements.
   */
  wants(path: string): Wanted | null
  readonly rowLengthMax: number
}

export interface XmlRow {
  /** Where its tag begins, from 1. */
  readonly line: number
  /** As `isRow` got it. */
  readonly name: string
  /** In the order of the document. */
  readonly texts: readonly (readonly [path: string, text: string])[]
  /** What stands in a row by itself, outside of elements. */
  readonly text: string
  readonly isTooLong: boolean
  /** False where its own end is missing. */
  readonly isClosed: boolean
}

const depthMax = 100
/** Tags, comments and CDATA are held in memory until they end: they may be as long as so many rows. */
const tokenRowsMax = 4
const googleNamespace = /^https?:\/\/base\.google\.com\/c?ns\/1\.0\/?$/

/**
 * Reads rows, however badly formed the rest is. Of a DOCTYPE nothing is taken, so no entity is expanded
 * but XML's five and characters by number.
 *
 * @param text in even pieces of moderate length.
 * @throws FeedBroken where the root isn't closed, nesting is too deep or a tag too long.
 */
export async function* readXml(
  text: AsyncIterable<string>,
  options: XmlOptions,
): AsyncGenerator<XmlRow, void, undefined> {
  const reader = new RowReader(options)
  for await (const piece of text) yield* reader.read(piece)
  reader.end()
}

/** Text that is collected: of an element that is wanted, by itself or inside of another one. */
interface Collected {
  readonly path: string
  readonly wanted: Wanted
  text: string
}
interface OpenElement {
  readonly path: string
  /** Whose text goes here; null where nobody asks for it. */
  readonly collected: Collected | null
}
interface OpenRow {
  readonly line: number
  readonly name: string
  readonly depth: number
  readonly start: number
  readonly texts: [string, string][]
  readonly elements: OpenElement[]
  text: string
  isTooLong: boolean
}

class RowReader {
  readonly #options: XmlOptions
  readonly #parser: Parser
  readonly #lines = new LineCounter()
  readonly #prefixes = new Set(['g', 'c'])
  #rows: XmlRow[] = []
  #row: OpenRow | null = null
  #depth = 0
  #rootName = ''
  /** Characters given to the parser, and the end of the last token it made of them. */
  #given = 0
  #taken = 0

  constructor(options: XmlOptions) {
    this.#options = options
    const take = (): void => {
      this.#taken = this.#parser.endIndex
    }
    this.#parser = new Parser(
      {
        onopentag: (name, attributes) => this.#open(name, attributes),
        onclosetag: (_, isImplied) => this.#close(isImplied),
        ontext: (text) => this.#add(text),
        oncomment: take,
        onprocessinginstruction: take,
      },
      { xmlMode: true },
    )
  }

  *read(piece: string): Generator<XmlRow, void, undefined> {
    this.#rows = []
    this.#lines.add(piece)
    this.#given += piece.length
    let fault: unknown = null
    try {
      this.#parser.write(piece)
    } catch (error) {
      fault = error
    }
    yield* this.#rows
    if (fault !== null) throw fault
    if (this.#given - this.#taken > this.#options.rowLengthMax * tokenRowsMax)
      throw new FeedBroken(this.#lines.lineAt(this.#taken), 'a tag, comment or CDATA has no end')
    this.#lines.lineAt(this.#row?.start ?? this.#taken)
  }

  end(): void {
    const line = this.#lines.lineAt(this.#given)
    if (this.#rootName === '') throw new FeedBroken(line, 'no XML: there is no element')
    if (this.#depth > 0) throw new FeedBroken(line, `cut off: <${this.#rootName}> is not closed`)
  }

  #open(tag: string, attributes: Readonly<Record<string, string>>): void {
    this.#taken = this.#parser.endIndex
    this.#depth++
    if (this.#depth > depthMax)
      throw new FeedBroken(
        this.#lines.lineAt(this.#parser.startIndex),
        `elements stand in each other more than ${depthMax} deep`,
      )
    const colon = tag.indexOf(':')
    const name = (colon < 0 ? tag : tag.slice(colon + 1)).toLowerCase()
    for (const attribute in attributes)
      if (attribute.startsWith('xmlns:') && googleNamespace.test(attributes[attribute]!.trim()))
        this.#prefixes.add(attribute.slice(6))
    if (this.#depth === 1) {
      this.#rootName ||= tag.slice(0, 50)
      return
    }
    const row = this.#row
    if (row !== null && !(this.#depth === row.depth + 1 && name === row.name)) {
      this.#grow(row)
      this.#openInside(
        row,
        colon < 0 || this.#prefixes.has(tag.slice(0, colon)) ? name : null,
        attributes,
      )
      return
    }
    // A row of the same name right inside of a row: the end of the first one is missing.
    if (row !== null) this.#finish(row, false)
    if (!this.#options.isRow(name)) return
    const start = this.#parser.startIndex
    this.#row = {
      line: this.#lines.lineAt(start),
      name,
      depth: this.#depth,
      start,
      texts: [],
      elements: [],
      text: '',
      isTooLong: false,
    }
    this.#addAttributes(this.#row, '', attributes)
  }

  /** @param name null where it is of a namespace that says nothing to us. */
  #openInside(
    row: OpenRow,
    name: string | null,
    attributes: Readonly<Record<string, string>>,
  ): void {
    const outer = row.elements.at(-1)
    const path = name === null ? '' : outer === undefined ? name : `${outer.path}/${name}`
    const isKnown = name !== null && outer?.path !== ''
    const wanted = isKnown ? this.#options.wants(path) : null
    const around = outer?.collected?.wanted === 'prose' ? outer.collected : null
    if (around !== null && !row.isTooLong) around.text += ' '
    row.elements.push({
      path: isKnown ? path : '',
      collected: wanted === null ? around : { path, wanted, text: '' },
    })
    if (isKnown) this.#addAttributes(row, `${path}/`, attributes)
  }

  #addAttributes(row: OpenRow, before: string, attributes: Readonly<Record<string, string>>): void {
    if (row.isTooLong) return
    for (const attribute in attributes) {
      const path = before + attribute.toLowerCase()
      if (this.#options.wants(path) !== null) row.texts.push([path, attributes[attribute]!])
    }
  }

  #close(isImplied: boolean): void {
    this.#taken = this.#parser.endIndex
    const row = this.#row
    if (row !== null) {
      this.#grow(row)
      if (this.#depth === row.depth) this.#finish(row, !isImplied)
      else {
        const { path, collected } = row.elements.pop()!
        if (collected === null || row.isTooLong) {
          // Nobody asks for it.
        } else if (collected.path === path) row.texts.push([path, collected.text])
        else collected.text += ' '
      }
    }
    this.#depth--
  }

  #add(text: string): void {
    this.#taken = this.#parser.endIndex
    const row = this.#row
    if (row === null) return
    this.#grow(row)
    if (row.isTooLong) return
    const element = row.elements.at(-1)
    if (element === undefined) row.text += text
    else if (element.collected !== null) element.collected.text += text
  }

  #grow(row: OpenRow): void {
    if (this.#parser.endIndex - row.start > this.#options.rowLengthMax) row.isTooLong = true
  }

  #finish({ line, name, texts, text, isTooLong }: OpenRow, isClosed: boolean): void {
    this.#rows.push({ line, name, texts: isTooLong ? [] : texts, text, isTooLong, isClosed })
    this.#row = null
  }
}

const inline = new Set('a abbr b bdi bdo em font i mark small span strong sub sup u'.split(' '))
const unseen = new Set(['script', 'style', 'template', 'noscript'])

/** What a browser would show of it, roughly: entities undone, a space where an element parts words. */
export function htmlToText(html: string): string {
  let text = ''
  let unseenDepth = 0
  const parser = new Parser({
    onopentagname: (name) => {
      if (unseen.has(name)) unseenDepth++
      if (!inline.has(name)) text += ' '
    },
    onclosetag: (name) => {
      if (unseen.has(name)) unseenDepth--
      if (!inline.has(name)) text += ' '
    },
    ontext: (piece) => {
      if (unseenDepth === 0) text += piece
    },
  })
  parser.end(html)
  return text
}
