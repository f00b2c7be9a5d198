// A person or a program with an account.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '../common/access.ts';
import { EPOCH_MS } from '../database/epoch-ms.ts';

@Entity('users')
export class User {
  @PrimaryColumn('text')
  readonly id!: string;

  @Column('text')
  readonly username!: string;

  /** The name with case and compatibility forms folded: two users never differ by those alone. */
  @Index('users_username_key', { unique: true })
  @Column('text', { name: 'username_key' })
  readonly usernameKey!: string;

  @Column('text', { name: 'password_hash' })
  readonly passwordHash!: string;

  @Column('text')
  readonly role!: Role;

  /** Counts changes of password and role. A session remembers the number it began with and ends when it differs. */
  @Column('integer', { name: 'credentials_version' })
  readonly credentialsVersion!: number;

  @Column({ ...EPOCH_MS, name: 'created_at' })
  readonly createdAt!: number;
}
