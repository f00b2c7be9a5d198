// One thing that somebody did. Rows are only ever added; the database refuses anything else. Names are kept beside ids: they outlive the account.
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { ActorKind, AuditAction, AuditOutcome, TargetKind } from '../common/audit-trail.ts';
import { EPOCH_MS } from '../database/epoch-ms.ts';

@Entity('audit_events')
export class AuditEvent {
  @PrimaryGeneratedColumn('increment', { type: 'integer' })
  readonly id!: number;

  @Index('audit_events_at')
  @Column(EPOCH_MS)
  readonly at!: number;

  @Column('text', { name: 'actor_kind' })
  readonly actorKind!: ActorKind;

  @Column('text', { name: 'actor_user_id', nullable: true })
  readonly actorUserId!: string | null;

  /** Of the user, or of the command. */
  @Column('text', { name: 'actor_name', nullable: true })
  readonly actorName!: string | null;

  @Column('text', { name: 'api_key_id', nullable: true })
  readonly apiKeyId!: string | null;

  @Column('text', { name: 'api_key_name', nullable: true })
  readonly apiKeyName!: string | null;

  @Column('text')
  readonly action!: AuditAction;

  @Column('text', { name: 'target_kind', nullable: true })
  readonly targetKind!: TargetKind | null;

  @Column('text', { name: 'target_id', nullable: true })
  readonly targetId!: string | null;

  @Column('text', { name: 'target_name', nullable: true })
  readonly targetName!: string | null;

  @Column('text')
  readonly outcome!: AuditOutcome;

  /** JSON object. */
  @Column('text')
  readonly details!: string;

  @Column('text', { nullable: true })
  readonly address!: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  readonly requestId!: string | null;
}
