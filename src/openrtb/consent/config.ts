import { z } from '../../base/schema.js'

const purpose = z.int().min(1).max(11)
const purposes = z.array(purpose).max(11)
/** Purposes that nobody may claim a legitimate interest for, since TCF 2.2. */
const consentOnly: readonly number[] = [1, 3, 4, 5, 6]

/** Who we are to consent strings, and how what they leave open is read. */
export const consentConfigSchema = z
  .strictObject({
    /**
     * Our id in the vendor list of the Transparency & Consent Framework. 0: we aren't in it, and where
     * the GDPR applies nothing of a person is read or kept.
     */
    tcfVendorId: z.int().min(0).max(65_535).default(0),
    /** The same for Canada's list, which is another. */
    tcfCanadaVendorId: z.int().min(0).max(65_535).default(0),
    /** Legal basis of each purpose, as registered in the list. A purpose in neither isn't ours. */
    purposesByConsent: purposes.default([1, 3, 4]),
    purposesByLegitimateInterest: purposes.default([2, 7]),
    /** Registered as flexible: a publisher may ask for the other basis. */
    flexiblePurposes: purposes.default([2, 7]),
    /**
     * Requests that don't say whether the GDPR applies: `by-place` takes it to apply in the EEA, Britain
     * and Switzerland, and where a consent string comes along.
     */
    treatAbsentGdprAs: z.enum(['by-place', 'applies', 'does-not-apply']).default('by-place'),
    /**
     * TC strings that were last changed on this day or later must list the vendors that were disclosed,
     * and us among them (TCF 2.3), as in 2026-02-28. null: the list isn't asked for. Strings made before
     * stay valid without, so a day too early turns valid consent down.
     */
    tcf23CutOver: z.iso.date().nullable().default(null),
    /**
     * TC strings that were made for all sites together. The framework calls them invalid since September
     * 2021; consent managers no longer make them.
     */
    sharedTcStrings: z.enum(['accepted', 'refused']).default('accepted'),
    /** Consent strings whose outcome is remembered, of TCF and GPP each; some 700 bytes apiece. */
    rememberedMax: z.int().min(2).max(1_048_576).default(16_384),
  })
  .superRefine((config, context) => {
    const fault = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    for (const one of config.purposesByLegitimateInterest) {
      if (consentOnly.includes(one))
        fault('purposesByLegitimateInterest', `purpose ${one} needs consent since TCF 2.2`)
      if (config.purposesByConsent.includes(one))
        fault('purposesByLegitimateInterest', `purpose ${one} is under purposesByConsent too`)
    }
    for (const one of config.flexiblePurposes) {
      if (consentOnly.includes(one))
        fault('flexiblePurposes', `purpose ${one} has one legal basis only`)
      else if (
        !config.purposesByConsent.includes(one) &&
        !config.purposesByLegitimateInterest.includes(one)
      )
        fault('flexiblePurposes', `purpose ${one} has no legal basis`)
    }
  })

export type ConsentConfig = z.output<typeof consentConfigSchema>
