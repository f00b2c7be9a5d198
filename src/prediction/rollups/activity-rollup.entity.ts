// What one process did in one minute, five, an hour or a day.
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../../database/epoch-ms.ts';

@Entity('activity_rollups')
export class ActivityRollup {
  @PrimaryColumn('integer', { name: 'span_ms' })
  readonly spanMs!: number;

  @PrimaryColumn({ ...EPOCH_MS, name: 'starts_at' })
  readonly startsAt!: number;

  /** One life of the process. */
  @PrimaryColumn('text')
  readonly stream!: string;

  /** The bucket, JSON. */
  @Column('text')
  readonly body!: string;
}
