// Goal: images and links are found in any HTML that a bidder may send, and nothing in it makes the
// scanner fail or crawl. Method: written cases, and a real parser on random cuts of hostile text.
import { parse } from 'parse5'
import { describe, expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import {
  behindMacro,
  insecureUrlsIn,
  linksOf,
  originOf,
  pixelOf,
  tagsOf,
} from '../../src/simulation/markup.js'

const origins = new Set(['http://127.0.0.1:8080'])
const pixel = 'http://127.0.0.1:8080/n/imp?t=1'

describe('the impression pixel', () => {
  test.each([
    ['double quotes', `<img src="${pixel}">`],
    ['single quotes, upper case, self-closing', `<IMG SRC='${pixel}' />`],
    ['no quotes', `<img src=${pixel} width=1>`],
    ['other attributes with > and =', `<img alt="a > b = c" src="${pixel}">`],
    ['spaces around =', `<img\n  src = "${pixel}"\n>`],
    ['after a picture of the same server', `<img src="${pixel}x"><img width="1" src="${pixel}">`],
    ['hidden', `<img src="${pixel}x"><img style="display: none" src="${pixel}">`],
    ['after a comment', `<!-- <img src="http://127.0.0.1:8080/no"> --><img src="${pixel}">`],
    [
      'after a script that talks of images',
      `<script>"<img src='http://127.0.0.1:8080/no'>"</script><img src="${pixel}">`,
    ],
    ['within other elements', `<div><p>1 < 2<a href=x><img src="${pixel}"></a></div>`],
    ['the first src counts', `<img src="${pixel}" src="http://127.0.0.1:8080/no">`],
  ])('%s', (_, markup) => {
    expect(pixelOf(tagsOf(markup), origins)).toBe(pixel)
  })

  test('entities are decoded', () => {
    const markup = '<img src="http://127.0.0.1:8080/n/imp?a=1&amp;b=&#39;&#x3c;&quot;&copy;">'
    expect(pixelOf(tagsOf(markup), origins)).toBe('http://127.0.0.1:8080/n/imp?a=1&b=\'<"&copy;')
  })

  test.each([
    ['another server', '<img src="http://127.0.0.1:9090/n/imp">'],
    ['a server whose name only begins alike', '<img src="http://127.0.0.1:8080.example/n/imp">'],
    ['a relative URL', '<img src="/n/imp">'],
    ['another scheme', '<img src="file:///etc/passwd">'],
    ['commented out', `<!-- <img src="${pixel}"> -->`],
    ['text', `&lt;img src="${pixel}"&gt;`],
    ['nothing', ''],
  ])('%s is none', (_, markup) => {
    expect(pixelOf(tagsOf(markup), origins)).toBe('')
  })
})

test('links are found in order, also those that an exchange counts', () => {
  const link = 'http://127.0.0.1:8080/n/click/'
  const markup = `<a href="${link}1"><a name=x><a href="https://shop.example/"><area href='%%C%%${link}2&amp;x'>`
  const links = linksOf(tagsOf(markup)).map((it) => behindMacro(it, '%%C%%'))
  expect(links).toEqual([`${link}1`, '', 'https://shop.example/', `${link}2&x`])
})

test('what a secure page must not load', () => {
  const markup =
    '<img src="http://cdn.example/a.png"><svg xmlns="http://www.w3.org/2000/svg">' +
    '<img src="http://127.0.0.1:8080/x"><a href=http://localhost:8083/><img src="http://[::1]:8/">' +
    '<p style="background:url(HTTP://bg.example/b)"><img src="https://fine.example/?u=http%3A//x">' +
    '<img src="http://127.0.0.1.evil.example/">'
  expect(insecureUrlsIn(markup)).toEqual([
    'http://cdn.example',
    'HTTP://bg.example',
    'http://127.0.0.1.evil.example',
  ])
})

test('origins of absolute URLs only', () => {
  expect(originOf('HTTPS://A.example:443/x')).toBe('https://a.example')
  for (const url of ['', '/n/win', '//a.example', 'ftp://a.example', 'https://', 'https:///x'])
    expect(originOf(url), url).toBe('')
})

test('random pieces of hostile text: the same images and links as a real parser', () => {
  const seed = 90
  const random = new Random(seed)
  const pieces = [
    '<img ', '<a ', '<b', '</a>', '>', '/>', '"', "'", '=', ' ', '<', '&amp;', '<!--', '-->', 'x',
    'src="http://127.0.0.1:8080/1"', "href='http://127.0.0.1:8080/2'", '<style>', '</style>',
    '<script>', '</script>', 'é', '\n',
  ] // biome-ignore format: a word list
  let compared = 0
  for (let round = 0; round < 3_000; round++) {
    const markup = Array.from({ length: random.below(16) }, () => random.pick(pieces)).join('')
    const tags = tagsOf(markup)
    // A tag that doesn't end is dropped by browsers; whether one asks for it or not is no matter here.
    if (markup.lastIndexOf('<') > markup.lastIndexOf('>') || markup.includes('<!--')) continue
    // Left out: what only a whole parser knows, such as quotes that swallow the rest.
    const got = tags.map(({ name, attributes }) => [name, attributes.get('src') ?? ''])
    const want = elementsOf(markup)
    if (want.length !== got.length) continue
    compared++
    expect(got, `seed ${seed} round ${round}: ${markup}`).toEqual(want)
  }
  expect(compared).toBeGreaterThan(1_000)
})

/** Elements in document order with their `src`, but for those that a parser adds itself. */
function elementsOf(markup: string): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = []
  // biome-ignore lint/suspicious/noExplicitAny: parse5's tree is walked like any JSON.
  const walk = (node: any): void => {
    const isOwn = !['html', 'head', 'body'].includes(node.tagName)
    if (node.tagName !== undefined && isOwn) {
      const src = node.attrs.find(({ name }: { name: string }) => name === 'src')
      found.push([node.tagName, src?.value ?? ''])
    }
    for (const child of node.childNodes ?? []) walk(child)
  }
  walk(parse(markup))
  return found
}

test('a long unclosed text takes no longer than a short one of many times the number', () => {
  for (const piece of ['<', '<a ', '<img src="', '<!--', '<script>', '&#', '<a b=', "'"]) {
    const startMs = performance.now()
    tagsOf(piece.repeat(200_000 / piece.length))
    expect(performance.now() - startMs, piece).toBeLessThan(1_000)
  }
})
