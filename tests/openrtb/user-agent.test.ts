// Goal: nothing is bought for machines that say what they are, and no real person is taken for one.
// Method: the corpus: crawlers' user agents as published, people's as seen in an exchange's requests and
// as a parser's tests expect them; then what the rules are most likely to get wrong, by hand.
import { strict as check } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import { isCrawler } from '../../src/openrtb/crawlers.js'
import { agentOf } from '../../src/openrtb/user-agent.js'

const corpus = new URL('../../../shared/corpus/dev/useragents/', import.meta.url)
const text = (name: string): string => readFileSync(new URL(name, corpus), 'utf8')
const rows = (name: string): { ua: unknown; device?: { family: string } }[] =>
  text(name)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { ua: unknown; device?: { family: string } })

/** In the list as crawlers, and yet what people's telephones and Macs send. */
const peoplesOwn = ['AP3A.240617.008', 'MetaIAB Facebook', 'Fluid/']
/** In the captured traffic as seen by eye: machines that say so. */
const seenMachines = /Googlebot|BingPreview|Google Web Preview|Yahoo! Slurp|compatible; Crawler;/

test('crawlers are recognised, at least 99 of 100', () => {
  const agents = rows('crawlers.ndjson').map(({ ua }) => String(ua))
  const missed = agents.filter((ua) => !agentOf(ua).isCrawler)
  console.log(`crawlers: ${missed.length} of ${agents.length} missed`)
  check.ok(agents.length > 500)
  check.ok(missed.length <= agents.length / 100, missed.join('\n'))
  check.deepEqual(
    missed.filter((ua) => !peoplesOwn.some((mark) => ua.includes(mark))),
    [],
  )
})

test('people on an exchange are not taken for crawlers, but for fewer than 1 of 1,000', () => {
  const seen = JSON.parse(text('seen-in-requests.json')) as Record<string, [string, number][]>
  let people = 0
  let wrong = 0
  let machines = 0
  const taken: string[] = []
  for (const [ua, count] of seen['rtbkit-2012']!) {
    if (seenMachines.test(ua)) {
      machines += count
      check.ok(agentOf(ua).isCrawler, ua)
      continue
    }
    people += count
    if (!agentOf(ua).isCrawler) continue
    wrong += count
    taken.push(ua)
  }
  console.log(
    `requests of people: ${wrong} of ${people} taken for crawlers; ${machines} of machines`,
  )
  check.ok(people > 10_000 && machines > 0)
  check.ok(wrong < people / 1_000, taken.join('\n'))
})

test('devices are not taken for crawlers, but for fewer than 1 of 1,000', () => {
  const agents = rows('uap-core-expected.ndjson').filter(({ ua }) => typeof ua === 'string')
  const people = agents.filter(({ device }) => device !== undefined && device.family !== 'Spider')
  const taken = people.filter(({ ua }) => agentOf(String(ua)).isCrawler).map(({ ua }) => String(ua))
  const spiders = agents.filter(({ device }) => device?.family === 'Spider')
  const missed = spiders.filter(({ ua }) => !agentOf(String(ua)).isCrawler)
  console.log(`devices: ${taken.length} of ${people.length} taken for crawlers`)
  console.log(`a parser's spiders: ${missed.length} of ${spiders.length} missed`)
  check.ok(people.length > 5_000)
  check.ok(taken.length < people.length / 1_000, taken.join('\n'))
})

test('a word that only looks like a mark is none', () => {
  for (const ua of [
    'Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus Build/PPR1) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 6.0; CUBOT NOTE S Build/MRA58K) AppleWebKit/537.36 Chrome/83.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 12; Abbott Build/1) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36',
    'HbbTV/1.1.1 (;Panasonic;VIERA 2012;1.261;0071-3103 2000-0000;)',
    'WhatsApp/2.11.112 Android/4.2.1 Device/asus-ASUS_Transformer_Pad_TF300TG',
  ])
    check.ok(!isCrawler(ua), ua)
  for (const ua of ['SomethingNewBot', 'examplebot/1.0', 'Example-BOT (1.2)', 'WhatsApp/2.19.81 A'])
    check.ok(isCrawler(ua), ua)
})

test('an answer is kept, and stays right when more agents come than are kept', () => {
  const ua =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148'
  check.deepEqual(agentOf(ua), { os: 'ios', isCrawler: false })
  check.equal(agentOf(ua), agentOf(ua))
  for (let i = 0; i < 20_000; i++) {
    check.equal(agentOf(`App${i}/1.0 (Windows NT 10.0)`).os, 'windows')
    if (i % 5_000 === 0) check.equal(agentOf(`Examplebot/${i}`).isCrawler, true)
  }
  check.deepEqual(agentOf(ua), { os: 'ios', isCrawler: false })
  check.deepEqual(agentOf(''), { os: '', isCrawler: false })
})

test('time grows with length alone', () => {
  /** The least of a few runs: other programs only ever add to it. */
  const leastMs = (userAgent: string): number => {
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i < 15; i++) {
      const started = performance.now()
      isCrawler(userAgent)
      least = Math.min(least, performance.now() - started)
    }
    return least
  }
  for (const part of ['Goo', 'bo', 'cubot', 'craw', 'a']) {
    const short = leastMs(part.repeat(8_192 / part.length))
    const long = leastMs(part.repeat(65_536 / part.length))
    check.ok(long < 32 * short, `${short} ms for 8,192 characters of ${part}, ${long} for 65,536`)
  }
})
