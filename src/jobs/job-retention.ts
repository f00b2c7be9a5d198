// Removes what jobs leave behind: those that ended JOB_RETENTION_DAYS ago, with their results, and files that no job needs any more.
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { messageOf } from '../common/errors.ts';
import { Siblings } from '../common/siblings.ts';
import { Upkeep } from '../common/upkeep.ts';
import { Config } from '../config/load-config.ts';
import { JobInstruments } from '../metrics/instruments.ts';
import { tidy } from './job-files.ts';
import { JobTable } from './job-table.ts';
import { ENDED, JOB_STATES } from './job.entity.ts';
import { JobStorage } from './storage/job-storage.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 600_000;
const STEP = 100;
/** Files without a job may be an upload that is on its way: it writes all the time. */
const ORPHAN_MS = 3_600_000;
/** What is called otherwise is not ours, whatever it does in the same place. */
const JOB_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

@Injectable()
export class JobRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Jobs');
  private readonly days: number | null;
  private readonly upkeep = new Upkeep(() => this.run(), EVERY_MS);

  constructor(
    { jobs }: Config,
    private readonly table: JobTable,
    private readonly storage: JobStorage,
    private readonly siblings: Siblings,
    instruments: JobInstruments,
  ) {
    this.days = jobs.retentionDays;
    instruments.watchStates(async () => {
      const counted = await table.countByState();
      return new Map(JOB_STATES.map((state) => [state, counted.get(state) ?? 0]));
    });
  }

  onApplicationBootstrap(): void {
    this.upkeep.begin(this.siblings);
  }

  onModuleDestroy(): void {
    this.upkeep.end();
  }

  /** What cannot be removed is told, and tried again later. Returns how many jobs went. */
  async run(now = Date.now()): Promise<number> {
    try {
      const gone = this.days === null ? 0 : await this.deleteEndedBefore(now - this.days * DAY_MS);
      await this.removeLeftovers(now);
      return gone;
    } catch (error) {
      if (!this.upkeep.isEnded) this.logger.warn(`Old jobs are not removed: ${messageOf(error)}`);
      return 0;
    }
  }

  /** Files first: a job that is there although its files are gone is found by the next look, files without a job only much later. */
  private async deleteEndedBefore(instant: number): Promise<number> {
    let gone = 0;
    while (!this.upkeep.isEnded) {
      const old = await this.table.endedBefore(instant, STEP);
      for (const { id } of old) {
        await this.storage.remove(id);
        if (await this.table.deleteEnded(id)) gone += 1;
      }
      if (old.length < STEP) break;
    }
    return gone;
  }

  private async removeLeftovers(now: number): Promise<void> {
    for (const { job: id, writtenAt } of await this.storage.jobs()) {
      if (this.upkeep.isEnded) return;
      if (!JOB_ID.test(id)) continue;
      const job = await this.table.find(id);
      if (job === null) {
        if (writtenAt < now - ORPHAN_MS) await this.storage.remove(id);
      } else if (ENDED.includes(job.state)) await tidy(this.storage, job);
    }
  }
}
