import { controlVariant, type Experiment } from '../../catalogue/slots.js'

/**
 * Which variant of a slot a person sees: always the same one, on every device that they are known on, and
 * drawn anew for each experiment and slot.
 *
 * Variants take their shares of [0, 1) in turn from its two ends, what is left in the middle is `control`. So
 * where a share changes, people only move between that variant and control, or a later one at the same end:
 * with one or two variants never from one variant to another, and a variant that is added moves nobody else.
 *
 * @param experiment undefined where the slot has none.
 * @param personKey by which the shop knows the person, or will once it does; '' without consent, or for nobody: they
 *   see `control`, and must be left out of the experiment's report.
 */
export function variantOf(
  experiment: Experiment | undefined,
  slotId: string,
  personKey: string,
): string {
  if (experiment === undefined || personKey === '') return controlVariant
  const at = placeOf(`${experiment.id}\n${slotId}\n${personKey}`)
  let low = 0
  let high = 1
  for (let i = 0; i < experiment.variants.length; i++) {
    const { id, share } = experiment.variants[i]!
    if (i % 2 === 0) {
      if (at >= low && at < low + share) return id
      low += share
    } else {
      if (at < high && at >= high - share) return id
      high -= share
    }
  }
  return controlVariant
}

/** Uniform in [0, 1): FNV-1a, its bits mixed as MurmurHash3 does at the end. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
