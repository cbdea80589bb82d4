/**
 * Words of titles and searches, in any script, so that those that mean one come out the same: lower case,
 * accents and vowel points off, wide and narrow letters as one.
 */

/** Accents, Hebrew points, Arabic vowels and lengthening. Signs that make a word in other scripts stay. */
const marks = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]/g
/** Letters that don't come apart into one of the alphabet and an accent. */
const otherLetters: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
}
const anyOtherLetter = /[łøđðħıßæœþ]/g
/** Scripts that are written without blanks between words. */
const unparted =
  '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\u30fc]'
const runs = new RegExp(`(${unparted}+)|(?:(?!${unparted})[\\p{L}\\p{N}\\p{M}])+`, 'gu')
const plainAscii = /^[\x20-\x7e]*$/
const asciiRuns = /[a-z0-9]+/g
const wordLengthMax = 40

/**
 * Where words aren't parted by blanks (Chinese, Japanese, Thai …) every two letters that follow each other
 * stand for one.
 *
 * @param out filled with different words, in the order in which they first come up; emptied before.
 */
export function wordsOf(text: string, countMax: number, out: string[]): void {
  out.length = 0
  addWords(text, countMax, out)
}

/** As `wordsOf`, to those that are there. */
export function addWords(text: string, countMax: number, out: string[]): void {
  const plain = plainOf(text)
  const matcher = plainAscii.test(plain) ? asciiRuns : runs
  matcher.lastIndex = 0
  for (let match = matcher.exec(plain); match !== null; match = matcher.exec(plain)) {
    if (out.length >= countMax) return
    if (match[1] === undefined) addWord(match[0].slice(0, wordLengthMax), countMax, out)
    else addPairs(match[1], countMax, out)
  }
}

function plainOf(text: string): string {
  if (plainAscii.test(text)) return text.toLowerCase()
  const bare = text.normalize('NFKD').replace(marks, '').normalize('NFC').toLowerCase()
  return bare.replace(anyOtherLetter, (letter) => otherLetters[letter]!)
}

function addWord(word: string, countMax: number, out: string[]): void {
  if (out.length < countMax && !out.includes(word)) out.push(word)
}

function addPairs(run: string, countMax: number, out: string[]): void {
  let before = ''
  for (const letter of run) {
    if (before !== '') addWord(before + letter, countMax, out)
    before = letter
  }
  if (before === run) addWord(run, countMax, out)
}
