// What somebody said that a prediction should have been.
import { Column } from 'typeorm';
import { EPOCH_MS } from '../database/epoch-ms.ts';

export abstract class FeedbackStatement {
  /** As the model words it. */
  @Column('text')
  readonly label!: string;

  /** 1 for the positive label. */
  @Column('integer')
  readonly actual!: number;

  /** When it came to be known; null: when it was received. */
  @Column({ ...EPOCH_MS, name: 'observed_at', nullable: true })
  readonly observedAt!: number | null;

  /** What the row belongs to by attributes that the model never sees: JSON object of texts, keys sorted; null where nobody said. */
  @Column('text', { nullable: true })
  readonly groups!: string | null;

  @Column({ ...EPOCH_MS, name: 'received_at' })
  readonly receivedAt!: number;

  /** No foreign key: the label outlives the account. */
  @Column('text', { name: 'user_id' })
  readonly userId!: string;

  /** `token:<session id>` or `api_key:<key id>`. */
  @Column('text')
  readonly credential!: string;
}
