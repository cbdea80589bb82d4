import { type Checked, check, z } from '../../base/schema.js'
import { featureNames } from './features.js'
import { fullSettings, type NeighbourSettings } from './settings.js'

const count = (max: number): z.ZodInt => z.int().min(1).max(max)
const decay = z.number().min(0.001).max(1_000)
const share = z.number().min(0).max(1)
const weight = z.number().min(-1_000_000).max(1_000_000)
const featureCount = featureNames.length
const hiddenCountMax = 64

const ranker = z
  .strictObject({
    features: z.array(z.string()),
    means: z.array(weight).length(featureCount),
    scales: z.array(weight).length(featureCount),
    direct: z.array(weight).length(featureCount),
    hidden: z.array(weight).max(hiddenCountMax * featureCount),
    hiddenBias: z.array(weight).max(hiddenCountMax),
    output: z.array(weight).max(hiddenCountMax),
  })
  .refine(({ features }) => features.join() === featureNames.join(), {
    path: ['features'],
    error: 'are not those of this version: tune anew',
  })
  .refine(
    ({ hidden, hiddenBias, output }) =>
      hiddenBias.length === output.length && hidden.length === output.length * featureCount,
    { path: ['hidden'], error: 'has not as many weights as its units need' },
  )

const schema = z.strictObject({
  candidatesMax: count(20_000),
  neighboursMax: count(5_000),
  looksMax: count(64),
  positionDecay: decay,
  lengthPower: z.number().min(0).max(2),
  matchIdf: z.number().min(0).max(100),
  recencyDecay: decay,
  lastMatchDecay: decay,
  distanceDecay: decay,
  behindShare: share,
  itemIdf: z.number().min(0).max(100),
  transitionLooksMax: count(64),
  transitionDecay: share,
  transitionSessionsMax: count(20_000),
  transitionRecencyDecay: decay,
  transitionDistancePower: z.number().min(0).max(10),
  transitionBehindShare: share,
  transitionShare: share,
  rankedMax: count(500),
  ranker: ranker.nullable(),
})

/**
 * Settings as a file has them; what is missing is as in `fullSettings`.
 *
 * @param name of what was read, which begins every fault.
 */
export function checkSettings(input: unknown, name: string): Checked<NeighbourSettings> {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
  return check(schema, isObject ? { ...fullSettings, ...input } : input, name)
}
