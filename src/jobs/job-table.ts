// The table of jobs. Every change of a job is one conditional statement, so that of two servers that believe to work on it one has its way
// and the other one learns of it; the clock of a lease is that of the servers, which need not agree to better than some seconds.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThanOrEqual, type EntityManager, type Repository } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { Position } from '../prediction/batch/row-block.ts';
import { ENDED, Job, OPEN, type JobError, type JobState } from './job.entity.ts';

/** How long a holder that says nothing keeps a job; it renews every second. */
export const LEASE_MS = 10_000;

/** The files of one part, and where the input goes on after it. */
export interface FinishedPart {
  /** The unique half of its name. */
  readonly suffix: string;
  readonly refused: number;
  readonly end: Position;
  /** The input has no more rows. */
  readonly isLast: boolean;
}

export interface FixedModel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

export interface JobPage {
  readonly items: readonly Job[];
  /** Where the next page begins; null on the last one. */
  readonly next: Pick<Job, 'createdAt' | 'id'> | null;
}

/** Whose jobs: of one user, or everybody's. */
export interface Owner {
  readonly userId?: string;
}

@Injectable()
export class JobTable {
  constructor(@InjectRepository(Job) private readonly rows: Repository<Job>) {}

  /** Fails at once where the database is away: before an upload is taken in vain. */
  async expectDatabase(): Promise<void> {
    await this.rows.query('SELECT 1');
  }

  /** `manager`: of a transaction that the row is to be part of. */
  async insert(job: Job, manager: EntityManager = this.rows.manager): Promise<void> {
    await manager.insert(Job, job);
  }

  find(id: string, owner: Owner = {}): Promise<Job | null> {
    return this.rows.findOneBy({ id, ...owner });
  }

  /** Newest first. */
  async list(owner: Owner, limit: number, after?: JobPage['next']): Promise<JobPage> {
    const query = this.rows
      .createQueryBuilder('j')
      .where(owner)
      .orderBy('j.createdAt', 'DESC')
      .addOrderBy('j.id', 'DESC')
      .limit(limit + 1);
    if (after !== undefined && after !== null)
      query.andWhere('(j.createdAt < :createdAt OR (j.createdAt = :createdAt AND j.id < :id))', {
        ...after,
      });
    const found = await query.getMany();
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const isMore = found.length > limit && last !== undefined;
    return { items, next: isMore ? { createdAt: last.createdAt, id: last.id } : null };
  }

  async countByState(): Promise<ReadonlyMap<JobState, number>> {
    const counted = await this.rows
      .createQueryBuilder('j')
      .select('j.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .groupBy('j.state')
      .getRawMany<{ state: JobState; count: number | string }>();
    return new Map(counted.map(({ state, count }) => [state, Number(count)]));
  }

  /** The one that has waited longest of those that nobody holds. */
  async due(now = Date.now()): Promise<string | null> {
    const [job] = await this.rows.find({
      select: { id: true },
      where: { state: In(OPEN), heldUntil: LessThanOrEqual(now) },
      order: { heldUntil: 'ASC' },
      take: 1,
    });
    return job?.id ?? null;
  }

  /** Takes a job that nobody holds; null where it is held or over. */
  async claim(id: string, holder: string, now = Date.now()): Promise<Job | null> {
    const isMine = await this.change(
      { holder, heldUntil: now + LEASE_MS, claims: () => 'claims + 1' },
      'id = :id AND state IN (:...open) AND held_until <= :now',
      { id, open: OPEN, now },
    );
    return isMine ? this.find(id) : null;
  }

  /** False where the job is over, or somebody else's by now. */
  renew(id: string, holder: string): Promise<boolean> {
    return this.change(
      { heldUntil: Date.now() + LEASE_MS },
      'id = :id AND holder = :holder AND state IN (:...open)',
      { id, holder, open: OPEN },
    );
  }

  /** Gives a job back, to be taken up from an instant on. Whoever can do so has survived the work: the claim does not count. */
  async release(id: string, holder: string, heldUntil: number): Promise<void> {
    await this.change({ holder: null, heldUntil, claims: 0 }, 'id = :id AND holder = :holder', {
      id,
      holder,
    });
  }

  /** From here on every part is scored by this model. */
  begin(id: string, { name, version, sha256 }: FixedModel): Promise<boolean> {
    const model = { modelName: name, modelVersion: version, modelSha256: sha256 };
    return this.change(
      { ...model, state: 'running', startedAt: Date.now() },
      "id = :id AND state = 'queued'",
      { id },
    );
  }

  /** Counts a part into the result. False where another server has counted its own, or the job is over: then the file is of no use. */
  addPart(job: Job, part: FinishedPart): Promise<boolean> {
    const { suffix, refused, end, isLast } = part;
    const isOver = isLast && job.output === null;
    return this.change(
      {
        partsDone: job.partsDone + 1,
        parts: () => `parts || '${safeSuffix(suffix)} '`,
        rowsDone: end.rows,
        rowsRefused: job.rowsRefused + refused,
        bytesRead: end.bytes,
        linesRead: end.lines,
        claims: 0,
        failures: 0,
        ...(isLast && { rowsTotal: end.rows }),
        ...(isOver && { state: 'done' as const, finishedAt: Date.now(), holder: null }),
      },
      "id = :id AND parts_done = :before AND state = 'running'",
      { id: job.id, before: job.partsDone },
    );
  }

  /** The whole result is where the order wants it. */
  deliver(id: string): Promise<boolean> {
    return this.end(id, 'done');
  }

  fail(id: string, error: JobError): Promise<boolean> {
    return this.end(id, 'failed', JSON.stringify(error));
  }

  cancel(id: string): Promise<boolean> {
    return this.end(id, 'cancelled');
  }

  /** Notes that the part now due could not be made. */
  async countFailure(id: string): Promise<void> {
    await this.change({ failures: () => 'failures + 1' }, 'id = :id', { id });
  }

  /** False where the job is still under way. */
  async deleteEnded(id: string): Promise<boolean> {
    const { affected } = await this.rows.delete({ id, state: In(ENDED) });
    return affected === 1;
  }

  /** Jobs that ended before an instant, the oldest first. */
  endedBefore(instant: number, limit: number): Promise<Pick<Job, 'id'>[]> {
    return this.rows.find({
      select: { id: true },
      where: { state: In(ENDED), finishedAt: LessThanOrEqual(instant) },
      order: { finishedAt: 'ASC' },
      take: limit,
    });
  }

  private end(id: string, state: JobState, error: string | null = null): Promise<boolean> {
    return this.change(
      { state, error, finishedAt: Date.now(), holder: null },
      'id = :id AND state IN (:...open)',
      { id, open: OPEN },
    );
  }

  private async change(
    set: QueryDeepPartialEntity<Job>,
    where: string,
    parameters: Record<string, unknown>,
  ): Promise<boolean> {
    const query = this.rows.createQueryBuilder().update().set(set).where(where, parameters);
    return (await query.execute()).affected === 1;
  }
}

/** It stands in a statement as it is. */
function safeSuffix(suffix: string): string {
  if (!/^[0-9a-f]+$/.test(suffix)) throw new RangeError('the suffix of a part is hexadecimal');
  return suffix;
}
