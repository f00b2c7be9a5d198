// The only place where a password is checked: a login and a change of one's own password ask here, under one limit.
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.ts';
import { userTarget, type AuditAction, type RemoteOrigin } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import { Passwords } from './password.ts';
import type { User } from './user.entity.ts';
import { usernameKey } from './username.ts';
import { UsersService } from './users.service.ts';

interface Login {
  readonly username: string;
  readonly password: string;
}

@Injectable()
export class CredentialsService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly limiter: AttemptLimiter,
    private readonly audit: AuditLog,
  ) {}

  /**
   * The user with this name and password. Throws INVALID_CREDENTIALS, the same answer after the same time for an unknown name and a
   * wrong password; TOO_MANY_REQUESTS. What is refused is kept as `refusal`, with the name only where there is such a user: people type passwords
   * into the wrong field. What the limit turns away is not: nobody can fill the audit log with it.
   */
  async verify(
    { username, password }: Login,
    refusal: AuditAction,
    origin: RemoteOrigin,
  ): Promise<User> {
    const tried: { user: User | null } = { user: null };
    const user = await this.limiter.attempt(usernameKey(username), origin.address, async () => {
      const found = await this.users.findByUsername(username);
      tried.user = found;
      const right = await this.passwords.matches(password, found?.passwordHash ?? null);
      return right ? found : null;
    });
    if (user === null) {
      const target = tried.user && userTarget(tried.user);
      await this.audit.record({ action: refusal, origin, target, outcome: 'refused' });
      throw new AppError('INVALID_CREDENTIALS', 'The username or the password is wrong.');
    }
    return user;
  }

  /** Sets one's own new password and ends all one's sessions, this one too. */
  async changePassword(
    username: string,
    change: { readonly current_password: string; readonly new_password: string },
    origin: RemoteOrigin,
  ): Promise<void> {
    const login = { username, password: change.current_password };
    const { id } = await this.verify(login, 'password_changed', origin);
    await this.users.changePassword(id, change.new_password, origin);
  }
}
