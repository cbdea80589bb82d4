// Clear-cut cases for models: trails of products that people follow, so that what comes next is beyond doubt.
import { viewOf } from '../../people/people-world.js'
import { type Build, productOf, RecommenderWorld } from './recommender-world.js'

export const periodMs = 3_600_000
export const retryMs = 30_000
export const config = { buildPeriodMs: periodMs }

/** Trails that people follow: after `t3-0` comes `t3-1`, and so on. */
export const trailLength = 4
export const productsOf = (trailCount: number) =>
  Array.from({ length: trailCount * trailLength }, (_, i) => {
    const id = `t${Math.floor(i / trailLength)}-${i % trailLength}`
    return productOf(id, { category: `c${i % 7}`, title: `${id} title` })
  })

let browserCount = 0

/** Several people follow a trail. */
export async function follow(world: RecommenderWorld, trail: number, people = 3): Promise<void> {
  for (let i = 0; i < people; i++) {
    const anonymousId = `browser-${browserCount++}-00000000000`
    for (let step = 0; step < trailLength; step++) {
      world.clock.advance(1_000)
      const atMs = world.clock.nowMs()
      await world.tell('shop', viewOf({ anonymousId }, `t${trail}-${step}`, { atMs }))
    }
  }
}

export const after = (world: RecommenderWorld, product: string): string => {
  const [first] = world.answer({ shop: 'shop', page: 'product', product }).items
  return first?.source === 'next' ? first.product : `none but ${first?.source}`
}

export const trailsOf = (world: RecommenderWorld, trails: readonly number[]): readonly string[] =>
  trails.flatMap((trail) =>
    Array.from({ length: trailLength - 1 }, (_, step) => after(world, `t${trail}-${step}`)),
  )

export const expected = (trails: readonly number[]): readonly string[] =>
  trails.flatMap((trail) =>
    Array.from({ length: trailLength - 1 }, (_, step) => `t${trail}-${step + 1}`),
  )

export async function openTrails(
  trailCount: number,
  build?: (ordinary: Build) => Build,
  more: object = {},
) {
  const world = await RecommenderWorld.open({
    config: { ...config, ...more },
    ...(build === undefined ? {} : { build }),
  })
  await world.feed('shop', productsOf(trailCount))
  await world.built('shop', () => world.shop('shop'))
  return world
}

export const rebuild = (world: RecommenderWorld, ...act: readonly (() => void)[]): Promise<void> =>
  world.built('shop', () => world.clock.advance(periodMs), ...act)

/** Builds that end when they are let go. */
export function held() {
  let wait: Promise<void> | null = null
  let go = (): void => {}
  let begun = 0
  return {
    build:
      (ordinary: Build): Build =>
      async (...job) => {
        const built = await ordinary(...job)
        begun++
        if (wait !== null) await wait
        return built
      },
    hold(): void {
      wait = new Promise((resolve) => {
        go = resolve
      })
    },
    release(): void {
      wait = null
      go()
    },
    get begun(): number {
      return begun
    },
  }
}
