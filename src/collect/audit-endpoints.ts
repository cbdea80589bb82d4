import { z } from '../base/schema.js'
import type { AuditLog } from './audit.js'
import { auditEntrySchema } from './audit-entry.js'
import { readAudit } from './audit-reader.js'
import type { Endpoint } from './endpoint.js'
import { limitOf, pageOf, pageQuery } from './paging.js'

/** Who has changed what: a shop's own changes, whoever made them; all for an operator who names no shop. */
export function auditEndpoints(log: AuditLog): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/audit',
      operationId: 'listAudit',
      tag: 'audit',
      summary: 'Lists what was changed, the newest first.',
      access: ['admin', 'privacy'],
      isAboutNoShop: true,
      query: z.strictObject({
        limit: pageQuery.shape.limit,
        /** `next` of the page before. */
        before: z.iso.datetime({ precision: 3 }).optional(),
      }),
      body: { kind: 'none' },
      responses: { 200: { description: 'A page of them.', schema: pageOf(auditEntrySchema) } },
      handle: async (call) => {
        const { shopId, query } = call
        const isWanted = shopId === '' ? () => true : (it: { shop: string }) => it.shop === shopId
        const page = await readAudit(log.folder, isWanted, query['before'] ?? '', limitOf(call))
        return { status: 200, body: page, headers: { 'Cache-Control': 'no-store' } }
      },
    },
  ]
}
