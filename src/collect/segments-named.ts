import type { ShopFile } from '../catalogue/model.js'

type Campaign = ShopFile['campaigns'][number]

/** The segments that a campaign names, each with where: `targeting.segments.any`. */
export function* segmentsNamed({
  targeting,
  modifiers,
}: Pick<Campaign, 'targeting' | 'modifiers'>): Iterable<{ where: string; segment: string }> {
  for (const side of ['any', 'none'] as const)
    for (const segment of targeting.segments?.[side] ?? [])
      yield { where: `targeting.segments.${side}`, segment }
  for (const [place, { when }] of modifiers.entries())
    if ('segment' in when) yield { where: `modifiers[${place}].when`, segment: when.segment }
}
