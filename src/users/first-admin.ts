// Makes the first administrator where there is no user yet.
import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { commandOrigin } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { Config, ConfigError } from '../config/load-config.ts';
import { isAcceptablePassword, PASSWORD_EXPECTED } from './password.ts';
import { isUsername, USERNAME_EXPECTED } from './username.ts';
import { UsersService } from './users.service.ts';

const GENERATED_BYTES = 15; // 20 characters of base64url, 120 bits

@Injectable()
export class FirstAdmin implements OnModuleInit {
  /** What main.ts prints, once; null unless this start made the admin with a generated password. Never logged or stored. */
  generated: { readonly username: string; readonly password: string } | null = null;

  constructor(
    private readonly config: Config,
    private readonly users: UsersService,
  ) {}

  /** Throws ConfigError for a name or password that no user may have. */
  async onModuleInit(): Promise<void> {
    if ((await this.users.count()) > 0) return;
    const { adminUsername: username, adminPassword } = this.config.auth;
    if (!isUsername(username)) throw new ConfigError(`ADMIN_USERNAME ${USERNAME_EXPECTED}`);
    if (adminPassword !== null && !isAcceptablePassword(adminPassword)) {
      throw new ConfigError(`ADMIN_PASSWORD ${PASSWORD_EXPECTED}`);
    }
    const password = adminPassword ?? randomBytes(GENERATED_BYTES).toString('base64url');
    try {
      await this.users.create({ username, password, role: 'admin' }, commandOrigin('start'));
    } catch (error) {
      // Another server on the same database was first: its admin, its password.
      if (error instanceof AppError && error.code === 'CONFLICT') return;
      throw error;
    }
    if (adminPassword === null) this.generated = { username, password };
  }
}
