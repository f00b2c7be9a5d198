// One scheduled evaluation of drift, as it was found.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../../database/epoch-ms.ts';

@Entity('drift_evaluations')
@Index('drift_evaluations_at', ['at'])
export class DriftEvaluation {
  @PrimaryColumn('text')
  readonly id!: string;

  @Column(EPOCH_MS)
  readonly at!: number;

  @Column('text', { name: 'model_name' })
  readonly modelName!: string;

  @Column('text', { name: 'model_version' })
  readonly modelVersion!: string;

  @Column('text', { name: 'window_name' })
  readonly windowName!: string;

  /** What GET /monitoring/drift would have answered, JSON. */
  @Column('text')
  readonly body!: string;
}
