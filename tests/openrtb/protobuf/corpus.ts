import { readdirSync, readFileSync } from 'node:fs'

/** Where recorded traffic lies, beside the repository. */
const corpus = new URL('../../../../shared/corpus/dev/', import.meta.url)

/** OpenRTB's JSON. */
export type Json = { readonly [name: string]: unknown }

export const linesOf = (path: string): readonly string[] =>
  readFileSync(new URL(path, corpus), 'utf8').trimEnd().split('\n')

/** All recorded requests, one line of JSON each. */
export const requestLines = (): readonly string[] =>
  readdirSync(new URL('requests/', corpus)).flatMap((name) => linesOf(`requests/${name}`))

/** What Google's own protobuf runtime made of recorded JSON. */
export interface Pair {
  readonly json: Json
  readonly bytes: Buffer
}

export const pairsOf = (kind: 'bidrequest' | 'bidresponse'): readonly Pair[] =>
  linesOf(`protobuf-pairs/${kind}.ndjson`).map((line) => {
    const { json, protobufBase64 } = JSON.parse(line)
    return { json, bytes: Buffer.from(protobufBase64, 'base64') }
  })
