// Who monitors: of all processes and servers that share a database one at a time, so that an anomaly is found once.
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { messageOf } from '../common/errors.ts';
import { Siblings } from '../common/siblings.ts';
import { Upkeep } from '../common/upkeep.ts';
import { LeaseRow } from '../database/lease.entity.ts';
import { Lease, LEASE_MS } from '../database/lease.ts';

/** How often the holder says that it lives, and all others ask whether it does: four times in the length of its lease. */
const BEAT_MS = LEASE_MS / 4;

@Injectable()
export class MonitoringDuty implements OnModuleDestroy {
  private readonly logger = new Logger('Monitoring');
  private readonly works: Upkeep[] = [];
  private readonly lease: Lease;
  private readonly ended = new AbortController();

  constructor(
    private readonly siblings: Siblings,
    @InjectRepository(LeaseRow) leases: Repository<LeaseRow>,
  ) {
    this.lease = new Lease(leases, 'monitoring');
  }

  /**
   * From now on: does the work now and then, each time `everyMs` after its last end, where this process is the one. What it throws is told.
   * Two may work at once only where one of them stood still in the middle of its work for longer than the lease.
   */
  take(name: string, work: () => Promise<unknown>, everyMs: number): void {
    if (this.works.length === 0) this.begin(() => this.renew(), BEAT_MS);
    this.begin(() => this.attempt(name, work), everyMs);
  }

  async onModuleDestroy(): Promise<void> {
    this.ended.abort();
    for (const work of this.works) work.end();
    // Another takes over at once rather than in the length of a lease; where the database is away, it is then.
    await this.lease.release().catch(() => undefined);
  }

  private hasEnded(): boolean {
    return this.ended.signal.aborted;
  }

  private begin(work: () => Promise<unknown>, everyMs: number): void {
    const upkeep = new Upkeep(work, everyMs);
    this.works.push(upkeep);
    upkeep.begin(this.siblings);
  }

  private async attempt(name: string, work: () => Promise<unknown>): Promise<void> {
    await this.turn();
    if (this.hasEnded()) return;
    try {
      await work();
    } catch (error) {
      // What is under way when the process ends may be cut off.
      if (this.hasEnded()) return;
      this.logger.warn(`${name} failed and is tried again later: ${messageOf(error)}`);
    }
  }

  /** Resolves when this process is the one, or ends. */
  private async turn(): Promise<void> {
    const { signal } = this.ended;
    while (!this.hasEnded() && !this.lease.isHeld && !(await this.renew()))
      await sleep(BEAT_MS, null, { ref: false, signal }).catch(() => null);
  }

  /** A database that is away lets nobody work; that it is away others tell. */
  private async renew(): Promise<boolean> {
    if (this.hasEnded()) return false;
    return this.lease.hold().catch(() => false);
  }
}
