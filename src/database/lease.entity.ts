// Who does what only one of all processes on a database may do, and until when.
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from './epoch-ms.ts';

@Entity('leases')
export class LeaseRow {
  /** What is to be done. */
  @PrimaryColumn('text')
  readonly name!: string;

  /** An id made at the holder's start. */
  @Column('text')
  readonly holder!: string;

  /** By the clock of the database. */
  @Column({ ...EPOCH_MS, name: 'held_until' })
  readonly heldUntil!: number;
}
