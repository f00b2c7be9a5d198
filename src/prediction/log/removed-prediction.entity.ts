// What is left of a prediction that was erased: its digest, so that the block that it was in can still be verified. Nothing of what it said.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../../database/epoch-ms.ts';

@Entity('removed_predictions')
@Index('removed_predictions_block', ['block'])
@Index('removed_predictions_removal', ['removal'])
export class RemovedPrediction {
  @PrimaryColumn('text')
  readonly id!: string;

  /** The block that stored it. */
  @Column('text')
  readonly block!: string;

  @Column('text')
  readonly digest!: string;

  @Column('text')
  readonly reason!: string;

  @Column({ ...EPOCH_MS, name: 'removed_at' })
  readonly removedAt!: number;

  /** The block that took it away, and vouches for this row. */
  @Column('text')
  readonly removal!: string;
}
