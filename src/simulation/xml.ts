/**
 * Reads XML as strictly as a player's parser does (XML 1.0, fifth edition, with namespaces): what isn't
 * well-formed shows no ad. Doctypes are refused: no player expands one. Front to back in one pass.
 */

export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** What stands directly within, references resolved, without the spaces around it. */
  readonly text: string
}

export type XmlReading =
  | { readonly ok: true; readonly root: XmlElement }
  /** `fault`: what is wrong and at which character. */
  | { readonly ok: false; readonly fault: string }

interface OpenElement {
  readonly name: string
  readonly attributes: Map<string, string>
  readonly children: XmlElement[]
  readonly prefixes: ReadonlySet<string>
  text: string
}

const depthMax = 64

const name = '[A-Za-z_:\\u0080-\\uffff][\\w.:\\-\\u0080-\\uffff]*'
const startTag = new RegExp(`<(${name})`, 'y')
const endTag = new RegExp(`</(${name})[ \\t\\r\\n]*>`, 'y')
const attribute = new RegExp(
  `[ \\t\\r\\n]+(${name})[ \\t\\r\\n]*=[ \\t\\r\\n]*("[^"<]*"|'[^'<]*')`,
  'y',
)
const startTagEnd = /[ \t\r\n]*(\/?)>/y
const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*("1\.\d+"|'1\.\d+')([ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*("[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?([ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*("(yes|no)"|'(yes|no)'))?[ \t\r\n]*\?>/
const instruction = new RegExp(`<\\?(?!xml[ \\t\\r\\n?])${name}(?=[ \\t\\r\\n?])`, 'iy')
const brokenReference = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/
const loneSurrogate = /\p{Surrogate}/u

/** A mistake in the document; never leaves this file. */
class Fault extends Error {}

/** @param xml  any text. */
export function readXml(xml: string): XmlReading {
  try {
    return { ok: true, root: rootOf(xml) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { ok: false, fault: error.message }
  }
}

function fail(what: string, at: number): never {
  throw new Fault(`${what} at character ${at}`)
}

function rootOf(xml: string): XmlElement {
  checkCharacters(xml)
  const open: OpenElement[] = []
  let root: XmlElement | null = null
  // A byte order mark is no part of the text.
  let at = xml.charCodeAt(0) === 0xfeff ? 1 : 0
  const declared = declaration.exec(xml.slice(at, at + 200))
  if (declared !== null) at += declared[0].length

  while (at < xml.length) {
    const inner = open.at(-1)
    const next = xml.indexOf('<', at)
    const end = next < 0 ? xml.length : next
    if (end > at) {
      const text = xml.slice(at, end)
      if (inner !== undefined) inner.text += textIn(text, at)
      else if (/[^ \t\r\n]/.test(text)) fail('text outside of the root element', at)
      at = end
    } else if (xml.startsWith('<!--', at)) {
      const close = xml.indexOf('--', at + 4)
      if (close < 0 || xml[close + 2] !== '>') fail('a comment that is not closed by -->', at)
      at = close + 3
    } else if (xml.startsWith('<![CDATA[', at)) {
      const close = xml.indexOf(']]>', at)
      if (close < 0 || inner === undefined) fail('CDATA without an end or an element around it', at)
      inner.text += xml.slice(at + 9, close)
      at = close + 3
    } else if (xml.startsWith('<?', at)) {
      const close = xml.indexOf('?>', at)
      if (matchAt(instruction, xml, at) === null || close < 0) fail('a stray <?', at)
      at = close + 2
    } else if (xml.startsWith('</', at)) {
      const match = matchAt(endTag, xml, at)
      if (match === null || inner === undefined || match[1] !== inner.name)
        fail(`an end tag that is not </${inner?.name ?? ''}>`, at)
      at = endTag.lastIndex
      open.pop()
      root = finish(inner, open, root, at)
    } else {
      if (root !== null && inner === undefined) fail('a second root element', at)
      const element = readStartTag(xml, at, inner?.prefixes ?? new Set())
      at = element.end
      if (element.isEmpty) root = finish(element.opened, open, root, at)
      else if (open.push(element.opened) > depthMax) fail('deeper than any ad', at)
    }
  }
  if (open.length > 0) fail(`<${open.at(-1)!.name}> is not closed`, xml.length)
  return root ?? fail('no element', xml.length)
}

/** Hands a finished element to the one around it; the outermost becomes the root. */
function finish(
  done: OpenElement,
  open: readonly OpenElement[],
  root: XmlElement | null,
  at: number,
): XmlElement | null {
  const { name, attributes, children, text } = done
  const element: XmlElement = { name, attributes, children, text: text.trim() }
  const outer = open.at(-1)
  if (outer === undefined) return root === null ? element : fail('a second root element', at)
  outer.children.push(element)
  return root
}

function readStartTag(
  xml: string,
  start: number,
  outerPrefixes: ReadonlySet<string>,
): { readonly opened: OpenElement; readonly isEmpty: boolean; readonly end: number } {
  const tag = matchAt(startTag, xml, start)
  if (tag === null) fail('a stray <', start)
  const attributes = new Map<string, string>()
  let prefixes = outerPrefixes
  let at = startTag.lastIndex
  for (;;) {
    const match = matchAt(attribute, xml, at)
    if (match === null) break
    const key = match[1]!
    if (attributes.has(key)) fail(`${key} twice`, at)
    attributes.set(key, textIn(match[2]!.slice(1, -1), at))
    if (key.startsWith('xmlns:')) prefixes = new Set(prefixes).add(key.slice(6))
    at = attribute.lastIndex
  }
  const end = matchAt(startTagEnd, xml, at)
  if (end === null) fail(`<${tag[1]}> is not written as a tag`, at)
  for (const key of [tag[1]!, ...attributes.keys()]) {
    const colon = key.indexOf(':')
    if (colon < 0) continue
    const prefix = key.slice(0, colon)
    if (prefix !== 'xml' && prefix !== 'xmlns' && !prefixes.has(prefix))
      fail(`${key}: its prefix is not declared`, start)
  }
  const opened = { name: tag[1]!, attributes, children: [], prefixes, text: '' }
  return { opened, isEmpty: end[1] === '/', end: startTagEnd.lastIndex }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function textIn(text: string, at: number): string {
  if (text.includes(']]>')) fail(']]> in text', at)
  if (!text.includes('&')) return text
  const broken = brokenReference.exec(text)
  if (broken !== null) fail('an & that begins no reference', at + broken.index)
  return text.replace(/&([^;]+);/g, (_, reference: string) => {
    if (!reference.startsWith('#')) return named[reference]!
    const isHex = reference[1] === 'x'
    const code = Number.parseInt(reference.slice(isHex ? 2 : 1), isHex ? 16 : 10)
    return isCharacter(code) ? String.fromCodePoint(code) : fail(`&${reference};`, at)
  })
}

/** XML 1.0, production Char. */
const isCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

function checkCharacters(xml: string): void {
  for (let i = 0; i < xml.length; i++) {
    const code = xml.charCodeAt(i)
    const isFine = (code >= 0x20 && code <= 0xfffd) || code === 9 || code === 10 || code === 13
    if (!isFine) fail('a character that XML has no place for', i)
  }
  if (loneSurrogate.test(xml)) fail('half a character', loneSurrogate.lastIndex)
}
