// A block of the log's hash chain as it is stored; log-chain.ts says what it means.
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT, EPOCH_MS } from '../../database/epoch-ms.ts';
import type { BlockKind, LogBlock } from './log-chain.ts';

@Entity({ name: 'log_blocks', withoutRowid: true })
export class StoredLogBlock implements LogBlock {
  @PrimaryColumn('text')
  readonly stream!: string;

  @PrimaryColumn(BIGINT)
  readonly sequence!: number;

  @Column('text')
  readonly kind!: BlockKind;

  @Column({ ...EPOCH_MS, name: 'first_at' })
  readonly firstAt!: number;

  @Column({ ...EPOCH_MS, name: 'last_at' })
  readonly lastAt!: number;

  @Column(BIGINT)
  readonly rows!: number;

  @Column('text')
  readonly digest!: string;

  @Column('text')
  readonly previous!: string;

  @Column('text')
  readonly hash!: string;

  @Column('text')
  readonly detail!: string;
}
