/** Figures that others published for the same split, with sessions and cases by which it is known. */
export interface Published {
  readonly name: string
  readonly sessionCount: number
  readonly caseCount: number
  /** HR@20 and MRR@20 in percent; null where it wasn't published, or only quoted from memory. */
  readonly rows: readonly (readonly [name: string, hr20: number | null, mrr20: number | null])[]
}

const all: readonly Published[] = [
  {
    name: 'Diginetica, as SR-GNN splits it',
    sessionCount: 186_670,
    caseCount: 60_858,
    rows: [
      ['SR-GNN (2019)', null, 17.59],
      ['DGTN (2020)', 53.05, 18.07],
      ['GCE-GNN (2020), from memory', 54.22, 19.04],
    ],
  },
  {
    name: 'Yoochoose 1/64, as SR-GNN splits it',
    sessionCount: 116_167,
    caseCount: 55_898,
    rows: [
      ['GRU4Rec (2016)', null, 22.89],
      ['NARM (2017)', null, 28.63],
      ['SR-GNN (2019)', null, 30.94],
      ['DGTN (2020)', 71.18, 31.35],
      ['NISER+ (2019)', null, 31.61],
      ['SGNN-HN (2020)', null, 32.61],
    ],
  },
]

/** Null for data that nobody is known to have published on. */
export const publishedFor = (sessionCount: number, caseCount: number): Published | null =>
  all.find((data) => data.sessionCount === sessionCount && data.caseCount === caseCount) ?? null
