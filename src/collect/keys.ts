import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../base/clock.js'
import { writeDurably } from '../base/durable-file.js'
import type { KeyInfo, Role } from './endpoint.js'
import type { StoredKey } from './key-file.js'
import { KeyFile } from './key-file.js'
import { hashOfSecret, keyIdIn, newKeyId, newSecret } from './key-secret.js'

const keysPerShopMax = 100
const keyCountMax = 100_000
/** How often the days of last use are written down. */
const flushMs = 60_000

export interface KeyRingOptions {
  /** Has `keys.json` and, made at the first start, the operator's secret in `operator.key`. */
  readonly dataDir: string
  readonly clock: Clock
  /** Another process writes the file: this one makes no keys and notes no use of them. */
  readonly isReader?: boolean
  /** The file was changed and can't be read: the keys stand as they were. */
  readonly onFault: (error: unknown) => void
}

/** All of a key that may be shown. */
export type ShownKey = Omit<StoredKey, 'hash' | 'former'> & {
  /** Until when the secret before the last rotation counts, too; null: it doesn't any more. */
  readonly formerUntilMs: number | null
}

export type Made =
  | { readonly ok: true; readonly key: ShownKey; readonly secret: string }
  | { readonly ok: false; readonly reason: string }

interface Found {
  readonly info: KeyInfo
  readonly key: StoredKey
  /** From then on this secret is none any more. */
  readonly untilMs: number
}

/**
 * Who may use the API. Secrets are kept as hashes alone and shown once, when they are made; a key that
 * is revoked, here or by another process that writes the file, is refused from then on.
 */
export class KeyRing {
  readonly #options: KeyRingOptions
  readonly #file: KeyFile
  #keys: readonly StoredKey[] = []
  #byHash: ReadonlyMap<string, Found> = new Map()
  /** By id: days of last use that aren't written down yet. */
  readonly #used = new Map<string, string>()
  #turn: Promise<unknown> = Promise.resolve()
  readonly #timer: NodeJS.Timeout

  private constructor(options: KeyRingOptions) {
    this.#options = options
    this.#file = new KeyFile(join(options.dataDir, 'keys.json'), () => this.#readAgain())
    this.#timer = setInterval(() => void this.#flush().catch(options.onFault), flushMs)
    this.#timer.unref()
  }

