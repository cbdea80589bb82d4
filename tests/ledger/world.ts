import { ManualClock } from '../../src/base/clock.js'
import type { CostNanos } from '../../src/base/money.js'
import type { Random } from '../../src/base/random.js'
import type { Budget } from '../../src/ledger/account.js'
import { Authority } from '../../src/ledger/authority.js'
import { type LedgerConfig, ledgerConfigSchema } from '../../src/ledger/config.js'
import { LedgerLink } from '../../src/ledger/link.js'
import type { FromWorker, ToWorker } from '../../src/ledger/messages.js'
import type { Notice, NoticeKind } from '../../src/ledger/notice.js'
import { reservationExpiresAtMs } from '../../src/ledger/reservations.js'
import { LedgerService } from '../../src/ledger/service.js'
import type { CommitBatch } from '../../src/ledger/store.js'
import { MemoryDisk } from '../../src/ledger/store-memory.js'
import { Wallet } from '../../src/ledger/wallet.js'
import { SimulatedChannel } from './simulated-channel.js'
import { SimulatedStore } from './simulated-store.js'

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} }

/** Budgets of some hundred bids and reservations of 20 s, so that a short run meets every end of both. */
export const smallConfig: LedgerConfig = ledgerConfigSchema.parse({
  reservationTtlMs: 20_000,
  reservationCountMax: 5_000,
  leaseFloorNanos: 500,
  leaseMaxNanos: 1_000_000,
  leaseIdleMs: 5_000,
})

export interface SimulatedWorker {
  readonly incarnation: number
  readonly wallet: Wallet
  readonly link: LedgerLink
  readonly channel: SimulatedChannel<FromWorker, ToWorker>
}

export interface SimulatedBid {
  readonly token: string
  readonly account: number
  readonly incarnation: number
  readonly sequence: number
  readonly bidNanos: number
  readonly chargeNanos: number
  readonly expiresAtMs: number
}

/** A ledger, its disk, its workers and the channels between them, in a time that the test moves. */
export class World {
  readonly clock: ManualClock
  readonly random: Random
  readonly disk = new MemoryDisk()
  readonly budgets = new Map<number, Budget>()
  readonly bids = new Map<string, SimulatedBid>()
  workers: SimulatedWorker[] = []
  store!: SimulatedStore
  authority!: Authority
  service!: LedgerService
  /** Each worker that this authority has had. */
  incarnations: number[] = []
  readonly #config: LedgerConfig
  readonly #delayMsMax: number
  readonly #onWritten: (batch: CommitBatch) => void

  constructor(parts: {
    readonly random: Random
    readonly config?: LedgerConfig
    readonly startMs?: number
    readonly delayMsMax?: number
    readonly onWritten?: (batch: CommitBatch) => void
  }) {
    this.random = parts.random
    this.clock = new ManualClock(parts.startMs)
    this.#config = parts.config ?? smallConfig
    this.#delayMsMax = parts.delayMsMax ?? 0
    this.#onWritten = parts.onWritten ?? (() => {})
    this.open()
  }

  /** Opens the ledger on what is on the disk, without a worker. */
  open(): void {
    this.store = new SimulatedStore(this.disk, this.#onWritten)
    this.authority = new Authority({
      store: this.store,
      clock: this.clock,
      config: this.#config,
      log: silentLog,
      onTaken: () => {},
    })
    this.service = new LedgerService(this.authority, this.#config)
    this.incarnations = [...new Set(this.store.load().leases.map((row) => row.incarnation))]
    for (const [account, budget] of this.budgets) {
      const known = this.authority.accountOf('shop', `campaign-${account}`)
      if (known !== account) throw new Error(`account ${account} has become ${known}`)
      this.authority.setBudget(account, budget)
    }
  }

  addAccount(budget: Budget): number {
    const account = this.authority.accountOf('shop', `campaign-${this.budgets.size + 1}`)
    this.setBudget(account, budget)
    return account
  }

  setBudget(account: number, budget: Budget): void {
    this.budgets.set(account, budget)
    this.authority.setBudget(account, budget)
  }

  async join(): Promise<SimulatedWorker> {
    const number = this.authority.nextIncarnation()
    // Others' changes are written before and with it.
    for (let i = 0; i < 3; i++) {
      await this.turn()
      await this.store.succeed()
    }
    const incarnation = await number
    const channel = new SimulatedChannel<FromWorker, ToWorker>(this.clock, () =>
      this.random.below(this.#delayMsMax + 1),
    )
    const wallet = new Wallet(this.#config)
    const port = channel.workerPort
    const link = new LedgerLink({ port, wallet, clock: this.clock, config: this.#config })
    this.service.join(incarnation, channel.ledgerPort)
    this.incarnations.push(incarnation)
    const worker = { incarnation, wallet, link, channel }
    this.workers.push(worker)
    return worker
  }

  /** The worker dies; the first few of the messages that it had sent still arrive. */
  kill(worker: SimulatedWorker, stillArriving: number): void {
    this.workers = this.workers.filter((other) => other !== worker)
    worker.channel.up.deliver(Number.POSITIVE_INFINITY, stillArriving)
    this.service.leave(worker.incarnation)
    worker.link.close()
  }

  /** The ledger's process dies, and with it its workers; a new one opens what is on the disk. */
  async crash(isWritten: boolean): Promise<void> {
    const dead = this.workers
    this.workers = []
    await this.store.crash(isWritten)
    for (const worker of dead) worker.link.close()
    this.open()
  }

  /** One turn of the event loop in every process. */
  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  /** Moves time, and delivers what has become due. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms)
    for (const worker of this.workers) worker.channel.deliver(this.clock.nowMs())
    await this.turn()
  }

  /** Lets everything that is on its way arrive, disks working. */
  async settle(rounds = 12): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      this.authority.tick()
      for (const worker of this.workers) worker.link.tick()
      await this.turn()
      await this.store.succeed()
      await this.advance(this.#delayMsMax + 50)
    }
  }

  /** @returns the bid, or null where its worker has no money for it. */
  bid(
    worker: SimulatedWorker,
    account: number,
    bidNanos: number,
    chargeNanos = bidNanos,
  ): SimulatedBid | null {
    const nowMs = this.clock.nowMs()
    const sequence = worker.wallet.reserve(account, bidNanos as CostNanos, nowMs)
    if (sequence < 0) return null
    const issuedSeconds = Math.floor(nowMs / 1_000)
    const bytes = Buffer.alloc(16)
    bytes.writeUInt32BE(issuedSeconds, 0)
    bytes.writeUInt32BE(worker.incarnation, 4)
    bytes.writeUInt32BE(sequence, 8)
    const bid = {
      token: bytes.toString('latin1'),
      account,
      incarnation: worker.incarnation,
      sequence,
      bidNanos,
      chargeNanos,
      expiresAtMs: reservationExpiresAtMs(issuedSeconds, this.#config.reservationTtlMs),
    }
    this.bids.set(bid.token, bid)
    return bid
  }

  noticeOf(bid: SimulatedBid, kind: NoticeKind, charges = kind === 'bill'): Notice {
    return {
      token: bid.token,
      kind,
      account: bid.account,
      incarnation: bid.incarnation,
      sequence: bid.sequence,
      bidNanos: bid.bidNanos as CostNanos,
      expiresAtMs: bid.expiresAtMs,
      charges,
      chargeNanos: bid.chargeNanos as CostNanos,
      paidNanos: (bid.chargeNanos * 2) as CostNanos,
      paidCurrency: 'USD',
      lossReason: kind === 'loss' ? 102 : 0,
    }
  }
}
