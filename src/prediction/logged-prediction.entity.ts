// A prediction as it is stored before it is answered.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT, EPOCH_MS } from '../database/epoch-ms.ts';

@Entity('predictions')
@Index('predictions_created_at', ['createdAt'])
@Index('predictions_model_created_at', ['modelName', 'modelVersion', 'createdAt'])
@Index('predictions_explained_created_at', ['createdAt'], { where: 'explanation IS NOT NULL' })
@Index('predictions_key', ['key'], { where: 'key IS NOT NULL' })
export class LoggedPrediction {
  @PrimaryColumn('text')
  readonly id!: string;

  @Column({ ...EPOCH_MS, name: 'created_at' })
  readonly createdAt!: number;

  /** No foreign key: the log outlives the account. */
  @Column('text', { name: 'user_id' })
  readonly userId!: string;

  /** `token:<session id>` or `api_key:<key id>`. */
  @Column('text')
  readonly credential!: string;

  @Column('text', { nullable: true })
  readonly key!: string | null;

  @Column('text', { name: 'model_name' })
  readonly modelName!: string;

  @Column('text', { name: 'model_version' })
  readonly modelVersion!: string;

  /** The features as they came, JSON. */
  @Column('text')
  readonly inputs!: string;

  @Column('double precision')
  readonly probability!: number;

  @Column('text')
  readonly label!: string;

  @Column('double precision')
  readonly threshold!: number;

  /** JSON array of { feature, code }. */
  @Column('text')
  readonly warnings!: string;

  @Column('double precision', { name: 'duration_ms' })
  readonly durationMs!: number;

  /** Of the whole process since the prediction before, in percent of one core: not the cost of this one. */
  @Column('double precision', { name: 'cpu_percent' })
  readonly cpuPercent!: number;

  @Column({ ...BIGINT, name: 'memory_bytes' })
  readonly memoryBytes!: number;

  /** As it was answered, JSON; null where nobody asked for one. */
  @Column('text', { nullable: true })
  readonly explanation!: string | null;

  /** Of the log's chain; its writer sets it. null for rows from before the chain. */
  @Column('text', { nullable: true })
  readonly block?: string | null;
}
