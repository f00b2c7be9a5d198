// Accounts and the check of their passwords.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Siblings } from '../common/siblings.ts';
import { Config } from '../config/load-config.ts';
import { AttemptLimiter, MemoryAttemptLimiter } from './attempt-limiter.ts';
import { CredentialsService } from './credentials.service.ts';
import { FirstAdmin } from './first-admin.ts';
import { Passwords } from './password.ts';
import { PrimaryAttemptLimiter } from './primary-attempt-limiter.ts';
import { User } from './user.entity.ts';
import { UsersController } from './users.controller.ts';
import { UsersService } from './users.service.ts';

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  controllers: [UsersController],
  providers: [
    UsersService,
    CredentialsService,
    Passwords,
    {
      provide: AttemptLimiter,
      inject: [Config, Siblings],
      useFactory: (config: Config, { primary }: Siblings) =>
        primary === null ? new MemoryAttemptLimiter(config) : new PrimaryAttemptLimiter(primary),
    },
    FirstAdmin,
  ],
  exports: [UsersService, CredentialsService, FirstAdmin],
})
export class UsersModule {}
