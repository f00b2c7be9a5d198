// Accounts: create, read, change, delete, with the rules that keep the installation administrable.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import type { Role } from '../common/access.ts';
import { userTarget, type AuditAction, type Details, type Origin } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { Siblings } from '../common/siblings.ts';
import { SharedRowCache } from '../database/shared-row-cache.ts';
import { isUniqueViolation } from '../database/statements.ts';
import { Passwords } from './password.ts';
import { User } from './user.entity.ts';
import { isUsername, usernameKey } from './username.ts';

export interface NewUser {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
}

const USERS = 'users';
const ANOTHER_ADMIN_STAYS = `(role <> 'admin' OR (SELECT COUNT(*) FROM ${USERS} WHERE role = 'admin') > 1)`;

@Injectable()
export class UsersService {
  private readonly recent: SharedRowCache<User>;

  constructor(
    @InjectRepository(User) private readonly repository: Repository<User>,
    private readonly passwords: Passwords,
    private readonly audit: AuditLog,
    siblings: Siblings,
  ) {
    this.recent = new SharedRowCache((id) => repository.findOneBy({ id }), 'user', siblings);
  }

  /** Throws CONFLICT where the name is taken. */
  async create({ username, password, role }: NewUser, origin: Origin): Promise<User> {
    const user = this.repository.create({
      id: randomUUID(),
      username,
      usernameKey: usernameKey(username),
      passwordHash: await this.passwords.hash(password),
      role,
      credentialsVersion: 0,
      createdAt: Date.now(),
    });
    await this.refusingTakenNames(() =>
      this.audit.change(
        {
          action: 'user_created',
          origin,
          target: userTarget(user),
          outcome: 'done',
          details: { role },
        },
        this.repository.createQueryBuilder().insert().values(user),
      ),
    );
    return user;
  }

  list(): Promise<readonly User[]> {
    return this.repository.find({ order: { usernameKey: 'ASC' } });
  }

  count(): Promise<number> {
    return this.repository.count();
  }

  /** Throws NOT_FOUND. */
  async get(id: string): Promise<User> {
    const user = await this.repository.findOneBy({ id });
    if (user === null) throw new AppError('NOT_FOUND', 'There is no user with this id.');
    return user;
  }

  /** What is known of a user on every request: at most a second old if another server changed it, else present. */
  recently(id: string): Promise<User | null> {
    return this.recent.get(id);
  }

  /** The same where it is at hand now; undefined says to ask recently(). */
  peek(id: string): User | undefined {
    return this.recent.peek(id);
  }

  async findByUsername(username: string): Promise<User | null> {
    if (!isUsername(username)) return null;
    return this.repository.findOneBy({ usernameKey: usernameKey(username) });
  }

  /** Changes what is given. A new password or another role ends all sessions of the user. Throws NOT_FOUND, CONFLICT. */
  update(id: string, changes: Partial<NewUser>, origin: Origin): Promise<User> {
    return this.change(id, changes, 'user_changed', origin);
  }

  /** Sets the password that a user has chosen, which ends all sessions of the user. Throws NOT_FOUND. */
  async changePassword(id: string, password: string, origin: Origin): Promise<void> {
    await this.change(id, { password }, 'password_changed', origin);
  }

  /** Deletes the user with all sessions and API keys. Throws NOT_FOUND, CONFLICT. */
  async delete(id: string, origin: Origin): Promise<void> {
    const user = await this.get(id);
    const deleted = await this.audit.change(
      { action: 'user_deleted', origin, target: userTarget(user), outcome: 'done' },
      this.repository.createQueryBuilder().delete().where({ id }).andWhere(ANOTHER_ADMIN_STAYS),
      USERS,
    );
    await this.recent.forgetEverywhere(id);
    if (!deleted) await this.explainRefusal(id);
  }

  private async change(
    id: string,
    changes: Partial<NewUser>,
    action: AuditAction,
    origin: Origin,
  ): Promise<User> {
    const { username, password, role } = changes;
    const user = await this.get(id);
    const values = {
      ...(username !== undefined && { username, usernameKey: usernameKey(username) }),
      ...(role !== undefined && { role }),
      ...(password !== undefined && { passwordHash: await this.passwords.hash(password) }),
      ...((password !== undefined || (role !== undefined && role !== user.role)) && {
        credentialsVersion: () => 'credentials_version + 1',
      }),
    };
    if (Object.keys(values).length === 0) return user;
    const update = this.repository.createQueryBuilder().update().set(values).where({ id });
    if (role !== undefined && role !== 'admin') update.andWhere(ANOTHER_ADMIN_STAYS);
    const details = changedFields(user, changes);
    const changed = await this.refusingTakenNames(() =>
      this.audit.change(
        { action, origin, target: userTarget(user), outcome: 'done', details },
        update,
        USERS,
      ),
    );
    await this.recent.forgetEverywhere(id);
    if (!changed) await this.explainRefusal(id);
    return this.get(id);
  }

  private async explainRefusal(id: string): Promise<never> {
    await this.get(id);
    throw new AppError('CONFLICT', 'This is the last admin: make another user admin first.');
  }

  private async refusingTakenNames<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('CONFLICT', 'This username is taken; case makes no difference.');
    }
  }
}

/** Which fields become others, and from what to what where that is no secret. */
function changedFields(user: User, { username, password, role }: Partial<NewUser>): Details {
  const isRenamed = username !== undefined && username !== user.username;
  const isOtherRole = role !== undefined && role !== user.role;
  return {
    fields: [
      ...(isRenamed ? ['username'] : []),
      ...(isOtherRole ? ['role'] : []),
      ...(password !== undefined ? ['password'] : []),
    ],
    ...(isRenamed && { username: { from: user.username, to: username } }),
    ...(isOtherRole && { role: { from: user.role, to: role } }),
  };
}
