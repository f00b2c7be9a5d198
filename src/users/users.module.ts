// Accounts and the check of their passwords.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AttemptLimiter } from './attempt-limiter.ts';
import { CredentialsService } from './credentials.service.ts';
import { FirstAdmin } from './first-admin.ts';
import { Passwords } from './password.ts';
import { User } from './user.entity.ts';
import { UsersController } from './users.controller.ts';
import { UsersService } from './users.service.ts';

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  controllers: [UsersController],
  providers: [UsersService, CredentialsService, Passwords, AttemptLimiter, FirstAdmin],
  exports: [UsersService, CredentialsService, FirstAdmin],
})
export class UsersModule {}
