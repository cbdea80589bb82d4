// Goal: words that mean one come out the same, in any script, and whatever text comes in. Method: by hand per
// script; random text that no one would write.
import { strict as check } from 'node:assert'
import { expect, test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { pageOf } from '../../../src/recommend/models/product-page.js'
import { wordsOf } from '../../../src/recommend/models/words.js'

const words = (text: string, countMax = 24): string => {
  const out: string[] = ['left from before']
  wordsOf(text, countMax, out)
  return out.join(' ')
}

test.each([
  ["Levi's 501® Jeans 32/34", 'levi s 501 jeans 32 34', 'marks part words'],
  ['Żółta łódka na STRZAŁKĘ', 'zolta lodka na strzalke', 'accents and strokes off'],
  ['ZAŻO\u0301ŁC\u0301', 'zazolc', 'accents written apart'],
  ['Weiße Schuhe Größe', 'weisse schuhe grosse', 'sharp s'],
  ['İstanbul ışık', 'istanbul isik', 'Turkish dots'],
  ['Кроссовки Ёлка Йод', 'кроссовки елка иод', 'Cyrillic'],
  ['سَمَّاعَات لاسلكيّة', 'سماعات لاسلكية', 'Arabic vowels and doubling off'],
  ['نظـــارة', 'نظارة', 'Arabic lengthening off'],
  ['שָׁלוֹם', 'שלום', 'Hebrew points off'],
  ['हिन्दी जूते', 'हिन्दी जूते', 'Devanagari signs stay'],
  ['新款运动鞋 Nike', '新款 款运 运动 动鞋 nike', 'Chinese by pairs'],
  ['ランニングシューズ', 'ラン ンニ ニン ング グシ シュ ュー ーズ', 'Japanese by pairs'],
  ['Nike运动M', 'nike 运动 m', 'scripts part words'],
  ['手', '手', 'one letter alone'],
  ['운동화 나이키', '운동화 나이키', 'Korean by words'],
  ['Ｎｉｋｅ　４２', 'nike 42', 'wide letters'],
  ['red RED réd', 'red', 'each once'],
  ['', '', 'nothing'],
  ['!!! — ***', '', 'no words'],
])('words: %s', (text, expected, why) => {
  expect(words(text), why).toBe(expected)
})

test('words: no text makes it throw, or give too many', () => {
  for (let seed = 1; seed <= 3_000; seed++) {
    const random = new Random(seed)
    const units = Array.from({ length: random.below(80) }, () => random.below(0x10000))
    const out: string[] = []
    wordsOf(String.fromCharCode(...units), 5, out)
    check.ok(out.length <= 5, `seed ${seed}`)
    check.equal(new Set(out).size, out.length)
    for (const word of out) check.ok(word.length > 0 && word.length <= 40)
  }
  check.equal(words('a b c d', 2), 'a b')
})

test('pages: sizes and colours share theirs', () => {
  const same = (a: string, b: string): boolean => pageOf(a) === pageOf(b)
  check.ok(same('https://s.example/p/shirt?variant=18ba', 'https://s.example/p/shirt?variant=0bdc'))
  check.ok(same('https://s.example/p/shirt?size=M&color=red#top', 'https://s.example/p/shirt/'))
  check.ok(same('/p.php?id=5&utm_source=a', '/p.php?id=5'))
  check.ok(!same('/p.php?id=5', '/p.php?id=6'))
  check.ok(!same('/p/shirt', '/p/shirts'))
  check.equal(pageOf(''), 0)
  check.notEqual(pageOf('#'), 0)
})
