// Goal: whoever renders by themselves has a title for each slot that every shop has, in each language that the widget
// speaks. Method: all of them are asked for.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { defaultSlots } from '../../src/recommend/choose/pages.js'
import { labelsJson, titleOf } from '../../src/storefront/words.js'

const languages = 'en pl de cs sk fr es it pt nl hu ro sv'.split(' ')

test.each(languages)('every slot that a shop has by itself has a title in %s', (language) => {
  const titles = defaultSlots.map((slot) => titleOf(slot, 'control', slot.page, language, 'en'))
  for (const title of titles) check.ok(title.length > 3 && title.length <= 60, title)
  const english = defaultSlots.map((slot) => titleOf(slot, 'control', slot.page, 'en'))
  if (language === 'en') return
  for (const [at, title] of titles.entries()) check.notEqual(title, english[at])
  check.notEqual(labelsJson(language), labelsJson('en'))
})

test('a variant may have a title of its own, and is called as the slot is where it has none', () => {
  const [home] = defaultSlots
  const variants = [
    { id: 'a', share: 0.2, title: 'A' },
    { id: 'b', share: 0.2 },
  ]
  const slot = { ...home!, experiment: { id: 'e', variants } }
  const called = (variant: string, title = ''): string =>
    titleOf({ ...slot, title }, variant, 'home', 'xx', 'pl-PL')
  check.deepEqual(
    ['control', 'a', 'b'].map((it) => called(it)),
    ['Polecane dla Ciebie', 'A', 'Polecane dla Ciebie'],
  )
  check.deepEqual(
    ['control', 'a', 'b'].map((it) => called(it, 'Own')),
    ['Own', 'A', 'Own'],
  )
})
