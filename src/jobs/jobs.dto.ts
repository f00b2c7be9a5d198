// What the routes of jobs answer.
import { ApiProperty } from '@nestjs/swagger';
import { toIso } from '../database/epoch-ms.ts';
import { BATCH_FORMATS, type BatchFormat } from '../prediction/batch/batch-format.ts';
import { ModelReference } from '../prediction/prediction.dto.ts';
import { JOB_STATES, type Job, type JobError, type JobState } from './job.entity.ts';

const INSTANT = { format: 'date-time', example: '2026-01-31T12:00:00.000Z' };
const LATER = { ...INSTANT, type: String, nullable: true };

export class JobErrorResponse implements JobError {
  @ApiProperty({ example: 'INVALID_INPUT' })
  readonly code!: string;

  @ApiProperty()
  readonly title!: string;

  @ApiProperty({ description: 'What is wrong, with the line where there is one.' })
  readonly detail!: string;
}

export class JobResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;

  @ApiProperty({ enum: JOB_STATES })
  readonly state: JobState;

  @ApiProperty({ enum: BATCH_FORMATS, description: 'Of the rows as they came.' })
  readonly format: BatchFormat;

  @ApiProperty({ type: String, nullable: true, description: 's3://bucket/key; null: an upload.' })
  readonly input: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 's3://bucket/key, where the result is put as well.',
  })
  readonly output: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['default', 'path_dependent', 'interventional'],
    description: 'How every row is explained; null: not at all.',
  })
  readonly explain: string | null;

  @ApiProperty({
    type: ModelReference,
    nullable: true,
    description: 'The version that was live when the work began; it answers every row.',
  })
  readonly model: ModelReference | null;

  @ApiProperty({ description: 'Rows in the result so far, refused ones included.' })
  readonly rows_done: number;

  @ApiProperty({ description: 'Those of them that were refused.' })
  readonly rows_refused: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Known when all have been read.' })
  readonly rows_total: number | null;

  @ApiProperty({ description: 'Of the input; 0 for Parquet until it is done.' })
  readonly bytes_read: number;

  @ApiProperty()
  readonly bytes_total: number;

  @ApiProperty(INSTANT)
  readonly created_at: string;

  @ApiProperty(LATER)
  readonly started_at: string | null;

  @ApiProperty(LATER)
  readonly finished_at: string | null;

  @ApiProperty({ type: JobErrorResponse, nullable: true, description: 'Why it failed.' })
  readonly error: JobError | null;

  constructor(job: Job) {
    this.id = job.id;
    this.state = job.state;
    this.format = job.format;
    this.input = job.input;
    this.output = job.output;
    this.explain = job.explain;
    this.model = modelOf(job);
    this.rows_done = job.rowsDone;
    this.rows_refused = job.rowsRefused;
    this.rows_total = job.rowsTotal;
    this.bytes_read = job.rowsTotal === null ? job.bytesRead : job.bytesTotal;
    this.bytes_total = job.bytesTotal;
    this.created_at = toIso(job.createdAt);
    this.started_at = job.startedAt === null ? null : toIso(job.startedAt);
    this.finished_at = job.finishedAt === null ? null : toIso(job.finishedAt);
    this.error = job.error === null ? null : (JSON.parse(job.error) as JobError);
  }
}

export class JobPageResponse {
  @ApiProperty({ type: JobResponse, isArray: true, description: 'Newest first.' })
  readonly items: readonly JobResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'null on the last page.' })
  readonly next_cursor: string | null;

  constructor(items: readonly Job[], nextCursor: string | null) {
    this.items = items.map((job) => new JobResponse(job));
    this.next_cursor = nextCursor;
  }
}

const modelOf = ({ modelName: name, modelVersion: version }: Job): ModelReference | null =>
  name === null || version === null ? null : { name, version };
