import type { NeighbourSettings } from '../../src/recommend/sessions/settings.js'

/** A session as the slow way sees it: `age` from 0 (newest) to 1. Of two the one with the greater `id` is newer. */
export interface PastSession {
  readonly id: number
  readonly items: readonly number[]
  readonly age: number
  readonly isLive: boolean
}

/**
 * Next products by the definition, over plain lists: what NextItems does in typed arrays. Live sessions are in the
 * order in which a list of any of their products has them: as in tests where each has ended before the next began.
 *
 * @returns product → score.
 */
export function slowNext(
  past: readonly PastSession[],
  itemCount: number,
  session: readonly number[],
  settings: NeighbourSettings,
): Map<number, number> {
  const base = past.filter(({ isLive }) => !isLive)
  const idf = (item: number): number => {
    const count = base.filter(({ items }) => items.includes(item)).length
    return item >= itemCount || count === 0 ? 0 : Math.fround(Math.log(base.length / count))
  }
  const neighbours = shares(slowNeighbours(past, idf, session, settings))
  const transitions = shares(slowTransitions(past, session, settings))
  const blend = new Map<number, number>()
  const add = adder(blend)
  for (const [item, share] of neighbours) add(item, share * (1 - settings.transitionShare))
  for (const [item, share] of transitions) add(item, share * settings.transitionShare)
  return blend
}

const adder =
  (map: Map<number, number>) =>
  (item: number, score: number): void => {
    map.set(item, (map.get(item) ?? 0) + score)
  }

function shares(scores: Map<number, number>): Map<number, number> {
  const sum = [...scores.values()].reduce((a, b) => a + b, 0)
  return new Map([...scores].map(([item, score]) => [item, sum > 0 ? score / sum : 0]))
}

/** Each product once, newest first, with how many looks from the newest it is. */
function looksOf(session: readonly number[]): { item: number; distance: number }[] {
  return session
    .toReversed()
    .map((item, distance) => ({ item, distance }))
    .filter(({ item }, i, all) => all.findIndex((other) => other.item === item) === i)
}

export function slowNeighbours(
  past: readonly PastSession[],
  idf: (item: number) => number,
  session: readonly number[],
  settings: NeighbourSettings,
): Map<number, number> {
  const looks = looksOf(session.slice(-settings.looksMax))
  const newestFirst = past.toSorted((a, b) => b.id - a.id)
  const pairs: { past: PastSession; look: number }[] = []
  let budget = settings.candidatesMax
  for (const [look, { item }] of looks.entries())
    for (const other of newestFirst.filter(({ isLive, items }) => isLive && items.includes(item)))
      if (budget-- > 0) pairs.push({ past: other, look })
  budget = Math.max(0, budget)
  const ofBase = newestFirst
    .filter(({ isLive }) => !isLive)
    .map((other) =>
      looks.flatMap(({ item }, look) =>
        other.items.includes(item) ? [{ past: other, look }] : [],
      ),
    )
  for (const found of ofBase) {
    if (found.length > budget) break
    budget -= found.length
    pairs.push(...found)
  }
  const byId = new Map<number, typeof pairs>()
  for (const pair of pairs) byId.set(pair.past.id, [...(byId.get(pair.past.id) ?? []), pair])
  const similar = [...byId.values()].map((found) => {
    const other = found[0]!.past
    const matches = found.map(({ look }) => looks[look]!)
    const common = matches.reduce((a, b) => (b.distance < a.distance ? b : a))
    const sum = matches
      .toSorted((a, b) => a.distance - b.distance)
      .map(
        ({ item, distance }) =>
          Math.exp(-distance / settings.positionDecay) * (1 + settings.matchIdf * idf(item)),
      )
      .reduce((a, b) => a + b, 0)
    const similarity =
      sum *
      (other.isLive ? 1 : Math.exp(-other.age / settings.recencyDecay)) *
      other.items.length ** -settings.lengthPower
    return { other, similarity, common }
  })
  similar.sort((a, b) => b.similarity - a.similarity || b.other.id - a.other.id)
  const scores = new Map<number, number>()
  const add = adder(scores)
  for (const { other, similarity, common } of similar.slice(0, settings.neighboursMax)) {
    const match = other.items.lastIndexOf(common.item)
    const lastMatch = Math.exp(-common.distance / settings.lastMatchDecay)
    for (const [at, item] of other.items.entries()) {
      if (other.items.lastIndexOf(item) !== at) continue
      const decay = Math.exp(-Math.abs(at - match) / settings.distanceDecay)
      add(item, similarity * lastMatch * decay * (at < match ? settings.behindShare : 1))
    }
  }
  return new Map(
    [...scores].map(([item, score]) => [item, score * (1 + settings.itemIdf * idf(item))]),
  )
}

function slowTransitions(
  past: readonly PastSession[],
  session: readonly number[],
  settings: NeighbourSettings,
): Map<number, number> {
  const scores = new Map<number, number>()
  const add = adder(scores)
  const newestFirst = past.toSorted((a, b) => b.id - a.id)
  const looks = looksOf(session.slice(-settings.transitionLooksMax))
  for (const [i, { item }] of looks.entries()) {
    const having = newestFirst
      .filter(({ items }) => items.includes(item))
      .slice(0, Math.ceil(settings.transitionSessionsMax / (i + 1)))
    const weightOf = ({ isLive, age }: PastSession): number =>
      isLive ? 1 : Math.exp(-age / settings.transitionRecencyDecay)
    const total = having.map(weightOf).reduce((a, b) => a + b, 0)
    for (const other of having)
      for (const [match, matched] of other.items.entries())
        for (const [at, found] of other.items.entries()) {
          const distance = Math.abs(at - match)
          if (matched !== item || distance === 0 || distance > 10) continue
          const share = (weightOf(other) / total) * distance ** -settings.transitionDistancePower
          add(
            found,
            settings.transitionDecay ** i *
              share *
              (at < match ? settings.transitionBehindShare : 1),
          )
        }
  }
  return scores
}
