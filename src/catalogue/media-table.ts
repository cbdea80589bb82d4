import type { Column, ColumnReader } from '../base/columns.js'
import { keyOf } from '../base/key.js'
import { mimeBit } from '../base/mime.js'
import type { SignTarget } from './creative/link.js'
import {
  compileVastParts,
  mediaFilePiece,
  VastPart,
  vastPartCount,
} from './creative/vast-pieces.js'
import { CreativeFormat } from './media.js'
import type { Creative } from './media-creatives.js'
import { creativesOf, isSecure } from './media-creatives.js'
import type { ShopFile } from './model.js'

export const MediaFlag = {
  /** Stands around somebody else's VAST document. */
  wrapper: 1,
  /** All its URLs may be used on a page served over https. */
  secure: 2,
} as const

/** What a table of videos and spots is stored as: columns of one flat file, no object per creative. */
export interface MediaColumns {
  /** By creative: `keyOf` of its kind and id, and its shop's place. */
  readonly keys: Float64Array
  readonly shopOf: Int32Array
  /** By creative: `CreativeFormat.video` or `.audio`. */
  readonly format: Uint8Array
  readonly durationSeconds: Int32Array
  /** By creative: bits of `MediaFlag`. */
  readonly flags: Uint8Array
  /** By creative: people may skip it after this; -1 where they may not. */
  readonly skipAfterSeconds: Int32Array
  /** By creative: bits of OpenRTB's lists; the frameworks are those that it can't do without. */
  readonly attributes: Int32Array
  readonly apis: Int32Array
  /** By creative: two letters, the first in the higher byte. */
  readonly languages: Int32Array
  /** By creative: bits of base/mime of all its files, which are `[fileStart[c], fileStart[c + 1])`. */
  readonly mimes: Int32Array
  readonly fileStart: Int32Array
  /** By file. */
  readonly fileMime: Int32Array
  readonly fileWidth: Int32Array
  readonly fileHeight: Int32Array
  readonly fileBitrateKbps: Int32Array
  /** File `f`'s element is `filePieces[filePieceStart[f], filePieceStart[f + 1])`. */
  readonly filePieces: Uint8Array
  readonly filePieceStart: Uint32Array
  /** Creative `c`'s `VastPart` `p` begins at `partStart[c * vastPartCount + p]` and ends where the next begins. */
  readonly parts: Uint8Array
  readonly partStart: Uint32Array
}

/** All shops' videos and audio spots, by place. Immutable; places mean nothing in another table. */
export class MediaTable {
  readonly count: number
  readonly shopOf: Int32Array
  readonly format: Uint8Array
  readonly durationSeconds: Int32Array
  readonly flags: Uint8Array
  readonly skipAfterSeconds: Int32Array
  readonly attributes: Int32Array
  readonly apis: Int32Array
  readonly mimes: Int32Array
  readonly fileStart: Int32Array
  readonly fileMime: Int32Array
  readonly fileWidth: Int32Array
  readonly fileHeight: Int32Array
  readonly fileBitrateKbps: Int32Array
  readonly filePieces: Buffer
  readonly filePieceStart: Uint32Array
  readonly parts: Buffer
  readonly partStart: Uint32Array
  readonly columns: MediaColumns
  readonly #languages: readonly string[]
  /** Filled when a creative is first looked for by id, which only happens while a catalogue is compiled. */
  readonly #places = new Map<string, number>()

  constructor(columns: MediaColumns) {
    this.count = columns.keys.length
    this.shopOf = columns.shopOf
    this.format = columns.format
    this.durationSeconds = columns.durationSeconds
    this.flags = columns.flags
    this.skipAfterSeconds = columns.skipAfterSeconds
    this.attributes = columns.attributes
    this.apis = columns.apis
    this.mimes = columns.mimes
    this.fileStart = columns.fileStart
    this.fileMime = columns.fileMime
    this.fileWidth = columns.fileWidth
    this.fileHeight = columns.fileHeight
    this.fileBitrateKbps = columns.fileBitrateKbps
    this.filePieces = bufferOf(columns.filePieces)
    this.filePieceStart = columns.filePieceStart
    this.parts = bufferOf(columns.parts)
    this.partStart = columns.partStart
    this.columns = columns
    const texts = new Map<number, string>()
    this.#languages = Array.from(columns.languages, (code) => {
      const text = texts.get(code) ?? String.fromCharCode(code >> 8, code & 0xff)
      texts.set(code, text)
      return text
    })
  }

  /** Two letters (ISO 639-1); `xx` for one without words. */
  languageOf(creative: number): string {
    return this.#languages[creative]!
  }

  /** What it is called towards exchanges, the same in each release: at most 24 of the characters of ids. */
  nameOf(creative: number): string {
    const at = creative * vastPartCount + VastPart.name
    return this.parts.toString('latin1', this.partStart[at], this.partStart[at + 1])
  }

  /** @returns its place, or -1 where this shop has no such creative. */
  find(shopIndex: number, kind: 'video' | 'audio', id: string): number {
    if (this.#places.size === 0)
      for (let creative = this.count - 1; creative >= 0; creative--)
        this.#places.set(`${this.shopOf[creative]}:${this.columns.keys[creative]}`, creative)
    return this.#places.get(`${shopIndex}:${mediaKey(kind, id)}`) ?? -1
  }
}

const mediaKey = (kind: 'video' | 'audio', id: string): number => keyOf(`${kind}:${id}`)

