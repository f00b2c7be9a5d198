// May this process have traffic: a verified model is live and the database answers.
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { messageOf } from '../common/errors.ts';
import { ModelSlot } from '../model/model-slot.ts';
import type { DatabaseCheck, ModelCheck, ReadinessResponse } from './health.dto.ts';

/** Shorter than the probe timeout of any orchestrator that is set to more than its default second. */
const DATABASE_TIMEOUT_MS = 900;

@Injectable()
export class ReadinessService {
  private readonly logger = new Logger('Health');

  constructor(
    private readonly slot: ModelSlot,
    @InjectDataSource() private readonly database: DataSource,
  ) {}

  async check(): Promise<ReadinessResponse> {
    const checks = { model: this.checkModel(), database: await this.checkDatabase() };
    const ready = checks.model.status === 'ok' && checks.database.status === 'ok';
    return { status: ready ? 'ok' : 'unavailable', checks };
  }

  private checkModel(): ModelCheck {
    const live = this.slot.peek();
    if (live !== null)
      return { status: 'ok', name: live.version.name, version: live.version.version };
    const refused = this.slot.lastFailure;
    const why =
      refused === null
        ? ''
        : ` Version ${refused.version} was refused (${refused.code}): ${refused.reason}`;
    return { status: 'unavailable', reason: `No verified model is being served.${why}` };
  }

  private async checkDatabase(): Promise<DatabaseCheck> {
    const stop = new AbortController();
    try {
      await Promise.race([
        this.database.query('SELECT 1'),
        sleep(DATABASE_TIMEOUT_MS, undefined, { signal: stop.signal }).then(() => {
          throw new Error(`no answer within ${DATABASE_TIMEOUT_MS} ms`);
        }),
      ]);
      return { status: 'ok' };
    } catch (error) {
      // The route is open: the driver's message, which may name hosts, goes to the log only.
      this.logger.warn(`The database check failed: ${messageOf(error)}`);
      return { status: 'unavailable', reason: 'The database does not answer.' };
    } finally {
      stop.abort();
    }
  }
}
