// Sessions: opened by a login, continued by rotating refresh tokens, ended by logout, reuse of a refresh token, or a change of the
// user's credentials. Each step is one statement, with its event, so it holds with many servers and on SQLite's one connection.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, LessThan, Repository } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import type { Principal } from '../common/access.ts';
import { actingAs, userTarget, type Audited, type Origin } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { Siblings } from '../common/siblings.ts';
import { SharedRowCache } from '../database/shared-row-cache.ts';
import type { User } from '../users/user.entity.ts';
import { UsersService } from '../users/users.service.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import { Session } from './session.entity.ts';

/** A session as its owner sees it: whose it is, and the one refresh token that continues it. */
export interface OpenSession {
  readonly id: string;
  readonly user: User;
  readonly refreshToken: string;
}

@Injectable()
export class SessionsService {
  private readonly recent: SharedRowCache<Session>;

  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly refreshTokens: RefreshTokens,
    private readonly users: UsersService,
    private readonly audit: AuditLog,
    siblings: Siblings,
  ) {
    this.recent = new SharedRowCache((id) => sessions.findOneBy({ id }), 'session', siblings);
  }

  /** Begins a session; the moment to forget those nobody can continue. A login that cannot be kept in the audit log does not happen. */
  async open(user: User, origin: Origin): Promise<OpenSession> {
    const now = Date.now();
    await this.sessions.delete({ expiresAt: LessThan(now) });
    const session = {
      id: randomUUID(),
      userId: user.id,
      credentialsVersion: user.credentialsVersion,
      createdAt: now,
      expiresAt: now + this.refreshTokens.lifetimeMs,
      revokedAt: null,
    };
    await this.audit.change(
      {
        action: 'login',
        origin: actingAs(origin, user),
        target: userTarget(user),
        outcome: 'done',
      },
      this.sessions.createQueryBuilder().insert().values(session),
    );
    const refreshToken = await this.refreshTokens.add(session.id, now);
    return { id: session.id, user, refreshToken };
  }

  /**
   * Uses a refresh token up and answers the next one. A used one that comes again was stolen, from its owner or by them: the whole
   * session ends (RFC 9700, 4.14.2). Throws INVALID_GRANT.
   */
  async rotate(refreshToken: string, origin: Origin): Promise<OpenSession> {
    const now = Date.now();
    const used = await this.refreshTokens.useUp(refreshToken, now);
    const session = used && (await this.sessions.findOneBy({ id: used.sessionId }));
    const user = session && (await this.users.get(session.userId));
    if (used === null || session === null || user === null) throw invalidGrant();
    const { id } = session;
    if (used.isReused) {
      await this.end(id, {
        action: 'token_refresh_reused',
        origin,
        target: userTarget(user),
        outcome: 'refused',
      });
      throw invalidGrant();
    }
    if (!isOpen(session, user)) throw invalidGrant();
    await this.sessions.update({ id }, { expiresAt: now + this.refreshTokens.lifetimeMs });
    await this.refreshTokens.forgetExpired(id, now);
    return { id, user, refreshToken: await this.refreshTokens.add(id, now) };
  }

  /** Ends the caller's session: its access tokens and refresh tokens are refused from now on, over restarts too. */
  revoke({ credentialId, userId, username }: Principal, origin: Origin): Promise<void> {
    const target = userTarget({ id: userId, username });
    return this.end(credentialId, { action: 'logout', origin, target, outcome: 'done' });
  }

  /** Once: an event of a session that has ended already is not kept, so that nobody can fill the audit log with an old token. */
  private async end(id: string, event: Audited): Promise<void> {
    await this.audit.change(
      event,
      this.sessions
        .createQueryBuilder()
        .update()
        .set({ revokedAt: Date.now() })
        .where({ id, revokedAt: IsNull() }),
    );
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
}

const isOpen = (session: Session, user: User): boolean =>
  session.revokedAt === null && session.credentialsVersion === user.credentialsVersion;

const invalidGrant = (): AppError =>
  new AppError('INVALID_GRANT', 'The refresh token is unknown, expired, used or revoked; log in.');
