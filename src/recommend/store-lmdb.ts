/** What came of recommendations, in LMDB. */
import { NamedTables } from '../base/store-lmdb.js'
import type { ReportTableName, ReportTables } from './report/tables.js'
import { reportTableNames } from './report/tables.js'

/** Addresses set aside for the file unless one is told otherwise. */
export const reportMapBytes: number = 16 * 2 ** 30

export interface ReportStoreOptions {
  /** Addresses set aside for the file, which may grow past it at the price of a pause. */
  readonly mapBytes: number
}

export class LmdbReportTables extends NamedTables<ReportTableName> implements ReportTables {
  /**
   * Written by one process; others may read it at the same time through one of these of their own.
   *
   * @param directory its own; made where it isn't there.
   * @throws Error where it can't be used, or what is in it is something else.
   */
  constructor(directory: string, { mapBytes }: ReportStoreOptions) {
    const foreign = 'is no report of recommendations, or a damaged one'
    super(directory, { names: reportTableNames, mapBytes, called: 'report', foreign })
  }

  /** What another process has written is seen from now on. */
  refresh(): void {
    this.environment.resetReadTxn()
  }
}
