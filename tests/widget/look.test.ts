// Goal: what the widget shows can be seen, used and heard by everybody, and wears the shop's clothes. Method: a real
// browser is used by keyboard, and asked for colours and for its own accessibility tree. Skipped, aloud, where there is
// no Chromium.
import { describe, expect, test } from 'vitest'
import { becomes, chromiumPath, run } from '../tag/pages.js'
import { isIn, ready, type WidgetShop, withShop } from './pages.js'

describe.skipIf(chromiumPath === undefined)('what the widget shows', () => {
  let shop: WidgetShop
  withShop((newShop) => {
    shop = newShop
  })

  test('is a region with a heading, a list of links, and buttons that say what they do', async () => {
    const items = shop.service.items.slice(0, 12)
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      { body: '<h1>Sklep</h1><div data-grosz-slot="home" data-heading-level="3"></div>' },
      page,
    )
    await ready(page)
    const region = page.getByRole('region', { name: 'Inni oglądali też' })
    const named = (role: 'button' | 'link') =>
      region.getByRole(role).evaluateAll((all) => all.map((it) => it.textContent))
    expect(await region.getByRole('heading', { level: 3 }).count()).toBe(1)
    expect(await region.getByRole('list').getByRole('listitem').count()).toBe(12)
    const links = region.getByRole('listitem').getByRole('link')
    expect(await links.count()).toBe(12)
    // The old price isn't taken for the one that is paid, by ear either.
    const space = '\u00a0'
    const reduced = `${items[0]!['title']} Poprzednia cena: 419${space}zł Cena teraz: 359,99${space}zł`
    await links.and(page.getByRole('link', { name: reduced, exact: true })).waitFor()
    const full = `${items[1]!['title']} 589${space}zł`
    await links.and(page.getByRole('link', { name: full, exact: true })).waitFor()
    expect(await named('link')).toHaveLength(12)
    // Pictures say nothing that isn't said beside them.
    expect(await region.getByRole('img').count()).toBe(0)
    for (const name of ['Poprzednie produkty', 'Następne produkty'])
      expect(await region.getByRole('button', { name }).count()).toBe(1)
    // While it waits it says nothing at all.
    shop.service.isSilent = true
    await shop.open({ body: '<div data-grosz-slot="home"></div>' }, page)
    await becomes(page, isIn('waiting'))
    expect(await page.locator('body').ariaSnapshot()).toBe('')
  })

  test.each([
    ['en-GB', 'Next products', '€359.99'],
    ['de', 'Nächste Produkte', '359,99\u00a0€'],
    ['pl', 'Następne produkty', '359,99\u00a0€'],
    ['fr-CA', 'Produits suivants', '359,99\u00a0€'],
    ['CS', 'Další produkty', '359,99\u00a0€'],
    ['ja', 'Next products', '€359.99'],
    ['', 'Next products', '€359.99'],
    ['no language', 'Next products', '359.99'],
  ])('speaks the page’s language: %s', async (language, next, price) => {
    shop.service.items = shop.service.items.map((it) => ({ ...it, currency: 'EUR' }))
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 }, locale: 'en-GB' })
    await shop.open({ language, body: '<div data-grosz-slot="home"></div>' }, page)
    await ready(page)
    expect(await page.getByRole('button', { name: next }).count()).toBe(1)
    expect(await page.getByRole('link').first().textContent()).toContain(price)
    // For the service to say what slots are called that the shop has given no title.
    const said = language === '' ? undefined : language
    expect(shop.service.asked.at(-1)!.language).toBe(said)
  })

  const focused = `(() => { const it = document.activeElement; const inner = it.shadowRoot && it.shadowRoot.activeElement; return inner ? inner.getAttribute('aria-label') || inner.getAttribute('href') : it.id })()`

  test('goes by keyboard: in, along, on by its buttons, and out again', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        body: '<button id="before">Przed</button><div data-grosz-slot="home" data-limit="9"></div><button id="after">Po</button>',
      },
      page,
    )
    await ready(page)
    const row = `document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('ul')`
    await page.locator('#before').focus()
    await page.keyboard.press('Tab')
    expect(await run(page, focused)).toBe('Poprzednie produkty')
    await page.keyboard.press('Enter')
    expect(await run(page, `${row}.scrollLeft`)).toBe(0)
    await page.keyboard.press('Tab')
    const outline = `getComputedStyle(document.querySelector('[data-grosz-slot]').shadowRoot.activeElement)`
    expect(
      await run(page, `[${outline}.outlineStyle, parseFloat(${outline}.outlineWidth) >= 2]`),
    ).toEqual(['solid', true])
    await page.keyboard.press('Space')
    await becomes(
      page,
      `Math.abs(${row}.scrollLeft - (${row}.scrollWidth - ${row}.clientWidth)) < 2`,
    )
    // At the end it keeps the focus, and says that it can do no more.
    expect(await run(page, focused)).toBe('Następne produkty')
    await becomes(
      page,
      `document.querySelector('[data-grosz-slot]').shadowRoot.activeElement.getAttribute('aria-disabled') === 'true'`,
    )
    for (const item of shop.service.items.slice(0, 9)) {
      await page.keyboard.press('Tab')
      expect(await run(page, focused)).toBe(item['url'])
      // Whatever has the focus is in view, all of it.
      await becomes(
        page,
        `(() => { const it = document.querySelector('[data-grosz-slot]').shadowRoot.activeElement.getBoundingClientRect(); return it.left >= -1 && it.right <= innerWidth + 1 })()`,
      )
    }
    await page.keyboard.press('Tab')
    expect(await run(page, focused)).toBe('after')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${shop.service.items[8]!['url']}`)
  })

  test('moves at once for whoever wants no motion', async () => {
    const page = await shop.newPage({
      viewport: { width: 1_280, height: 800 },
      reducedMotion: 'reduce',
    })
    await shop.open({ body: '<div data-grosz-slot="home"></div>' }, page)
    await ready(page)
    await page.getByRole('button', { name: 'Następne produkty' }).focus()
    const moved = await run(
      page,
      `(() => { const shadow = document.querySelector('[data-grosz-slot]').shadowRoot; shadow.activeElement.click(); return shadow.querySelector('ul').scrollLeft })()`,
    )
    expect(moved).toBeGreaterThan(300)
  })

  test('has no buttons where all is in view', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open({ body: '<div data-grosz-slot="home" data-limit="4"></div>' }, page)
    await ready(page)
    expect(await page.getByRole('button').count()).toBe(0)
  })

  test('is written from right to left where the page is', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open({ body: '<main dir="rtl"><div data-grosz-slot="home"></div></main>' }, page)
    await ready(page)
    const [first, second] = await page
      .getByRole('link')
      .evaluateAll((all) =>
        all.map(
          (it) =>
            (it as unknown as { getBoundingClientRect(): { left: number } }).getBoundingClientRect()
              .left,
        ),
      )
    expect(first!).toBeGreaterThan(second!)
    await page.getByRole('button', { name: 'Następne produkty' }).click()
    await becomes(
      page,
      `document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('ul').scrollLeft < -300`,
    )
  })

  test.each([
    ['#17231d', '#ffffff'],
    ['#f4f1ea', '#14181c'],
    ['#2c211b', '#f5ece1'],
  ])('%s on %s can be read: all text as well as the page’s own', async (color, background) => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        body: '<div data-grosz-slot="home"></div>',
        style: `body{color:${color};background:${background}}`,
      },
      page,
    )
    await ready(page)
    const ratios = await page.evaluate<[string, number][]>(contrasts(background))
    expect(ratios.length).toBeGreaterThan(20)
    for (const [text, ratio] of ratios) expect(ratio, text).toBeGreaterThan(4.5)
    const sizes = await page.evaluate<number[]>(
      `[...document.querySelector('[data-grosz-slot]').shadowRoot.querySelectorAll('button')].map((it) => it.offsetWidth)`,
    )
    expect(sizes).toEqual([44, 44])
  })

  test('wears what the shop’s style sheet says, by variables and by parts', async () => {
    const page = await shop.newPage({ viewport: { width: 1_280, height: 800 } })
    await shop.open(
      {
        body: '<div data-grosz-slot="home"></div>',
        style: `[data-grosz-slot]{--grosz-card-background:rgb(1,2,3);--grosz-columns:3;--grosz-gap:30px;--grosz-title-size:40px;--grosz-name-lines:1;--grosz-sale-color:rgb(9,8,7)}
          [data-grosz-slot]::part(name){text-transform:uppercase} [data-grosz-slot]::part(card){color:#fff} [data-grosz-slot]::part(old){color:rgb(5,5,5)} a{color:red} li{display:none}`,
      },
      page,
    )
    await ready(page)
    const style = (selector: string, name: string) =>
      run(
        page,
        `getComputedStyle(document.querySelector('[data-grosz-slot]').shadowRoot.querySelector('${selector}')).${name}`,
      )
    expect(await style('.card', 'backgroundColor')).toBe('rgb(1, 2, 3)')
    expect(await style('.card', 'color')).toBe('rgb(255, 255, 255)')
    expect(await style('.title', 'fontSize')).toBe('40px')
    expect(await style('.name', 'textTransform')).toBe('uppercase')
    expect(await style('.name', 'height')).toBe('20.25px')
    expect(await style('.old', 'color')).toBe('rgb(5, 5, 5)')
    expect(await style('.old ~ .now', 'color')).toBe('rgb(9, 8, 7)')
    // The page's rules for its own elements stay outside.
    expect(await style('.item', 'display')).not.toBe('none')
    expect(await style('.item', 'width')).toBe('366.656px')
  })

  test('at a text size of twice the usual, nothing is cut off but what is left out', async () => {
    const page = await shop.newPage({ viewport: { width: 360, height: 800 } })
    await shop.open(
      { body: '<div data-grosz-slot="home"></div>', style: 'html{font-size:32px}' },
      page,
    )
    await ready(page)
    expect(await run(page, `document.documentElement.scrollWidth`)).toBe(360)
    const cut = await run(
      page,
      `[...document.querySelector('[data-grosz-slot]').shadowRoot.querySelectorAll('.price, .title')].filter((it) => it.scrollHeight > it.clientHeight + 1).map((it) => it.textContent)`,
    )
    expect(cut).toEqual([])
  })
})

/** Of each text in the widget, the contrast to what is behind it (WCAG 2.2, 1.4.3). */
const contrasts = (ground: string): string => `(() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgb = (color, under) => {
    probe.fillStyle = under; probe.fillRect(0, 0, 1, 1); probe.fillStyle = color; probe.fillRect(0, 0, 1, 1)
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const light = (parts) => parts.map((it) => it / 255).map((it) => it <= .04045 ? it / 12.92 : ((it + .055) / 1.055) ** 2.4)
    .reduce((sum, it, at) => sum + it * [.2126, .7152, .0722][at], 0)
  const shadow = document.querySelector('[data-grosz-slot]').shadowRoot
  return [...shadow.querySelectorAll('.title, .name, .now, .old')].map((it) => {
    let back = '${ground}'
    const card = it.closest('.card')
    if (card) back = 'rgb(' + rgb(getComputedStyle(card).backgroundColor, back) + ')'
    const [a, b] = [light(rgb(getComputedStyle(it).color, back)), light(rgb(back, '${ground}'))].sort((x, y) => y - x)
    return [it.textContent, (a + .05) / (b + .05)]
  })
})()`
