// Goal: whatever rules, people and catalogues come together, the chooser does what its documents say, and a page
// never shows what can't be bought, what was taken off it, or anything twice.
// Method: seeded random worlds. Against a slow and obvious chooser; and slots of one page one after the other.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../../src/base/random.js'
import { slotSchema } from '../../../src/catalogue/slots.js'
import { chosenByName } from '../../../src/recommend/choose/choice.js'
import { Chooser } from '../../../src/recommend/choose/chooser.js'
import { compileSlot } from '../../../src/recommend/choose/compile-slot.js'
import { FilledQuery } from '../../../src/recommend/choose/query-of.js'
import { randomFilters, randomModel, randomQuery, randomSlot } from './random-world.js'
import { chooseSlowly } from './slow-chooser.js'

// One for all worlds, as in a process: nothing of one answer may be left in the next.
const chooser = new Chooser()

test('as the slow chooser has it', () => {
  const seed = Number(process.env['SEED'] ?? 20_261)
  const random = new Random(seed)
  let shownCount = 0
  for (let world = 0; world < 300; world++) {
    const model = randomModel(random)
    for (let round = 0; round < 8; round++) {
      const slot = randomSlot(random)
      const query = randomQuery(random, model)
      const options = {
        limit: random.below(26),
        excluded: model.items.count === 0 ? [] : [random.below(model.items.count)],
        filters: randomFilters(random, model),
      }
      const slow = chooseSlowly(model, query, slot, {
        ...options,
        limit: Math.min(options.limit, 24),
      })
      const { count, items, sources, propensity } = chooser.choose(model, query, {
        slot: compileSlot(slot, 'control', model),
        seed: round,
        ...options,
      })
      const quick = Array.from({ length: count }, (_, place) => ({
        item: items[place]!,
        by: chosenByName(sources[place]!),
      }))
      check.deepEqual(quick, slow, `seed ${seed}, world ${world}, round ${round}`)
      for (let place = 0; place < count; place++) check.equal(propensity[place], 1)
      shownCount += count
    }
  }
  check.ok(shownCount > 10_000, String(shownCount))
})

test('slots of a page: nothing out of stock, taken off or twice, whatever is explored', () => {
  const seed = Number(process.env['SEED'] ?? 4_711)
  const random = new Random(seed)
  for (let world = 0; world < 200; world++) {
    const model = randomModel(random)
    const query = randomQuery(random, model)
    const onPage: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      const drawn = randomSlot(random)
      const exploreShare = random.pick([0, 0.1, 0.2])
      const slot = slotSchema.parse({ ...drawn, rules: { ...drawn.rules, exploreShare } })
      const options = {
        slot: compileSlot(slot, 'control', model),
        limit: random.below(14),
        excluded: onPage,
        filters: randomFilters(random, model),
        seed: random.below(2 ** 32),
      }
      const choice = chooser.choose(model, query, options)
      const where = `seed ${seed}, world ${world}, turn ${turn}`
      const shown = [...choice.items.subarray(0, choice.count)]
      // Another shop's answer in between, and the same seed once more: the same products.
      chooser.choose(randomModel(random), new FilledQuery(), { ...options, excluded: [] })
      const again = chooser.choose(model, query, options)
      check.deepEqual([...again.items.subarray(0, again.count)], shown, where)
      for (const item of shown) {
        check.equal(model.facts.flags[item], 3, where)
        check.ok(!onPage.includes(item) && !query.products.includes(item), where)
        const group = model.facts.group[item]!
        const others = [...onPage, ...(query.page === 'out-of-stock' ? [] : query.products)]
        const isVariant = group >= 0 && others.some((it) => model.facts.group[it] === group)
        check.ok(slot.rules.showVariants || !isVariant, where)
        check.ok(!slot.rules.productsExcluded.includes(model.items.idOf(item)), where)
        onPage.push(item)
      }
      check.equal(new Set(onPage).size, onPage.length, where)
      check.ok(shown.length <= options.limit, where)
    }
  }
})
