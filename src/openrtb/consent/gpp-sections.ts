/**
 * How GPP's sections for the United States are laid out, after IAB Tech Lab's documents of each: a
 * version of 6 bits, then numbers of 2 bits. `Name:n` stands for n of them.
 */
const sale = 'SaleOptOutNotice TargetedAdvertisingOptOutNotice SaleOptOut TargetedAdvertisingOptOut'
const mspa = 'MspaCoveredTransaction MspaOptOutOptionMode MspaServiceProviderMode'
const further = `AdditionalDataProcessingConsent ${mspa}`
const national =
  'SharingNotice SaleOptOutNotice SharingOptOutNotice TargetedAdvertisingOptOutNotice ' +
  'SensitiveDataProcessingOptOutNotice SensitiveDataLimitUseNotice SaleOptOut SharingOptOut TargetedAdvertisingOptOut'
const child = 'KnownChildSensitiveDataConsents'
const sensitive = 'SensitiveDataProcessing'
/** Of the sections made in 2025: what the agreement says stands first. */
const since2025 = `MspaCoveredTransaction MspaMode ProcessingNotice ${sale}`

/** `id`, name, version, fields. Of several versions, the newest last. */
const written: readonly (readonly [id: number, name: string, version: number, fields: string])[] = [
  [7, 'usnat', 1, `${national} ${sensitive}:12 ${child}:2 PersonalDataConsents ${mspa}`],
  [7, 'usnat', 2, `${national} ${sensitive}:16 ${child}:3 PersonalDataConsents ${mspa}`],
  [
    8,
    'usca',
    1,
    'SaleOptOutNotice SharingOptOutNotice SensitiveDataLimitUseNotice SaleOptOut SharingOptOut ' +
      `${sensitive}:9 ${child}:2 PersonalDataConsents ${mspa}`,
  ],
  [9, 'usva', 1, `SharingNotice ${sale} ${sensitive}:8 ${child} ${mspa}`],
  [10, 'usco', 1, `SharingNotice ${sale} ${sensitive}:7 ${child} ${mspa}`],
  [
    11,
    'usut',
    1,
    'SharingNotice SaleOptOutNotice TargetedAdvertisingOptOutNotice SensitiveDataProcessingOptOutNotice ' +
      `SaleOptOut TargetedAdvertisingOptOut ${sensitive}:8 ${child} ${mspa}`,
  ],
  [12, 'usct', 1, `SharingNotice ${sale} ${sensitive}:8 ${child}:3 ${mspa}`],
  [13, 'usfl', 1, `ProcessingNotice ${sale} ${sensitive}:8 ${child}:3 ${further}`],
  [14, 'usmt', 1, `SharingNotice ${sale} ${sensitive}:8 ${child}:3 ${further}`],
  [15, 'usor', 1, `ProcessingNotice ${sale} ${sensitive}:11 ${child}:3 ${further}`],
  [16, 'ustx', 1, `ProcessingNotice ${sale} ${sensitive}:8 ${child} ${further}`],
  [17, 'usde', 1, `ProcessingNotice ${sale} ${sensitive}:9 ${child}:5 ${further}`],
  [
    18,
    'usia',
    1,
    'ProcessingNotice SaleOptOutNotice TargetedAdvertisingOptOutNotice SensitiveDataOptOutNotice ' +
      `SaleOptOut TargetedAdvertisingOptOut ${sensitive}:8 ${child} ${mspa}`,
  ],
  [19, 'usne', 1, `ProcessingNotice ${sale} ${sensitive}:8 ${child} ${further}`],
  [20, 'usnh', 1, `ProcessingNotice ${sale} ${sensitive}:8 ${child}:3 ${further}`],
  [21, 'usnj', 1, `ProcessingNotice ${sale} ${sensitive}:10 ${child}:5 ${further}`],
  [22, 'ustn', 1, `ProcessingNotice ${sale} ${sensitive}:8 ${child} ${further}`],
  [23, 'usmn', 1, `ProcessingNotice ${sale} ${sensitive}:8 ${child} ${further}`],
  [24, 'usmd', 1, `${since2025} AdditionalDataProcessingConsent`],
  [25, 'usin', 1, `${since2025} ${child} AdditionalDataProcessingConsent`],
  [26, 'usky', 1, `${since2025} ${child} AdditionalDataProcessingConsent`],
  [27, 'usri', 1, `${since2025} ${child} AdditionalDataProcessingConsent`],
]
/** From this section on, the first segment may be a header (section, version, list of segments). */
const firstWithHeader = 24

export interface GppField {
  readonly name: string
  /** Position of its first number in the core segment. */
  readonly at: number
  readonly count: number
}

export interface GppLayout {
  readonly name: string
  readonly version: number
  readonly fields: readonly GppField[]
  readonly bitCount: number
  /** Positions of the numbers that say "opted out" with 1. */
  readonly optOuts: Uint8Array
  /** Positions of the numbers that are 0 unless a child is known to be there. */
  readonly children: Uint8Array
  readonly mayHaveHeader: boolean
}

function layOut(id: number, name: string, version: number, text: string): GppLayout {
  const fields: GppField[] = []
  const optOuts: number[] = []
  const children: number[] = []
  let at = 6
  for (const item of text.split(' ')) {
    const [field = '', count = '1'] = item.split(':')
    fields.push({ name: field, at, count: Number(count) })
    if (/^(Sale|Sharing|TargetedAdvertising)OptOut$/.test(field)) optOuts.push(at)
    for (let i = 0; i < Number(count); i++) {
      if (field === child) children.push(at)
      at += 2
    }
  }
  return {
    ...{ name, version, fields, bitCount: at, mayHaveHeader: id >= firstWithHeader },
    ...{ optOuts: Uint8Array.from(optOuts), children: Uint8Array.from(children) },
  }
}

const none: readonly GppLayout[] = []
const bySection: (readonly GppLayout[])[] = []
for (const [id, name, version, fields] of written)
  bySection[id] = (bySection[id] ?? none).concat(layOut(id, name, version, fields))

/** Sections that aren't for a US state or all of them. */
export const Section = { tcfEurope: 2, tcfCanada: 5, usPrivacy: 6 } as const

/** Bit n for each section n that can be read. */
export const readableSections = bySection.reduce(
  (bits, _, id) => bits | (1 << id),
  (1 << Section.tcfEurope) | (1 << Section.tcfCanada) | (1 << Section.usPrivacy),
)

/**
 * The layouts of a section for the United States by its number, the newest version last; none for
 * other sections.
 */
export function layoutsOf(section: number): readonly GppLayout[] {
  return bySection[section] ?? none
}
