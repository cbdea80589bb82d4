/** What `POST /v1/events` takes and answers, as the API's document shows it. Checking is people/enrich's. */
import { z } from '../base/schema.js'
import { eventTypes, itemCountMax } from '../people/event.js'

const id = z.string().max(128)
const amount = z.union([z.number().min(0), z.string()])

const itemSchema = z.object({
  item_id: id.describe('The shop’s own id of the product, as in its catalogue.'),
  quantity: z.number().positive().optional().describe('1 where it isn’t said.'),
  price: amount.optional().describe('For one, in `currency`; the catalogue’s where it isn’t said.'),
  item_category: z.string().optional(),
  item_brand: z.string().optional(),
})

const signal = z.union([z.boolean(), z.enum(['granted', 'denied'])])

const consentSchema = z
  .union([
    z.object({ ads: signal.optional(), personalization: signal.optional() }),
    z.object({
      ad_storage: signal.optional(),
      ad_user_data: signal.optional(),
      ad_personalization: signal.optional(),
      personalization_storage: signal.optional(),
    }),
    z.object({ purposes: z.record(z.string(), z.boolean()) }),
  ])
  .describe('What isn’t said stays as it was said before, and isn’t agreed to where it never was.')

const eventSchema = z.object({
  type: z
    .string()
    .describe(
      `One of ${eventTypes.join(', ')}. Of others only \`consent\` is taken, if they have it; else they are ignored and counted.`,
    ),
  messageId: id.optional().describe('The same one counts once. Made of the content where absent.'),
  timestamp: z
    .union([z.string(), z.number()])
    .optional()
    .describe('When it happened, by the sender’s clock: ISO 8601. Now where absent.'),
  sentAt: z
    .union([z.string(), z.number()])
    .optional()
    .describe('When it was sent, by the same clock, which is corrected by it.'),
  anonymousId: id.optional(),
  customerId: id.optional(),
  email: z.string().optional().describe('Hashed at once, and not kept.'),
  emailSha256: z.string().optional().describe('Of the address, trimmed and in lower case.'),
  ifa: z.string().optional().describe('A device’s advertising id.'),
  clickToken: z.string().optional().describe('What came as `gzc` in the page’s address.'),
  mailToken: z.string().optional().describe('What came as `gzm` in the page’s address.'),
  items: z.array(itemSchema).max(itemCountMax).optional(),
  value: amount.optional().describe('What all of it is worth, in `currency`.'),
  currency: z.string().optional().describe('ISO 4217; the shop’s where absent.'),
  orderId: id.optional().describe('Of a purchase or refund.'),
  query: z.string().optional().describe('Of a search.'),
  category: z.string().optional().describe('Of a list that was looked at.'),
  isGift: z.boolean().optional().describe('The order is a present for somebody else.'),
  rating: z.number().min(0).max(5).optional().describe('Of a review.'),
  consent: consentSchema.optional(),
})

const sentAt = z.union([z.string(), z.number()]).optional()
const anything = z.array(z.record(z.string(), z.unknown()))

export const eventsBodySchema = z.union([
  eventSchema,
  z.array(eventSchema),
  z.object({ events: z.array(eventSchema), sentAt }),
  z.object({ batch: anything, sentAt }).describe('Segment’s or RudderStack’s.'),
  z.object({ client_id: z.string(), events: anything }).describe('GA4’s Measurement Protocol.'),
])

const problemSchema = z.object({ where: z.string(), reason: z.string() })

export const eventsAnswerSchema = z.object({
  taken: z.int(),
  duplicates: z.int().describe('Had been taken before.'),
  ignored: z.int().describe('Of a kind that says nothing we need.'),
  refused: z.int().describe('See `problems`.'),
  nobody: z.int().describe('Without anything that says who it was.'),
  problems: z.array(problemSchema).describe('The first hundred.'),
})

export const validationSchema = z.object({
  validationMessages: z.array(
    z.object({ fieldPath: z.string(), description: z.string(), validationCode: z.string() }),
  ),
})

export const ordersAnswerSchema = z.object({
  taken: z.int().describe('Orders.'),
  duplicates: z.int().describe('Orders that had been taken before.'),
  nobody: z.int().describe('Orders of which nothing says whose they are.'),
  refusedOrders: z.int().describe('Orders with a row at fault, or that can’t be as they are.'),
  rows: z.int().describe('All but the header.'),
  refusedRows: z.int().describe('Rows at fault, or left out.'),
  problemCount: z.int(),
  problems: z.array(problemSchema).describe('The first hundred.'),
})

export const errorSchema = z.object({
  error: z.string(),
  problems: z.array(problemSchema).optional(),
})
