import { RequestGenerator } from '../src/simulation/request-generator.js'

/** Lifelike requests of the simulated exchange, a JSON text each: where no real ones are at hand. */
export function madeRequests(): string[] {
  // Banners on the open market, as the real requests are that are picked from the corpus.
  const generator = new RequestGenerator({
    seed: 1,
    currency: 'PLN',
    formats: ['banner'],
    dealIds: [],
  })
  return Array.from({ length: 2_000 }, () =>
    JSON.stringify({ ...generator.next(), cur: undefined }),
  )
}
