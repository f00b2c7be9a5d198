// How far the log has been looked at.
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT, EPOCH_MS } from '../../database/epoch-ms.ts';

@Entity('anomaly_cursors')
export class AnomalyCursor {
  /** Of the log that is looked at. */
  @PrimaryColumn('text')
  readonly name!: string;

  /** When the last row that was looked at was stored, and its id. */
  @Column(EPOCH_MS)
  readonly at!: number;

  @Column('text', { name: 'row_id' })
  readonly rowId!: string;

  @Column({ ...EPOCH_MS, name: 'looked_at' })
  readonly lookedAt!: number;

  /** Rows that were too many to look at, all in all. */
  @Column(BIGINT)
  readonly skipped!: number;
}
