// Refresh tokens: each works once and continues one session. Used ones stay until they expire, so that a second use is seen.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, type Repository } from 'typeorm';
import { Config } from '../config/load-config.ts';
import { hashOf, newSecret } from './secret-hash.ts';
import { RefreshToken } from './session.entity.ts';

@Injectable()
export class RefreshTokens {
  readonly lifetimeMs: number;

  constructor(
    { auth }: Config,
    @InjectRepository(RefreshToken) private readonly rows: Repository<RefreshToken>,
  ) {
    this.lifetimeMs = auth.refreshSeconds * 1000;
  }

  /** The next one of a session, in clear this once. */
  async add(sessionId: string, now: number): Promise<string> {
    const refreshToken = newSecret();
    await this.rows.insert({
      tokenHash: hashOf(refreshToken),
      sessionId,
      expiresAt: now + this.lifetimeMs,
      usedAt: null,
    });
    return refreshToken;
  }

  /** Uses one up: whose it is, and whether it was used before. null for one that is unknown or expired. */
  async useUp(
    refreshToken: string,
    now: number,
  ): Promise<{ readonly sessionId: string; readonly isReused: boolean } | null> {
    const token = await this.rows.findOneBy({ tokenHash: hashOf(refreshToken) });
    if (token === null || token.expiresAt <= now) return null;
    const { tokenHash, sessionId } = token;
    const { affected } = await this.rows.update({ tokenHash, usedAt: IsNull() }, { usedAt: now });
    return { sessionId, isReused: affected !== 1 };
  }

  async forgetExpired(sessionId: string, now: number): Promise<void> {
    await this.rows.delete({ sessionId, expiresAt: LessThan(now) });
  }
}
