// A login: what an access token's `sid` names, and the refresh tokens that continue it.
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { EPOCH_MS } from '../database/epoch-ms.ts';
import { User } from '../users/user.entity.ts';

@Entity('sessions')
export class Session {
  @PrimaryColumn('text')
  readonly id!: string;

  @Index('sessions_user_id')
  @ForeignKey(() => User, { name: 'sessions_user_id_fkey', onDelete: 'CASCADE' })
  @Column('text', { name: 'user_id' })
  readonly userId!: string;

  /** The user's number at login; the session ends when the user's differs. */
  @Column('integer', { name: 'credentials_version' })
  readonly credentialsVersion!: number;

  @Column({ ...EPOCH_MS, name: 'created_at' })
  readonly createdAt!: number;

  /** When its newest refresh token expires; the row is of no use afterwards. */
  @Index('sessions_expires_at')
  @Column({ ...EPOCH_MS, name: 'expires_at' })
  readonly expiresAt!: number;

  @Column({ ...EPOCH_MS, name: 'revoked_at', nullable: true })
  readonly revokedAt!: number | null;
}

/** One link of a session's chain of refresh tokens. Used ones stay until they expire, so that a second use is seen. */
@Entity('refresh_tokens')
export class RefreshToken {
  @PrimaryColumn('text', { name: 'token_hash' })
  readonly tokenHash!: string;

  @Index('refresh_tokens_session_id')
  @ForeignKey(() => Session, { name: 'refresh_tokens_session_id_fkey', onDelete: 'CASCADE' })
  @Column('text', { name: 'session_id' })
  readonly sessionId!: string;

  @Column({ ...EPOCH_MS, name: 'expires_at' })
  readonly expiresAt!: number;

  @Column({ ...EPOCH_MS, name: 'used_at', nullable: true })
  readonly usedAt!: number | null;
}
