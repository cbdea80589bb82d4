import { z } from '../base/schema.js'

/** What is kept of people, and for how long. */
export const peopleConfigSchema = z.strictObject({
  /** Addresses set aside for the books' file. Takes neither memory nor disk. */
  mapBytes: z.int().min(1_048_576).default(274_877_906_944),
  /** Events and other changes that wait to be written: more are refused with 503. */
  writesWaitingMax: z.int().min(1).default(100_000),
  /** What was logged of an event is forgotten after so many days. */
  eventDays: z.int().min(1).max(3_650).default(395),
  /** Of one person, no more events than these are kept beyond a day. */
  eventsPerPersonMax: z.int().min(1).default(10_000),
  /** Whoever was not seen for so many days is forgotten. */
  personDays: z.int().min(1).max(3_650).default(395),
  /** For how long a message sent again is known to be the same. */
  messageDays: z.int().min(1).max(365).default(30),
})
export type PeopleConfig = z.output<typeof peopleConfigSchema>
