// Something out of the ordinary, from when it began to when it was last seen.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../../database/epoch-ms.ts';
import type { AnomalyKind } from '../../metrics/monitoring-instruments.ts';

@Entity('anomalies')
@Index('anomalies_ended_at', ['endedAt'])
export class Anomaly {
  @PrimaryColumn('text')
  readonly id!: string;

  @Column(EPOCH_MS)
  readonly at!: number;

  @Column({ ...EPOCH_MS, name: 'ended_at' })
  readonly endedAt!: number;

  @Column('text')
  readonly kind!: AnomalyKind;

  @Column('text', { name: 'model_name' })
  readonly modelName!: string;

  /** null where it is not of one version: what the processes use, and requests that no model answered. */
  @Column('text', { name: 'model_version', nullable: true })
  readonly modelVersion!: string | null;

  @Column('text', { nullable: true })
  readonly feature!: string | null;

  /** Never a value of a row: a mean, a share or a distance. */
  @Column('double precision', { nullable: true })
  readonly value!: number | null;

  @Column('double precision', { nullable: true })
  readonly expected!: number | null;

  /** JSON. */
  @Column('text')
  readonly evidence!: string;

  /** JSON array. */
  @Column('text', { name: 'prediction_ids' })
  readonly predictionIds!: string;

  @Column({ ...EPOCH_MS, name: 'acknowledged_at', nullable: true })
  readonly acknowledgedAt!: number | null;

  @Column('text', { name: 'acknowledged_by', nullable: true })
  readonly acknowledgedBy!: string | null;

  @Column('text', { nullable: true })
  readonly note!: string | null;
}
