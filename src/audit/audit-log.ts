// The audit log: adds events and reads them. A plain class, so that commands make one too.
import type { Repository } from 'typeorm';
import { AuditTrail, type Audited, type AuditAction } from '../common/audit-trail.ts';
import type { Span } from '../common/span-query.ts';
import { newestFirst, type NewestFirst } from '../database/newest-first.ts';
import { changeTogether, type Together } from '../database/statements.ts';
import type { AuditEvent } from './audit-event.entity.ts';

export interface AuditFilter extends Span {
  readonly action?: AuditAction;
  /** The id of a user or an API key, or the name of a user or a command. */
  readonly actor?: string;
}

export type AuditPage = NewestFirst<AuditEvent>;

export class AuditLog extends AuditTrail {
  /** `say`: hears of each event, for the log of the server. A command says nothing: its output is its own. */
  constructor(
    private readonly events: Repository<AuditEvent>,
    private readonly say?: (event: NewAuditEvent) => void,
  ) {
    super();
  }

  /** The line goes out first: what was done was done, also where it cannot be stored. */
  async record(event: Audited): Promise<void> {
    const row = toRow(event);
    this.say?.(row);
    await this.events.insert(row);
  }

  /**
   * Runs a change and stores its event with it: both or neither. Answers whether the change touched a row; where it touched none, nothing is
   * stored.
   */
  async change(
    event: Audited,
    change: Together['change'],
    aloneOn?: Together['aloneOn'],
  ): Promise<boolean> {
    const row = toRow(event);
    const then = this.events.createQueryBuilder().insert().values(row);
    const touched = await changeTogether(this.events.manager.dataSource, { change, then, aloneOn });
    if (touched > 0) this.say?.(row);
    return touched > 0;
  }

  /** Newest first. Throws INVALID_INPUT for a cursor not of ours. */
  async list(filter: AuditFilter, limit: number, cursor?: string): Promise<AuditPage> {
    const { from, to, action, actor } = filter;
    const query = this.events.createQueryBuilder('e');
    if (from !== undefined) query.andWhere('e.at >= :from', { from });
    if (to !== undefined) query.andWhere('e.at < :to', { to });
    if (action !== undefined) query.andWhere('e.action = :action', { action });
    if (actor !== undefined) {
      query.andWhere('(e.actorUserId = :actor OR e.actorName = :actor OR e.apiKeyId = :actor)', {
        actor,
      });
    }
    return newestFirst(query, limit, cursor);
  }
}

export type NewAuditEvent = Omit<AuditEvent, 'id'>;

const toRow = ({ action, origin, target, outcome, details }: Audited): NewAuditEvent => ({
  at: Date.now(),
  actorKind: origin.actor.kind,
  actorUserId: origin.actor.userId,
  actorName: origin.actor.name,
  apiKeyId: origin.actor.apiKeyId,
  apiKeyName: origin.actor.apiKeyName,
  action,
  targetKind: target?.kind ?? null,
  targetId: target?.id ?? null,
  targetName: target?.name ?? null,
  outcome,
  details: JSON.stringify(details ?? {}),
  address: origin.address,
  requestId: origin.requestId,
});
