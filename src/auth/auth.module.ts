// Authentication and the global guard: with this module in the application every route is closed until it says who may call it.
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/load-config.ts';
import { UsersModule } from '../users/users.module.ts';
import { AccessGuard } from './access.guard.ts';
import { signing } from './access-token.ts';
import { ApiKey } from './api-key.entity.ts';
import { ApiKeysController } from './api-keys.controller.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { BearerTokens } from './bearer-tokens.ts';
import { RefreshToken, Session } from './session.entity.ts';
import { SessionsService } from './sessions.service.ts';
import { JwksController } from './jwks.controller.ts';
import { SigningKeys } from './signing-keys.ts';
import { TokenController } from './token.controller.ts';
import { TokenService } from './token.service.ts';

@Module({
  imports: [UsersModule, TypeOrmModule.forFeature([Session, RefreshToken, ApiKey])],
  controllers: [TokenController, ApiKeysController, JwksController],
  providers: [
    SigningKeys,
    {
      provide: JwtService,
      inject: [Config],
      useFactory: ({ auth }: Config) => new JwtService(signing(auth.accessSeconds)),
    },
    SessionsService,
    TokenService,
    ApiKeysService,
    BearerTokens,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
export class AuthModule {}