const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** What a player takes of a creative's files; see `MediaOffer` of openrtb/offers. */
export interface FileLimits {
  /** Bits of base/mime. */
  readonly mimes: number
  /** 0 where there is no limit. */
  readonly minBitrateKbps: number
  readonly maxBitrateKbps: number
}

/** @param file place among the table's files. */
export function fileFits(table: MediaTable, file: number, limits: FileLimits): boolean {
  if ((table.fileMime[file]! & limits.mimes) === 0) return false
  const bitrate = table.fileBitrateKbps[file]!
  const { minBitrateKbps, maxBitrateKbps } = limits
  return bitrate >= minBitrateKbps && (maxBitrateKbps === 0 || bitrate <= maxBitrateKbps)
}

/** Compiles all shops' videos and audio spots, as `ShopFiles` has checked them. */
export function compileMedia(files: readonly ShopFile[], signTarget: SignTarget): MediaTable {
  const creatives = files.flatMap((file, shopIndex) => creativesOf(file, shopIndex))
  const all = creatives.flatMap((creative) => creative.files)
  const fileStart = new Int32Array(creatives.length + 1)
  for (const [index, creative] of creatives.entries())
    fileStart[index + 1] = fileStart[index]! + creative.files.length
  const [filePieces, filePieceStart] = joined(all.map(mediaFilePiece))
  const [parts, partStart] = joined(
    creatives.flatMap(({ kind, shop, media, link, tagUrl }) =>
      compileVastParts(
        {
          letter: kind === 'video' ? 'v' : 'a',
          id: media.id,
          shopId: shop.id,
          shopName: shop.name,
          shopDomain: shop.domain,
          durationSeconds: media.durationSeconds,
          link,
          tagUrl,
        },
        signTarget,
      ),
    ),
  )
  const whole = (of: (creative: Creative) => number): Int32Array => Int32Array.from(creatives, of)
  return new MediaTable({
    keys: Float64Array.from(creatives, ({ kind, media }) => mediaKey(kind, media.id)),
    shopOf: whole(({ shopIndex }) => shopIndex),
    format: Uint8Array.from(creatives, ({ kind }) => CreativeFormat[kind]),
    durationSeconds: whole(({ media }) => media.durationSeconds),
    flags: Uint8Array.from(
      creatives,
      (creative) =>
        (creative.tagUrl === '' ? 0 : MediaFlag.wrapper) |
        (isSecure(creative) ? MediaFlag.secure : 0),
    ),
    skipAfterSeconds: whole(({ media }) =>
      'skippableAfterSeconds' in media ? (media.skippableAfterSeconds ?? -1) : -1,
    ),
    attributes: whole(({ media }) => bitsOf(media.attributes)),
    apis: whole(({ media }) => bitsOf('apis' in media ? media.apis : [])),
    languages: whole(({ shop, media }) => {
      const language = media.language ?? shop.language
      return (language.charCodeAt(0) << 8) | language.charCodeAt(1)
    }),
    mimes: whole((creative) => creative.files.reduce((bits, { type }) => bits | mimeBit(type), 0)),
    fileStart,
    fileMime: Int32Array.from(all, ({ type }) => mimeBit(type)),
    fileWidth: Int32Array.from(all, ({ width }) => width),
    fileHeight: Int32Array.from(all, ({ height }) => height),
    fileBitrateKbps: Int32Array.from(all, ({ bitrateKbps }) => bitrateKbps),
    filePieces,
    filePieceStart,
    parts,
    partStart,
  })
}

const bitsOf = (values: readonly number[]): number =>
  values.reduce((bits, value) => bits | (1 << value), 0)

/** Pieces in one buffer, and where each begins; one more start than pieces. */
function joined(pieces: readonly Buffer[]): [Buffer, Uint32Array] {
  const start = new Uint32Array(pieces.length + 1)
  for (const [index, piece] of pieces.entries()) start[index + 1] = start[index]! + piece.length
  return [Buffer.concat(pieces), start]
}

/** The table as columns of a snapshot, and back; `media.` goes before each name. */
export function mediaTableColumns(table: MediaTable): Record<string, Column> {
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [`media.${name}`, column as Column]),
  )
}

/** @throws Error where a column is missing. */
export function readMediaTable(column: ColumnReader): MediaTable {
  return new MediaTable({
    keys: column('media.keys', 'f64'),
    shopOf: column('media.shopOf', 'i32'),
    format: column('media.format', 'u8'),
    durationSeconds: column('media.durationSeconds', 'i32'),
    flags: column('media.flags', 'u8'),
    skipAfterSeconds: column('media.skipAfterSeconds', 'i32'),
    attributes: column('media.attributes', 'i32'),
    apis: column('media.apis', 'i32'),
    languages: column('media.languages', 'i32'),
    mimes: column('media.mimes', 'i32'),
    fileStart: column('media.fileStart', 'i32'),
    fileMime: column('media.fileMime', 'i32'),
    fileWidth: column('media.fileWidth', 'i32'),
    fileHeight: column('media.fileHeight', 'i32'),
    fileBitrateKbps: column('media.fileBitrateKbps', 'i32'),
    filePieces: column('media.filePieces', 'u8'),
    filePieceStart: column('media.filePieceStart', 'u32'),
    parts: column('media.parts', 'u8'),
    partStart: column('media.partStart', 'u32'),
  })
}
