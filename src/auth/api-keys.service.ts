// API keys: made once in clear, kept as a hash, limited to scopes their owner has, used on every request of a machine.
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { SCOPES_OF_ROLE, type Principal, type Scope } from '../common/access.ts';
import type { Origin, Target } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { isOutage } from '../common/outage.ts';
import { Siblings } from '../common/siblings.ts';
import { toIso } from '../database/epoch-ms.ts';
import { SharedRowCache } from '../database/shared-row-cache.ts';
import type { User } from '../users/user.entity.ts';
import { UsersService } from '../users/users.service.ts';
import { ApiKey } from './api-key.entity.ts';
import { hashOf, newSecret } from './secret-hash.ts';

/** ftl_<id>_<secret>: the prefix lets secret scanners know it, the id finds its row. */
const KEY = /^ftl_([0-9a-f-]{36})_[\w-]{43}$/;
const LAST_USED_EVERY_MS = 60_000;

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number | null;
}

@Injectable()
export class ApiKeysService {
  private readonly recent: SharedRowCache<ApiKey>;
  /** No use is noted before, by performance.now(). */
  private notesFrom = 0;

  constructor(
    @InjectRepository(ApiKey) private readonly repository: Repository<ApiKey>,
    private readonly users: UsersService,
    private readonly audit: AuditLog,
    siblings: Siblings,
  ) {
    this.recent = new SharedRowCache((id) => repository.findOneBy({ id }), 'api_key', siblings);
  }

  /** The stored row and, this once, the key in clear. Throws FORBIDDEN for a scope that the caller has not. */
  async create(
    owner: Principal,
    { name, scopes, expiresAt }: NewApiKey,
    origin: Origin,
  ): Promise<{ readonly row: ApiKey; readonly key: string }> {
    refuseLesserKeys(owner);
    const beyond = scopes.find((scope) => !owner.scopes.includes(scope));
    if (beyond !== undefined) {
      throw new AppError('FORBIDDEN', `A key for the scope ${beyond} needs that scope.`);
    }
    const id = randomUUID();
    const key = `ftl_${id}_${newSecret()}`;
    const row = this.repository.create({
      id,
      userId: owner.userId,
      name,
      scopes: [...scopes],
      keyHash: hashOf(key),
      createdAt: Date.now(),
      lastUsedAt: null,
      expiresAt,
    });
    await this.audit.change(
      {
        action: 'api_key_created',
        origin,
        target: targetOf(row),
        outcome: 'done',
        details: { scopes, expires_at: expiresAt === null ? null : toIso(expiresAt) },
      },
      this.repository.createQueryBuilder().insert().values(row),
    );
    return { row, key };
  }

  /** The caller's keys; everybody's for an admin. */
  list(caller: Principal): Promise<readonly ApiKey[]> {
    return this.repository.find({
      where: visibleTo(caller),
      order: { createdAt: 'ASC', id: 'ASC' },
    });
  }

  /** Throws NOT_FOUND, also for a key of somebody else: who may not see it learns nothing of it. */
  async delete(caller: Principal, id: string, origin: Origin): Promise<void> {
    refuseLesserKeys(caller);
    const row = await this.repository.findOneBy({ id, ...visibleTo(caller) });
    const deleted =
      row !== null &&
      (await this.audit.change(
        { action: 'api_key_deleted', origin, target: targetOf(row), outcome: 'done' },
        this.repository.createQueryBuilder().delete().where({ id }),
      ));
    await this.recent.forgetEverywhere(id);
    if (!deleted) throw new AppError('NOT_FOUND', 'There is no API key with this id.');
  }

  /** Who is calling with this key, with the scopes that both the key and its owner's role have now. Throws INVALID_API_KEY. */
  async authenticate(key: string): Promise<Principal> {
    const id = KEY.exec(key)?.[1];
    const row = id === undefined ? null : await this.recent.get(id);
    const now = Date.now();
    const valid = row !== null && isSameHash(row.keyHash, hashOf(key)) && !isExpired(row, now);
    const user = valid ? await this.users.recently(row.userId) : null;
    if (!valid || user === null) {
      throw new AppError('INVALID_API_KEY', 'The API key is unknown, expired or revoked.');
    }
    await this.noteUse(row, now);
    return principalOf(row, user);
  }

  /**
   * At most one write a minute and key: the condition also holds off other processes. A database that cannot be written now keeps nobody
   * out, and is not tried again for every caller.
   */
  private async noteUse({ id, lastUsedAt }: ApiKey, now: number): Promise<void> {
    const due = now - LAST_USED_EVERY_MS;
    if ((lastUsedAt !== null && lastUsedAt > due) || performance.now() < this.notesFrom) return;
    try {
      await this.repository
        .createQueryBuilder()
        .update()
        .set({ lastUsedAt: now })
        .where('id = :id AND (last_used_at IS NULL OR last_used_at <= :due)', { id, due })
        .execute();
      this.recent.forget(id);
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.notesFrom = performance.now() + LAST_USED_EVERY_MS;
    }
  }
}

/** A key with fewer rights than a person must not outlive its revocation by making or deleting others. */
function refuseLesserKeys({ via, scopes }: Principal): void {
  if (via === 'api_key' && !scopes.includes('admin')) {
    throw new AppError('FORBIDDEN', 'An API key manages keys only with the scope admin.');
  }
}

const visibleTo = ({ userId, scopes }: Principal): { readonly userId?: string } =>
  scopes.includes('admin') ? {} : { userId };

const targetOf = ({ id, name }: ApiKey): Target => ({ kind: 'api_key', id, name });

const isExpired = ({ expiresAt }: ApiKey, now: number): boolean =>
  expiresAt !== null && expiresAt <= now;

const isSameHash = (stored: string, given: string): boolean =>
  timingSafeEqual(Buffer.from(stored), Buffer.from(given));

const principalOf = ({ id, name, scopes }: ApiKey, user: User): Principal => ({
  userId: user.id,
  username: user.username,
  role: user.role,
  scopes: SCOPES_OF_ROLE[user.role].filter((scope) => scopes.includes(scope)),
  via: 'api_key',
  credentialId: id,
  credentialName: name,
});
