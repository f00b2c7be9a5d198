// The only place where a password is checked: a login and a change of one's own password ask here, under one limit.
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/errors.ts';
import { AttemptLimiter } from './attempt-limiter.ts';
import { Passwords } from './password.ts';
import type { User } from './user.entity.ts';
import { usernameKey } from './username.ts';
import { UsersService } from './users.service.ts';

@Injectable()
export class CredentialsService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly limiter: AttemptLimiter,
  ) {}

  /**
   * The user with this name and password. Throws INVALID_CREDENTIALS, the same answer after the same time for an unknown name and a
   * wrong password; TOO_MANY_REQUESTS.
   */
  async verify(username: string, password: string, address: string): Promise<User> {
    const user = await this.limiter.attempt(usernameKey(username), address, async () => {
      const found = await this.users.findByUsername(username);
      const right = await this.passwords.matches(password, found?.passwordHash ?? null);
      return right ? found : null;
    });
    if (user === null) {
      throw new AppError('INVALID_CREDENTIALS', 'The username or the password is wrong.');
    }
    return user;
  }

  /** Sets one's own new password and ends all one's sessions, this one too. */
  async changePassword(
    username: string,
    change: { readonly current_password: string; readonly new_password: string },
    address: string,
  ): Promise<void> {
    const user = await this.verify(username, change.current_password, address);
    await this.users.update(user.id, { password: change.new_password });
  }
}
