// The history of models: adds events and reads them. A plain class, so that `npm run promote` makes one too.
import type { Repository } from 'typeorm';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Audited } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { newestFirst, type NewestFirst } from '../database/newest-first.ts';
import { isUniqueViolation } from '../database/statements.ts';
import type { ServedBundle } from '../model/model-bundle.ts';
import type { ModelVersion } from '../model/registry/model-registry.ts';
import type { ModelEvent } from './model-event.entity.ts';

/** Where a version comes from, kept with its events so that it outlives the registry's entry. */
export type Facts = Pick<
  ModelEvent,
  'onnxSha256' | 'runId' | 'dataDigest' | 'gitCommit' | 'params'
>;

type Recorded = Pick<ModelEvent, 'at' | 'kind' | 'model' | 'actor'>;
export type NewEvent = Recorded & Partial<Omit<ModelEvent, keyof Recorded | 'id' | 'sequence'>>;

/** A move of an alias, as far as deciding about the next one takes. */
export type Move = Pick<ModelEvent, 'at' | 'version' | 'fromVersion' | 'cause' | 'sequence'>;

export type EventPage = NewestFirst<ModelEvent>;

/** Others may add to the same stream meanwhile; nobody loses this often in a row. */
const ATTEMPTS = 10;

export const factsOf = ({ runId }: ModelVersion, bundle: ServedBundle): Facts => ({
  onnxSha256: bundle.onnxSha256,
  runId: runId ?? bundle.manifest.run_id,
  dataDigest: bundle.manifest.data_digest,
  gitCommit: bundle.manifest.git_commit,
  params: JSON.stringify(bundle.report.params),
});

/** The end of a serving, with the facts of its start. */
export const endOf = (
  started: NewEvent,
  { at, reason, stream }: { at: number; reason: string | null; stream: string },
): NewEvent & { readonly stream: string } => ({
  at,
  kind: 'serving_ended',
  model: started.model,
  alias: started.alias ?? null,
  version: started.version ?? null,
  actor: started.actor,
  reason,
  onnxSha256: started.onnxSha256 ?? null,
  runId: started.runId ?? null,
  dataDigest: started.dataDigest ?? null,
  gitCommit: started.gitCommit ?? null,
  params: started.params ?? null,
  stream,
});

/** The stream of an alias's moves. */
export const movesOf = (model: string, alias: string): string => `alias:${model}@${alias}`;

export class ModelHistory {
  constructor(
    private readonly events: Repository<ModelEvent>,
    private readonly audit: AuditLog,
  ) {}

  /** Adds an event; with a stream, as its next one. `audited`: what the audit log is told with it. */
  async append(event: NewEvent, audited?: Audited): Promise<void> {
    const { stream = null } = event;
    if (stream === null) return this.insert(event, null, audited);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.insert(event, (await this.lastSequence(stream)) + 1, audited);
        return;
      } catch (error) {
        if (!isUniqueViolation(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Adds an event as number `sequence` of its stream. Throws CONFLICT where somebody else added that one. */
  async claim(
    event: NewEvent & { readonly stream: string },
    sequence: number,
    audited?: Audited,
  ): Promise<void> {
    try {
      await this.insert(event, sequence, audited);
    } catch (cause) {
      if (!isUniqueViolation(cause)) throw cause;
      throw new AppError(
        'CONFLICT',
        'Somebody else moved the alias meanwhile; read the history before you try again.',
        { cause },
      );
    }
  }

  /** The moves of an alias, oldest first. */
  moves(model: string, alias: string): Promise<readonly Move[]> {
    return this.events.find({
      select: { at: true, version: true, fromVersion: true, cause: true, sequence: true },
      where: { stream: movesOf(model, alias), kind: 'alias_moved' },
      order: { sequence: 'ASC' },
    });
  }

  async lastMove(model: string, alias: string): Promise<Move | null> {
    return this.events.findOne({
      where: { stream: movesOf(model, alias), kind: 'alias_moved' },
      order: { sequence: 'DESC' },
    });
  }

  /** Every event of a stream, oldest first. */
  inStream(stream: string): Promise<readonly ModelEvent[]> {
    return this.events.find({ where: { stream }, order: { sequence: 'ASC' } });
  }

  /** Every event of one version, oldest first. */
  ofVersion(model: string, version: string): Promise<readonly ModelEvent[]> {
    return this.events.find({ where: { model, version }, order: { id: 'ASC' } });
  }

  /** Newest first. Throws INVALID_INPUT for a cursor not of ours. */
  async list(model: string, limit: number, cursor?: string): Promise<EventPage> {
    const query = this.events.createQueryBuilder('e').where('e.model = :model', { model });
    return newestFirst(query, limit, cursor);
  }

  private async lastSequence(stream: string): Promise<number> {
    const last = await this.events.findOne({ where: { stream }, order: { sequence: 'DESC' } });
    return last?.sequence ?? 0;
  }

  private async insert(
    event: NewEvent,
    sequence: number | null,
    audited: Audited | undefined,
  ): Promise<void> {
    const row = { ...event, sequence };
    if (audited === undefined) await this.events.insert(row);
    else await this.audit.change(audited, this.events.createQueryBuilder().insert().values(row));
  }
}
