// What the rows of one model version that one writer stored in one minute, five, an hour or a day add up to.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BIGINT, EPOCH_MS } from '../../database/epoch-ms.ts';

@Entity('prediction_rollups')
@Index('prediction_rollups_unfolded', ['startsAt'], { where: 'folded = 0' })
export class PredictionRollup {
  @PrimaryColumn('integer', { name: 'span_ms' })
  readonly spanMs!: number;

  @PrimaryColumn({ ...EPOCH_MS, name: 'starts_at' })
  readonly startsAt!: number;

  @PrimaryColumn('text', { name: 'model_name' })
  readonly modelName!: string;

  @PrimaryColumn('text', { name: 'model_version' })
  readonly modelVersion!: string;

  /** Who wrote it: one writer's life, or a later part of it. */
  @PrimaryColumn('text')
  readonly stream!: string;

  @Column(BIGINT)
  readonly rows!: number;

  /** 0: a minute that the longer buckets do not hold; its writer goes on with it, or ended before it could add it to them. */
  @Column('integer')
  readonly folded!: number;

  /** The roll-up, JSON. */
  @Column('text')
  readonly body!: string;
}
