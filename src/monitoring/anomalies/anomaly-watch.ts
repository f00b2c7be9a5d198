// One look at what came since the last one: rows of the log, page by page, and refused requests. How far it got is kept in the database, so that
// no row is looked at twice, whoever looks next.
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { LogTail, type LogPlace, type TailRow } from '../../prediction/log-tail.ts';
import { AnomalyCursor } from './anomaly-cursor.entity.ts';
import { AnomalyStore } from './anomaly-store.ts';
import { ErrorWatch } from './error-watch.ts';
import type { Finding } from './finding.ts';
import { CPU, MEMORY, UsageWatch } from './usage-watch.ts';
import { VersionWatches } from './version-watches.ts';

/** Of one look at most, the newest; what is left out is counted. */
const MOST_ROWS = 5000;
/** Rows of several writers are seen in their order only after a while; one that takes longer to be stored is not looked at. */
const SETTLED_MS = 2000;
const LOG = 'predictions';
/** Before every id. */
const NO_ID = '';

@Injectable()
export class AnomalyWatch implements OnModuleDestroy {
  private readonly logger = new Logger('Anomalies');
  private last: Promise<unknown> = Promise.resolve();
  private closed = false;
  /** Told once, not at each look. */
  private isSkipping = false;
  private readonly usage = [
    { watch: new UsageWatch(CPU), valueOf: ({ cpuPercent }: TailRow) => cpuPercent },
    { watch: new UsageWatch(MEMORY), valueOf: ({ memoryBytes }: TailRow) => memoryBytes },
  ];

  constructor(
    @InjectRepository(AnomalyCursor) private readonly cursors: Repository<AnomalyCursor>,
    private readonly tail: LogTail,
    private readonly store: AnomalyStore,
    private readonly versions: VersionWatches,
    private readonly errors: ErrorWatch,
  ) {}

  /** Answers the findings that are new anomalies. One look after the other. */
  look(now = Date.now()): Promise<readonly Finding[]> {
    const look = this.last.then(() => this.lookOnce(now));
    this.last = look.catch(() => undefined);
    return look;
  }

  /** The look that is under way ends with the page that it is at. */
  async onModuleDestroy(): Promise<void> {
    this.closed = true;
    await this.last;
  }

  private async lookOnce(now: number): Promise<readonly Finding[]> {
    const settled = now - SETTLED_MS;
    const cursor = await this.cursors.findOneBy({ name: LOG });
    if (cursor === null) {
      // What was answered before anybody looked is what is ordinary.
      await this.keepPlace({ at: settled, id: NO_ID }, now, 0);
      return this.keepAll(await this.errors.look(now));
    }
    const place = { at: cursor.at, id: cursor.rowId };
    const { after, skipped } = await this.tail.begin(place, settled, MOST_ROWS);
    if (skipped > 0 && !this.isSkipping)
      this.logger.warn(
        'There are more predictions than are looked at; GET /monitoring/anomalies says how many were skipped.',
      );
    this.isSkipping = skipped > 0;
    const found = [...(await this.errors.look(now))];
    const end = await this.read(after, settled, found);
    const fresh = await this.keepAll(found);
    // Last: a look that is broken off is taken again, and what it finds again changes nothing.
    await this.keepPlace(end, now, cursor.skipped + skipped);
    return fresh;
  }

  private async read(after: LogPlace, last: number, found: Finding[]): Promise<LogPlace> {
    let place = after;
    for await (const page of this.tail.pages(after, last)) {
      found.push(...this.usageOf(page), ...(await this.answersOf(page, place)));
      const end = page.at(-1);
      if (end !== undefined) place = { at: end.at, id: end.id };
      if (this.closed) break;
    }
    return place;
  }

  private usageOf(rows: readonly TailRow[]): Finding[] {
    return this.usage.flatMap(({ watch, valueOf }) =>
      rows.flatMap((row) => {
        const { id, at, modelName } = row;
        const concerned = { model: modelName, version: null };
        return watch.take({ id, at, value: valueOf(row) }, concerned) ?? [];
      }),
    );
  }

  private async answersOf(rows: readonly TailRow[], since: LogPlace): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const [first, ...rest] of byVersion(rows)) {
      const model = { name: first.modelName, version: first.modelVersion };
      const watch = await this.versions.of(model, since);
      const answered = [first, ...rest].map((row) => ({
        ...row,
        inputs: JSON.parse(row.inputs) as Readonly<Record<string, unknown>>,
      }));
      findings.push(...(await watch.take(answered)));
    }
    return findings;
  }

  private async keepAll(findings: readonly Finding[]): Promise<readonly Finding[]> {
    const fresh: Finding[] = [];
    for (const finding of findings) if (await this.store.keep(finding)) fresh.push(finding);
    return fresh;
  }

  private async keepPlace({ at, id }: LogPlace, lookedAt: number, skipped: number): Promise<void> {
    await this.cursors
      .createQueryBuilder()
      .insert()
      .values({ name: LOG, at, rowId: id, lookedAt, skipped })
      .orUpdate(['at', 'row_id', 'looked_at', 'skipped'], ['name'])
      .updateEntity(false)
      .execute();
  }
}

/** None of them empty. */
function byVersion(rows: readonly TailRow[]): Iterable<[TailRow, ...TailRow[]]> {
  const groups = new Map<string, [TailRow, ...TailRow[]]>();
  for (const row of rows) {
    const key = JSON.stringify([row.modelName, row.modelVersion]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups.values();
}
