// When a server was last seen: what ends its serving in the history where it could not say so itself.
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../database/epoch-ms.ts';

@Entity('serving_heartbeats')
export class ServingHeartbeat {
  /** An id made at its start. */
  @PrimaryColumn('text')
  readonly server!: string;

  @Column({ ...EPOCH_MS, name: 'seen_at' })
  readonly seenAt!: number;
}