  /** @throws Error where the file can't be read: it is never taken for empty. */
  static async open(options: KeyRingOptions): Promise<KeyRing> {
    const ring = new KeyRing(options)
    ring.#take(ring.#file.read() ?? [])
    if (options.isReader !== true && !ring.#keys.some((key) => ring.#isOperatorNow(key))) {
      const made = await ring.create('', 'operator', 'made at the first start', null)
      if (made.ok) await writeDurably(ring.#operatorPath, `${made.secret}\n`, 0o600)
    }
    return ring
  }

  /**
   * Whose secret it is; null where nobody's. A look into a map under the secret's hash: what that takes
   * says nothing of how much of a guess was right.
   */
  find(secret: string): KeyInfo | null {
    const id = keyIdIn(secret)
    if (id === '') return null
    const found = this.#byHash.get(hashOfSecret(secret))
    const nowMs = this.#options.clock.nowMs()
    if (found === undefined || found.info.id !== id || nowMs >= found.untilMs) return null
    const day = dayOf(nowMs)
    const isNew = found.key.lastUsedDay !== day && this.#used.get(id) !== day
    if (isNew && this.#options.isReader !== true) this.#used.set(id, day)
    return found.info
  }

  /** @param shopId '' for operators' keys; null for all. */
  list(shopId: string | null): readonly ShownKey[] {
    const own = this.#keys.filter((key) => shopId === null || key.shopId === shopId)
    return own.map((key) => this.#shown(key))
  }

  get(id: string): ShownKey | null {
    const key = this.#keys.find((it) => it.id === id)
    return key === undefined ? null : this.#shown(key)
  }

  /** @param lifeMs it ends by itself after so long; null: never. */
  create(shopId: string, role: Role, name: string, lifeMs: number | null): Promise<Made> {
    return this.#change<Made>((keys) => {
      if (keys.length >= keyCountMax) return [keys, tooMany(keyCountMax)]
      if (keys.filter((key) => key.shopId === shopId).length >= keysPerShopMax)
        return [keys, tooMany(keysPerShopMax)]
      const id = newKeyId()
      const secret = newSecret(id)
      const createdMs = this.#options.clock.nowMs()
      const expiresMs = lifeMs === null ? null : createdMs + lifeMs
      const key: StoredKey = {
        ...{ id, shopId, role, name, hash: hashOfSecret(secret), createdMs, expiresMs },
        lastUsedDay: '',
        former: null,
      }
      return [[...keys, key], { ok: true, key: this.#shown(key), secret }]
    })
  }

  /** Gives a key a new secret; the one that it had counts for so much longer. */
  async rotate(id: string, graceMs: number): Promise<Made> {
    const made = await this.#change<Made>((keys) => {
      const key = keys.find((it) => it.id === id)
      if (key === undefined) return [keys, { ok: false, reason: 'is unknown' }]
      const secret = newSecret(id)
      const untilMs = this.#options.clock.nowMs() + graceMs
      const former = graceMs > 0 ? { hash: key.hash, untilMs } : null
      const rotated: StoredKey = { ...key, hash: hashOfSecret(secret), former }
      const others = keys.map((it) => (it === key ? rotated : it))
      return [others, { ok: true, key: this.#shown(rotated), secret }]
    })
    // Whoever runs commands on this machine is to go on without noticing.
    if (made.ok && keyIdIn(this.#operatorSecret()) === id)
      await writeDurably(this.#operatorPath, `${made.secret}\n`, 0o600)
    return made
  }

  /** @returns why it wasn't revoked; '' where it was. */
  revoke(id: string): Promise<string> {
    return this.#change((keys) => {
      const key = keys.find((it) => it.id === id)
      if (key === undefined) return [keys, 'is unknown']
      const others = keys.filter((it) => it !== key)
      const isLast = this.#isOperatorNow(key) && !others.some((it) => this.#isOperatorNow(it))
      return isLast ? [keys, 'is the last of the operator’s keys'] : [others, '']
    })
  }

  /** Of a shop that is gone. */
  revokeAllOf(shopId: string): Promise<void> {
    return this.#change((keys) => [keys.filter((key) => key.shopId !== shopId), undefined])
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#file.close()
    await this.#flush()
  }

  get #operatorPath(): string {
    return join(this.#options.dataDir, 'operator.key')
  }

  #operatorSecret(): string {
    try {
      return readFileSync(this.#operatorPath, 'utf8').trim()
    } catch {
      return ''
    }
  }

  #isOperatorNow({ role, expiresMs }: StoredKey): boolean {
    return role === 'operator' && (expiresMs ?? Infinity) > this.#options.clock.nowMs()
  }

  #shown({ hash: _, former, ...key }: StoredKey): ShownKey {
    const isOver = former === null || former.untilMs <= this.#options.clock.nowMs()
    const lastUsedDay = this.#used.get(key.id) ?? key.lastUsedDay
    return { ...key, lastUsedDay, formerUntilMs: isOver ? null : former.untilMs }
  }

  /** One after the other, each upon what is in the file: another process may have been at it. */
  #change<T>(
    change: (keys: readonly StoredKey[]) => readonly [readonly StoredKey[], T],
  ): Promise<T> {
    const done = this.#turn.then(async () => {
      const before = this.#file.read() ?? this.#keys
      const [after, outcome] = change(before)
      if (after !== before) {
        await this.#file.write(after)
        this.#take(after)
      }
      return outcome
    })
    this.#turn = done.catch(() => {})
    return done
  }

  async #flush(): Promise<void> {
    if (this.#used.size === 0) return
    const days = new Map(this.#used)
    await this.#change((keys) => {
      const used = keys.map((key) => ({ ...key, lastUsedDay: days.get(key.id) ?? key.lastUsedDay }))
      return [used, undefined]
    })
    for (const [id, day] of days) if (this.#used.get(id) === day) this.#used.delete(id)
  }

  #readAgain(): void {
    try {
      // An editor may take the file away for a moment: that revokes nothing.
      this.#take(this.#file.read() ?? this.#keys)
    } catch (error) {
      this.#options.onFault(error)
    }
  }

  #take(keys: readonly StoredKey[]): void {
    this.#keys = keys
    const byHash = new Map<string, Found>()
    for (const key of keys) {
      const { id, shopId, role, former } = key
      const info = { id, shopId, role }
      const untilMs = key.expiresMs ?? Infinity
      byHash.set(key.hash, { info, key, untilMs })
      if (former !== null)
        byHash.set(former.hash, { info, key, untilMs: Math.min(former.untilMs, untilMs) })
    }
    this.#byHash = byHash
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
const tooMany = (max: number): Made => ({ ok: false, reason: `there are ${max} already` })
