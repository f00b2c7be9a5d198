// Authentication and the global guard: with this module in the application every route is closed until it says who may call it.
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PrimaryRateLimiter } from '../common/rate-limit/primary-rate-limiter.ts';
import { RateBuckets } from '../common/rate-limit/rate-buckets.ts';
import { Siblings } from '../common/siblings.ts';
import { Config } from '../config/load-config.ts';
import { UsersModule } from '../users/users.module.ts';
import { AccessGuard } from './access.guard.ts';
import { signing } from './access-token.ts';
import { ApiKey } from './api-key.entity.ts';
import { ApiKeysController } from './api-keys.controller.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { BearerTokens } from './bearer-tokens.ts';
import { RequestLimits } from './request-limits.ts';
import { RefreshToken, Session } from './session.entity.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import { SessionsService } from './sessions.service.ts';
import { JwksController } from './jwks.controller.ts';
import { SigningKeys } from './signing-keys.ts';
import { TokenController } from './token.controller.ts';
import { TokenService } from './token.service.ts';

/** null: RATE_LIMIT is unset, and nobody counts. */
function openLimits(
  { server: { rateLimit } }: Config,
  { primary }: Siblings,
): RequestLimits | null {
  if (rateLimit === null) return null;
  const limiter =
    primary === null ? new RateBuckets(rateLimit) : new PrimaryRateLimiter(rateLimit, primary);
  return new RequestLimits(rateLimit, limiter);
}

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
    RefreshTokens,
    SessionsService,
    TokenService,
    ApiKeysService,
    BearerTokens,
    {
      provide: RequestLimits,
      inject: [Config, Siblings],
      useFactory: openLimits,
    },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
export class AuthModule {}
