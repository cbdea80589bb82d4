import type { ProductFacts } from '../facts.js'
import type { Scores } from '../scores.js'

/**
 * Which of several variants of one thing an answer may show: of each group one. The first product that claims its
 * group has it; of what a source finds it is the best of the group. Used again for each answer, clears itself by
 * stamping; O(1) a product, allocates nothing once the groups are known.
 */
export class Variants {
  #facts!: ProductFacts
  #isOn = false
  /** By group: which product has it, where the stamp is of this answer. */
  #owner = new Int32Array(0)
  #claimedIn = new Uint32Array(0)
  #answer = 0
  /** By group: the best product, where the stamp is of this round. */
  #best = new Int32Array(0)
  #foundIn = new Uint32Array(0)
  #round = 0

  /** @param isOn false: products may be shown whatever groups they are of. */
  begin(facts: ProductFacts, isOn: boolean): void {
    this.#facts = facts
    this.#isOn = isOn && facts.groupCount > 0
    if (!this.#isOn) return
    if (facts.groupCount > this.#owner.length) this.#grow(facts.groupCount)
    this.#answer = next(this.#claimedIn, this.#answer)
  }

  /** From now on no other product of its group may be shown, unless another one has claimed it before. */
  claim(item: number): void {
    const group = this.#isOn ? this.#facts.group[item]! : -1
    if (group < 0 || this.#claimedIn[group] === this.#answer) return
    this.#claimedIn[group] = this.#answer
    this.#owner[group] = item
  }

  isFree(item: number): boolean {
    const group = this.#isOn ? this.#facts.group[item]! : -1
    return group < 0 || this.#claimedIn[group] !== this.#answer || this.#owner[group] === item
  }

  /** Of each group the best one keeps its score, of two as good the one with the lower index; the others get 0. */
  keepBest(scores: Scores): void {
    if (!this.#isOn) return
    this.#round = next(this.#foundIn, this.#round)
    for (let i = 0; i < scores.count; i++) {
      const item = scores.items[i]!
      const group = this.#facts.group[item]!
      const score = scores.of(item)
      if (group < 0 || !(score > 0)) continue
      if (this.#foundIn[group] !== this.#round) {
        this.#foundIn[group] = this.#round
        this.#best[group] = item
        continue
      }
      const best = this.#best[group]!
      const isBetter = score > scores.of(best) || (score === scores.of(best) && item < best)
      if (isBetter) this.#best[group] = item
      scores.set(isBetter ? best : item, 0)
    }
  }

  #grow(groupCount: number): void {
    const size = Math.ceil(groupCount * 1.25)
    this.#owner = new Int32Array(size)
    this.#claimedIn = new Uint32Array(size)
    this.#answer = 0
    this.#best = new Int32Array(size)
    this.#foundIn = new Uint32Array(size)
    this.#round = 0
  }
}

/** @returns a stamp that nothing has. */
function next(stamps: Uint32Array, stamp: number): number {
  if (stamp < 0xffff_ffff) return stamp + 1
  stamps.fill(0)
  return 1
}
