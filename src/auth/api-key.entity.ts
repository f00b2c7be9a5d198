// A key that lets a machine act for a user, within the scopes it was given.
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Scope } from '../common/access.ts';
import { EPOCH_MS } from '../database/epoch-ms.ts';
import { User } from '../users/user.entity.ts';

@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('text')
  readonly id!: string;

  @Index('api_keys_user_id')
  @ForeignKey(() => User, { name: 'api_keys_user_id_fkey', onDelete: 'CASCADE' })
  @Column('text', { name: 'user_id' })
  readonly userId!: string;

  @Column('text')
  readonly name!: string;

  /** Comma-separated in the database. */
  @Column('simple-array')
  readonly scopes!: Scope[];

  @Column('text', { name: 'key_hash' })
  readonly keyHash!: string;

  @Column({ ...EPOCH_MS, name: 'created_at' })
  readonly createdAt!: number;

  /** Kept to the minute. */
  @Column({ ...EPOCH_MS, name: 'last_used_at', nullable: true })
  readonly lastUsedAt!: number | null;

  @Column({ ...EPOCH_MS, name: 'expires_at', nullable: true })
  readonly expiresAt!: number | null;
}
