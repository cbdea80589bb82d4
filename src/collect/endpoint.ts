/**
 * What the shops' API is made of: a list of endpoints, each of which says all about itself. The server
 * checks who asks and what they send by it, and the OpenAPI document is written from it.
 */
import type { Readable } from 'node:stream'
import type { z } from '../base/schema.js'

/**
 * What a key is for. `operator` runs the installation and may act for every shop; all others belong to
 * one shop: `admin` may do all there, `marketer` campaigns, segments and slots, `developer` events, feeds
 * and lists of members, `privacy` people, `viewer` reads what is not about one person.
 */
export const roles = ['operator', 'admin', 'marketer', 'developer', 'privacy', 'viewer'] as const
export type Role = (typeof roles)[number]

export interface KeyInfo {
  /** Public name of the key; the audit log has it. */
  readonly id: string
  /** '' for an operator's. */
  readonly shopId: string
  readonly role: Role
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** How a request's body comes to the handler. */
export type BodyKind =
  | { readonly kind: 'none' }
  /** JSON, checked by `schema`: faults are answered with 400 before the handler is called. */
  | { readonly kind: 'json'; readonly schema: z.ZodType; readonly bytesMax: number }
  /** All bytes at once, for the handler to parse. Gzip is undone. `schema` is for the document alone. */
  | {
      readonly kind: 'bytes'
      readonly bytesMax: number
      readonly types: readonly string[]
      readonly schema?: z.ZodType
    }
  /** As it comes, gzip undone; the handler reads it to its end or gives up. */
  | { readonly kind: 'stream'; readonly bytesMax: number; readonly types: readonly string[] }

export interface Endpoint {
  readonly method: Method
  /** With parameters in braces: `/v1/segments/{segment}/members`. */
  readonly path: string
  /** Name of the operation in the OpenAPI document, as `putMembers`. */
  readonly operationId: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  /**
   * Who may call it: keys of these roles, operators always (they name the shop in the query's `shop`).
   * `public`: anybody, and `shop` comes in the query, as from a shop's page; a key that is sent all the same
   * is checked, and the handler says whether its role will do.
   */
  readonly access: readonly Role[] | 'public'
  /** Of an endpoint that is about no shop in particular: no shop is asked for. */
  readonly isAboutNoShop?: boolean
  /** A changing call is written into the audit log unless this is false. */
  readonly isAudited?: boolean
  /** An object schema of the query's parameters, all of them text; `shop` needn't be in it. */
  readonly query?: z.ZodType
  readonly body: BodyKind
  /** By status, what the answer is; errors that every endpoint has (401, 403, 413 …) go without saying. */
  readonly responses: Readonly<Record<number, { description: string; schema?: z.ZodType }>>
  handle(call: Call): Promise<Answer> | Answer
}

/** One request, checked as far as its endpoint says. */
export interface Call {
  /** The shop that it is about; '' where the endpoint is about none. It exists. */
  readonly shopId: string
  /** null where the endpoint is public and no key was sent. */
  readonly key: KeyInfo | null
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** @param name in lower case. @returns '' where absent. */
  header(name: string): string
  /** Of `json`: what its schema made of it. */
  readonly json: unknown
  /** Of `bytes`; empty elsewhere. */
  readonly bytes: Buffer
  /** Of `stream`; ended elsewhere. */
  readonly stream: Readable
  /** Where the request came from, as the socket or a trusted proxy says. */
  readonly remoteAddress: string
}

export interface Answer {
  readonly status: number
  /** An object is sent as JSON; text and bytes as they are; a stream as it comes. */
  readonly body?: object | string | Buffer | Readable
  readonly headers?: Readonly<Record<string, string>>
}

/** What went wrong with a request or one row of it: `where` names the field, line or row. */
export interface Problem {
  readonly where: string
  readonly reason: string
}

/** The answer to what can't be done: `{ "error": …, "problems": [{ "where": …, "reason": … }] }`. */
export function refusal(status: number, error: string, problems: readonly Problem[] = []): Answer {
  return { status, body: problems.length === 0 ? { error } : { error, problems } }
}
