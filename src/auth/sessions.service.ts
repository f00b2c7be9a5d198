// Sessions: opened by a login, continued by rotating refresh tokens, ended by logout, reuse of a refresh token, or a change of the
// user's credentials. Each step is one statement, so it holds with many servers and on SQLite's one connection.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, Repository } from 'typeorm';
import { AppError } from '../common/errors.ts';
import { Siblings } from '../common/siblings.ts';
import { Config } from '../config/load-config.ts';
import { SharedRowCache } from '../database/shared-row-cache.ts';
import type { User } from '../users/user.entity.ts';
import { UsersService } from '../users/users.service.ts';
import { hashOf, newSecret } from './secret-hash.ts';
import { RefreshToken, Session } from './session.entity.ts';

/** A session as its owner sees it: whose it is, and the one refresh token that continues it. */
export interface OpenSession {
  readonly id: string;
  readonly user: User;
  readonly refreshToken: string;
}

@Injectable()
export class SessionsService {
  private readonly refreshMs: number;
  private readonly recent: SharedRowCache<Session>;

  constructor(
    config: Config,
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    @InjectRepository(RefreshToken) private readonly refreshTokens: Repository<RefreshToken>,
    private readonly users: UsersService,
    siblings: Siblings,
  ) {
    this.recent = new SharedRowCache((id) => sessions.findOneBy({ id }), 'session', siblings);
    this.refreshMs = config.auth.refreshSeconds * 1000;
  }

  /** Begins a session; the moment to forget those nobody can continue. */
  async open(user: User): Promise<OpenSession> {
    const now = Date.now();
    await this.sessions.delete({ expiresAt: LessThan(now) });
    const id = randomUUID();
    await this.sessions.insert({
      id,
      userId: user.id,
      credentialsVersion: user.credentialsVersion,
      createdAt: now,
      expiresAt: now + this.refreshMs,
      revokedAt: null,
    });
    return { id, user, refreshToken: await this.addRefreshToken(id, now) };
  }

  /**
   * Uses a refresh token up and answers the next one. A used one that comes again was stolen, from its owner or by them: the whole
   * session ends (RFC 9700, 4.14.2). Throws INVALID_GRANT.
   */
  async rotate(refreshToken: string): Promise<OpenSession> {
    const now = Date.now();
    const token = await this.refreshTokens.findOneBy({ tokenHash: hashOf(refreshToken) });
    if (token === null || token.expiresAt <= now) throw invalidGrant();
    const { tokenHash, sessionId } = token;
    const { affected } = await this.refreshTokens.update(
      { tokenHash, usedAt: IsNull() },
      { usedAt: now },
    );
    if (affected !== 1) {
      await this.revoke(sessionId);
      throw invalidGrant();
    }
    const session = await this.sessions.findOneBy({ id: sessionId });
    const user = session && (await this.users.get(session.userId));
    if (session === null || user === null || !isOpen(session, user)) throw invalidGrant();
    await this.sessions.update({ id: sessionId }, { expiresAt: now + this.refreshMs });
    await this.refreshTokens.delete({ sessionId, expiresAt: LessThan(now) });
    return { id: sessionId, user, refreshToken: await this.addRefreshToken(sessionId, now) };
  }

  /** Ends a session: its access tokens and refresh tokens are refused from now on, over restarts too. */
  async revoke(id: string): Promise<void> {
    await this.sessions.update({ id, revokedAt: IsNull() }, { revokedAt: Date.now() });
    await this.recent.forgetEverywhere(id);
  }

  /** The user of a session that is open, or null. Asked on every request with a token. */
  async userOf(id: string): Promise<User | null> {
    const session = await this.recent.get(id);
    const user = session && (await this.users.recently(session.userId));
    return session !== null && user !== null && isOpen(session, user) ? user : null;
  }

  /** The same where it is at hand now; undefined says to ask userOf(). */
  peekUser(id: string): User | undefined {
    const session = this.recent.peek(id);
    const user = session && this.users.peek(session.userId);
    return session !== undefined && user !== undefined && isOpen(session, user) ? user : undefined;
  }

  private async addRefreshToken(sessionId: string, now: number): Promise<string> {
    const refreshToken = newSecret();
    await this.refreshTokens.insert({
      tokenHash: hashOf(refreshToken),
      sessionId,
      expiresAt: now + this.refreshMs,
      usedAt: null,
    });
    return refreshToken;
  }
}

const isOpen = (session: Session, user: User): boolean =>
  session.revokedAt === null && session.credentialsVersion === user.credentialsVersion;

const invalidGrant = (): AppError =>
  new AppError('INVALID_GRANT', 'The refresh token is unknown, expired, used or revoked; log in.');
