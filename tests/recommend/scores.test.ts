// Goal: the best products come first, ties by number, and nothing of one question is left in the next. Method: random
// scores added, set and topped, compared with a Map that is sorted; several shops' sizes in turn.
import { strict as check } from 'node:assert'
import { test } from 'vitest'
import { Random } from '../../src/base/random.js'
import { Scores } from '../../src/recommend/scores.js'

const seed = Number(process.env['SEED'] ?? Date.now() % 1e9)

test('as a sorted Map has it, question after question', () => {
  console.info(`seed: ${seed}`)
  const random = new Random(seed)
  const scores = new Scores()
  const out = new Int32Array(200)
  for (let round = 0; round < 2_000; round++) {
    const itemCount = 1 + random.below(random.pick([3, 50, 3_000]))
    const plain = new Map<number, number>()
    scores.begin(itemCount)
    for (let i = random.below(300); i > 0; i--) {
      const item = random.below(itemCount)
      // Few different ones, so that there are ties; none and less than none among them.
      const score = random.below(6) - 1
      if (random.chance(0.8)) {
        scores.add(item, score)
        plain.set(item, (plain.get(item) ?? 0) + score)
      } else {
        scores.set(item, score)
        plain.set(item, score)
      }
    }
    check.equal(scores.count, plain.size)
    const probe = random.below(itemCount)
    check.equal(scores.of(probe), plain.get(probe) ?? 0)
    check.equal(scores.has(probe), plain.has(probe))
    check.equal(scores.max(), Math.max(0, ...plain.values()))
    const best = [...plain]
      .filter(([, score]) => score > 0)
      .sort(([a, x], [b, y]) => y - x || a - b)
      .map(([item]) => item)
    const countMax = random.below(out.length + 1)
    const count = scores.top(countMax, out)
    check.deepEqual([...out.subarray(0, count)], best.slice(0, countMax))
  }
})
