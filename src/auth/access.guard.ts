// The global guard. Closed by default: a route that does not say who may call it answers nobody.
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  ACCESS,
  type Access,
  type Admission,
  type Principal,
  type Scope,
} from '../common/access.ts';
import { AppError, CATALOGUE } from '../common/errors.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { BearerTokens } from './bearer-tokens.ts';
import { RequestLimits } from './request-limits.ts';

type AuthenticatedRequest = FastifyRequest & { user: Principal; admission: Admission };

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly bearerTokens: BearerTokens,
    private readonly apiKeys: ApiKeysService,
    @Inject(RequestLimits) private readonly limits: RequestLimits | null,
  ) {}

  /** Without a turn of the event loop where the caller is remembered. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'probe') return true;
    if (access === undefined) throw new AppError('FORBIDDEN', 'This route is open to nobody.');
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (access === 'public') return this.limits?.ofAddress(request.ip) ?? true;
    request.admission = async () => {
      admit(request, this.recall(request) ?? (await this.identify(request)), access);
    };
    const known = this.recall(request);
    if (known !== null) return this.admitCounted(request, known, access);
    return this.identify(request).then(
      (principal) => this.admitCounted(request, principal, access),
      (error: unknown) => this.turnAway(request, error),
    );
  }

  /** Throws TOO_MANY_REQUESTS, FORBIDDEN. */
  private admitCounted(
    request: AuthenticatedRequest,
    principal: Principal,
    access: Access,
  ): true | Promise<true> {
    const counted = this.limits?.ofCaller(principal) ?? true;
    return counted === true
      ? admit(request, principal, access)
      : counted.then(() => admit(request, principal, access));
  }

  /** Whose credentials are no good is counted by his address. Rejects with what was thrown, or TOO_MANY_REQUESTS. */
  private async turnAway({ ip }: FastifyRequest, error: unknown): Promise<never> {
    if (error instanceof AppError && CATALOGUE[error.code].status === 401)
      await this.limits?.ofAddress(ip);
    throw error;
  }

  /** Who is calling where that is known already; null says to ask identify(). */
  private recall(request: FastifyRequest): Principal | null {
    return request.headers['x-api-key'] === undefined ? this.bearerTokens.recall(request) : null;
  }

  /** Who is calling. An API key goes before a token where both are sent. */
  private identify(request: FastifyRequest): Promise<Principal> {
    const key = request.headers['x-api-key'];
    return key === undefined
      ? this.bearerTokens.authenticate(request)
      : this.apiKeys.authenticate(String(key));
  }
}

/** Throws FORBIDDEN. */
function admit(request: AuthenticatedRequest, principal: Principal, access: Access): true {
  request.user = principal;
  if (access !== 'any' && !principal.scopes.includes(access as Scope))
    throw new AppError('FORBIDDEN', `This needs the scope ${access}.`);
  return true;
}
