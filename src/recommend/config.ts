import { z } from '../base/schema.js'

/** What recommendations are made of, and how often they are made anew. */
export const recommendConfigSchema = z.strictObject({
  /** Events of so many days make the models. */
  historyDays: z.int().min(1).max(3_650).default(180),
  /** Most products looked at, put in carts or bought that one shop's models are made of: the newest. */
  actionCountMax: z.int().min(1_000).max(100_000_000).default(12_000_000),
  /** A shop's models are built anew this often where anything has happened since. */
  buildPeriodMs: z.int().min(1_000).max(604_800_000).default(3_600_000),
  /**
   * So soon after a build the next one may follow where something can't wait for the period: somebody who had a part
   * in it went, or settings were tuned. Longer where it takes long: builds of one shop are a fifth of the time at most.
   */
  urgentBuildMs: z.int().min(1_000).max(3_600_000).default(60_000),
  /** Sessions of one shop that are joined between two builds; beyond them the oldest give way. */
  liveSessionCountMax: z.int().min(16).max(10_000_000).default(50_000),
  /** People whose picks wait to be chosen: of more, those who came first go without. */
  picksWaitingMax: z.int().min(1).default(100_000),
  /** People of whom it is remembered what they just looked at, before their event is there. */
  recentPeopleMax: z.int().min(1).default(100_000),
  /** How many slots of one shop an address may ask for, without a key. Offices and whole networks can share one. */
  askLimit: z
    .strictObject({
      callsPerSecond: z.number().positive().default(200),
      burstMax: z.int().min(1).default(2_000),
      addressCountMax: z.int().min(1).default(100_000),
    })
    .prefault({}),
  /** How often an address may send batches, and views and clicks, without a key. */
  postLimit: z
    .strictObject({
      callsPerSecond: z.number().positive().default(100),
      burstMax: z.int().min(1).default(1_000),
      addressCountMax: z.int().min(1).default(100_000),
    })
    .prefault({}),
})
export type RecommendConfig = z.output<typeof recommendConfigSchema>
