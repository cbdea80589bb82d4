import { z } from '../base/schema.js'
import { type ShopFile, segmentSchema } from '../catalogue/model.js'
import type { ShopDirectory } from '../catalogue/shop-directory.js'
import type { Answer, Endpoint, Problem } from './endpoint.js'
import { refusal } from './endpoint.js'
import { itemEndpoints, readers } from './items.js'
import { segmentsNamed } from './segments-named.js'

/** A segment that every shop can have for the asking. */
export interface ReadyMade {
  readonly id: string
  readonly name: string
  readonly description: string
  /** In the language of rules, as text. */
  readonly rule: string
}

/** Where other things about segments are shown. */
export const takenSegmentIds: readonly string[] = ['overview', 'fields', 'ready-made']

const example = {
  id: 'carts-left',
  name: 'Carts left behind',
  rule: 'cart.value >= 200 and cart.abandonedFor >= 30m',
}
const schema = segmentSchema.meta({ title: 'Segment', examples: [example] })
const readyMadeSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  rule: z.string(),
})
const fieldSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  description: z.string(),
  hasWindow: z.boolean().describe('`within 14d` may follow'),
})

/** What a shop's segments are; who is in them is told elsewhere. A segment without a rule is a list. */
export function segmentDefinitionEndpoints(
  directory: ShopDirectory,
  readyMade: readonly ReadyMade[],
  fields: readonly z.output<typeof fieldSchema>[],
): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/segments/fields',
      operationId: 'listRuleFields',
      tag: 'segments',
      summary: 'Lists what rules can ask about people.',
      access: readers,
      body: { kind: 'none' },
      responses: {
        200: {
          description: 'All of it.',
          schema: z.strictObject({ items: z.array(fieldSchema) }),
        },
      },
      handle: () => ({ status: 200, body: { items: fields } }),
    },
    {
      method: 'GET',
      path: '/v1/segments/ready-made',
      operationId: 'listReadyMadeSegments',
      tag: 'segments',
      summary: 'Lists segments that most shops want, to be put among one’s own as they are.',
      access: readers,
      body: { kind: 'none' },
      responses: {
        200: {
          description: 'All of them.',
          schema: z.strictObject({ items: z.array(readyMadeSchema) }),
        },
      },
      handle: () => ({ status: 200, body: { items: readyMade } }),
    },
    ...itemEndpoints(directory, {
      list: 'segments',
      name: 'segment',
      path: '/v1/segments',
      tag: 'segments',
      plural: 'segments',
      schema,
      takenIds: takenSegmentIds,
      mayRemove: refuseNamed,
    }),
  ]
}

/** A campaign that names a segment would go on asking for people whom nobody puts there any more. */
function refuseNamed(id: string, { campaigns }: ShopFile): Answer | null {
  const problems: Problem[] = []
  for (const [index, campaign] of campaigns.entries())
    for (const { where, segment } of segmentsNamed(campaign))
      if (segment === id)
        problems.push({ where: `campaigns[${index}].${where}`, reason: `names ${id}` })
  if (problems.length === 0) return null
  return refusal(409, 'path: campaigns name it', problems.slice(0, 100))
}
