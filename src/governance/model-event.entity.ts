// One thing that happened to a model. Rows are only ever added; the database refuses anything else.
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { EPOCH_MS } from '../database/epoch-ms.ts';

export const EVENT_KINDS = [
  'alias_moved',
  'serving_started',
  'serving_ended',
  'load_failed',
  'promotion_refused',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Why an alias moved. `outside`: in the registry, by somebody else's hand; `undone`: the registry did not take the move before. */
export const CAUSES = ['promotion', 'forced_promotion', 'rollback', 'outside', 'undone'] as const;
export type Cause = (typeof CAUSES)[number];

@Entity('model_events')
@Index('model_events_stream', ['stream', 'sequence'], { unique: true })
@Index('model_events_model_version', ['model', 'version'])
export class ModelEvent {
  @PrimaryGeneratedColumn('increment', { type: 'integer' })
  readonly id!: number;

  @Column(EPOCH_MS)
  readonly at!: number;

  @Column('text')
  readonly kind!: EventKind;

  @Column('text')
  readonly model!: string;

  @Column('text', { nullable: true })
  readonly alias!: string | null;

  @Column('text', { nullable: true })
  readonly version!: string | null;

  /** Of a move: where the alias was. */
  @Column('text', { name: 'from_version', nullable: true })
  readonly fromVersion!: string | null;

  /** A user's name; `cli`; `registry` for what was seen there; `server` for what a server did by itself. */
  @Column('text')
  readonly actor!: string;

  @Column('text', { nullable: true })
  readonly cause!: Cause | null;

  @Column('text', { nullable: true })
  readonly reason!: string | null;

  /** The gate's report, JSON. */
  @Column('text', { nullable: true })
  readonly report!: string | null;

  @Column('text', { name: 'onnx_sha256', nullable: true })
  readonly onnxSha256!: string | null;

  @Column('text', { name: 'run_id', nullable: true })
  readonly runId!: string | null;

  @Column('text', { name: 'data_digest', nullable: true })
  readonly dataDigest!: string | null;

  @Column('text', { name: 'git_commit', nullable: true })
  readonly gitCommit!: string | null;

  /** JSON. */
  @Column('text', { nullable: true })
  readonly params!: string | null;

  /**
   * What this event is the next one of: the moves of one alias, or the doings of one server. With `sequence`, from 1, it is unique: of two
   * who add the same next event one is refused, whichever server they came through.
   */
  @Column('text', { nullable: true })
  readonly stream!: string | null;

  @Column('integer', { nullable: true })
  readonly sequence!: number | null;
}
