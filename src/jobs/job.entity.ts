// A job as it is stored: what was ordered, how far the work is, and who holds it.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT, EPOCH_MS } from '../database/epoch-ms.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import type { BatchFormat } from '../prediction/batch/batch-format.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Those that nobody works on any more. */
export const ENDED: readonly JobState[] = ['done', 'failed', 'cancelled'];
export const OPEN: readonly JobState[] = ['queued', 'running'];

@Entity('jobs')
@Index('jobs_created_at', ['createdAt'])
@Index('jobs_user_id', ['userId', 'createdAt'])
@Index('jobs_state', ['state', 'heldUntil'])
export class Job {
  @PrimaryColumn('text')
  readonly id!: string;

  @Column({ ...EPOCH_MS, name: 'created_at' })
  readonly createdAt!: number;

  @Column('text', { name: 'user_id' })
  readonly userId!: string;

  @Column('text')
  readonly state!: JobState;

  @Column('text')
  readonly format!: BatchFormat;

  /** s3://bucket/key; null: the upload, kept as a file of the job. */
  @Column('text', { nullable: true })
  readonly input!: string | null;

  /** Of the object at `input`, as it was when the job was taken: a job reads one input, not two. */
  @Column('text', { name: 'input_etag', nullable: true })
  readonly inputEtag!: string | null;

  /** s3://bucket/key, where the result is put as well. */
  @Column('text', { nullable: true })
  readonly output!: string | null;

  /** How every row is explained; null: not at all. */
  @Column('text', { nullable: true })
  readonly explain!: ExplanationChoice | null;

  /** The model, from the start of the work on. */
  @Column('text', { name: 'model_name', nullable: true })
  readonly modelName!: string | null;

  @Column('text', { name: 'model_version', nullable: true })
  readonly modelVersion!: string | null;

  @Column('text', { name: 'model_sha256', nullable: true })
  readonly modelSha256!: string | null;

  /** Rows that are in the result, refused ones included. */
  @Column({ ...BIGINT, name: 'rows_done' })
  readonly rowsDone!: number;

  @Column({ ...BIGINT, name: 'rows_refused' })
  readonly rowsRefused!: number;

  /** null until the input has been read to its end. */
  @Column({ ...BIGINT, name: 'rows_total', nullable: true })
  readonly rowsTotal!: number | null;

  /** Where the work goes on: after so many bytes and lines, and `rowsDone` rows. */
  @Column({ ...BIGINT, name: 'bytes_read' })
  readonly bytesRead!: number;

  @Column({ ...BIGINT, name: 'lines_read' })
  readonly linesRead!: number;

  @Column({ ...BIGINT, name: 'bytes_total' })
  readonly bytesTotal!: number;

  @Column('integer', { name: 'parts_done' })
  readonly partsDone!: number;

  /** The parts of the result in their order: the unique half of each file's name, then a space. */
  @Column('text')
  readonly parts!: string;

  @Column({ ...EPOCH_MS, name: 'started_at', nullable: true })
  readonly startedAt!: number | null;

  @Column({ ...EPOCH_MS, name: 'finished_at', nullable: true })
  readonly finishedAt!: number | null;

  /** Why it failed, JSON. */
  @Column('text', { nullable: true })
  readonly error!: string | null;

  /** The process that works on it; null: none. */
  @Column('text', { nullable: true })
  readonly holder!: string | null;

  /** Until then nobody else takes it up. */
  @Column({ ...EPOCH_MS, name: 'held_until' })
  readonly heldUntil!: number;

  /** How often it was taken up since the last part: a job that ends every process that works on it must end, too. */
  @Column('integer')
  readonly claims!: number;

  /** How often the part now due has failed. */
  @Column('integer')
  readonly failures!: number;
}

/** Why a job failed: the members of a problem that concern it. */
export interface JobError {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

/** Of a job that nobody has worked on yet. */
export const NOTHING_DONE = {
  state: 'queued',
  input: null,
  inputEtag: null,
  output: null,
  modelName: null,
  modelVersion: null,
  modelSha256: null,
  rowsDone: 0,
  rowsRefused: 0,
  rowsTotal: null,
  bytesRead: 0,
  linesRead: 0,
  partsDone: 0,
  parts: '',
  startedAt: null,
  finishedAt: null,
  error: null,
  holder: null,
  claims: 0,
  failures: 0,
} as const satisfies Partial<Job>;
