// Goal: a shop's people are who they are: whoever browses without a name and logs in is one person from
// then on, two who have names never become one by themselves, nothing crosses shops, and each join can
// be taken back. Method: cases by hand; random events of a few browsers and customers against
// invariants, through real books; joins undone against people who were never joined.
import { expect, test } from 'vitest'
import { Random } from '../../src/base/random.js'
import type { Identifiers } from '../../src/people/identifiers.js'
import type { Person } from '../../src/people/person.js'
import { findIn } from '../../src/people/person-of.js'
import { undoJoin } from '../../src/people/undo-join.js'
import { eventOf, openWorld, type PeopleWorld, viewOf } from './people-world.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)
const shop = 'shop-1'

const whois = ({ books }: PeopleWorld, identifier: string, shopId = shop): Person | null =>
  findIn(books.forShop(shopId)).byIdentifier(identifier)
const viewed = (person: Person | null): string[] =>
  (person?.slice.viewed ?? []).map(({ product }) => product).sort()

test('who browses without a name and logs in is one person, once', async () => {
  const world = openWorld()
  const { writer } = world
  await writer.take(shop, [viewOf({ anonymousId: 'phone' }, 'boots')])
  await writer.take(shop, [viewOf({ anonymousId: 'desk', customerId: '7' }, 'hat')])
  await writer.take(shop, [eventOf('identify', { anonymousId: 'phone', customerId: '7' })])
  const person = whois(world, 'cust:7')!
  expect(viewed(person)).toEqual(['boots', 'hat'])
  expect(whois(world, 'anon:phone')?.id).toBe(person.id)
  // Somebody else logs in on that phone: it stays whose it was, and so does what each has done.
  await writer.take(shop, [viewOf({ anonymousId: 'phone', customerId: '8' }, 'scarf')])
  expect(viewed(whois(world, 'cust:8'))).toEqual(['scarf'])
  expect(viewed(whois(world, 'anon:phone'))).toEqual(['boots', 'hat'])
  expect(writer.counts).toMatchObject({ joins: 1, apart: 1 })
})

test('two who have names are not joined by themselves, whatever names both', async () => {
  const world = openWorld()
  const { writer } = world
  await writer.take(shop, [viewOf({ customerId: '7' }, 'hat')])
  await writer.take(shop, [viewOf({ emailKey: 'mail-of-8', customerId: '8' }, 'scarf')])
  await writer.take(shop, [viewOf({ customerId: '7', emailKey: 'mail-of-8' }, 'gloves')])
  expect(viewed(whois(world, 'cust:7'))).toEqual(['gloves', 'hat'])
  expect(viewed(whois(world, 'mail:mail-of-8'))).toEqual(['scarf'])
  // A customer number that nobody had, with the address of a customer of another number.
  await writer.take(shop, [viewOf({ customerId: '9', emailKey: 'mail-of-8' }, 'socks')])
  expect(viewed(whois(world, 'cust:9'))).toEqual(['socks'])
  expect(writer.counts.joins).toBe(0)
})

test('an address and a customer number that come together are one person', async () => {
  const world = openWorld()
  const { writer } = world
  await writer.take(shop, [viewOf({ emailKey: 'm' }, 'hat')])
  await writer.take(shop, [viewOf({ customerId: '7', emailKey: 'm' }, 'scarf')])
  expect(viewed(whois(world, 'cust:7'))).toEqual(['hat', 'scarf'])
})

test('the same names at another shop are other people', async () => {
  const world = openWorld()
  const who = { anonymousId: 'phone', customerId: '7', uids: ['u1'] }
  await world.writer.take('a', [viewOf(who, 'boots')])
  await world.writer.take('b', [viewOf(who, 'lamp')])
  expect(viewed(whois(world, 'cust:7', 'a'))).toEqual(['boots'])
  expect(viewed(whois(world, 'cust:7', 'b'))).toEqual(['lamp'])
})

test('random events keep every identifier with one person, and every name with its own', async () => {
  const random = new Random(seed)
  const world = openWorld()
  const names = ['1', '2', '3', '4', '5']
  for (let round = 0; round < 300; round++) {
    const who: Partial<Identifiers> = {
      anonymousId: random.chance(0.7) ? `a${random.below(8)}` : '',
      customerId: random.chance(0.3) ? random.pick(names) : '',
      emailKey: random.chance(0.2) ? `e${random.below(5)}` : '',
      uids: random.chance(0.4) ? [`u${random.below(8)}`] : [],
    }
    await world.writer.take(shop, [viewOf(who, `p${round}`)])
  }
  const book = world.books.forShop(shop)
  const people = Array.from(book.people('', 1_000), ({ id }) => id).map((id) => book.person(id)!)
  const owners = new Map<string, string>()
  for (const { id, identifiers } of people)
    for (const identifier of identifiers) {
      expect(owners.has(identifier), `seed ${seed}: ${identifier} twice`).toBe(false)
      owners.set(identifier, id)
      expect(book.link(identifier), `seed ${seed}: ${identifier}`).toBe(id)
    }
  for (const { identifiers } of people) {
    const numbers = identifiers.filter((it) => it.startsWith('cust:'))
    expect(numbers.length, `seed ${seed}: ${identifiers}`).toBeLessThanOrEqual(1)
  }
})

test('a join that is taken back leaves both as if it had never been', async () => {
  const random = new Random(seed)
  for (let round = 0; round < 20; round++) {
    const joined = openWorld()
    const never = openWorld()
    let product = 0
    const both = async (who: Partial<Identifiers>) => {
      const event = viewOf(who, `p${product++}`, { atMs: 1_700_000_000_000 + product })
      await joined.writer.take(shop, [event])
      await never.writer.take(shop, [event])
    }
    await both({ anonymousId: 'a' })
    await both({ customerId: '7' })
    await joined.writer.take(shop, [eventOf('identify', { anonymousId: 'a', customerId: '7' })])
    for (let count = random.below(6); count > 0; count--)
      await both(random.chance(0.5) ? { anonymousId: 'a' } : { customerId: '7' })
    const join = whois(joined, 'cust:7')!.former[0]!.join
    const book = joined.books.forShop(shop)
    const undo = () => joined.writer.change(shop, (draft) => undoJoin(book, draft, join))
    expect(await undo()).toBe('')
    expect(await undo()).toMatch(/undone before/)
    for (const identifier of ['anon:a', 'cust:7'])
      expect(
        viewed(whois(joined, identifier)),
        `seed ${seed} round ${round} ${identifier}`,
      ).toEqual(viewed(whois(never, identifier)))
    // They aren't joined by themselves again.
    await joined.writer.take(shop, [eventOf('identify', { anonymousId: 'a', customerId: '7' })])
    expect(whois(joined, 'anon:a')?.id).not.toBe(whois(joined, 'cust:7')?.id)
    await joined.close()
    await never.close()
  }
})

test('nobody has more identifiers than a person can have', async () => {
  const world = openWorld()
  for (let i = 0; i < 100; i++)
    await world.writer.take(shop, [viewOf({ customerId: '7', anonymousId: `a${i}` }, 'hat')])
  expect(whois(world, 'cust:7')?.identifiers.length).toBe(64)
  expect(world.writer.counts.identifiersFull).toBe(37)
})
