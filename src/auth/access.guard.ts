// The global guard. Closed by default: a route that does not say who may call it answers nobody.
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  ACCESS,
  type Access,
  type Admission,
  type Principal,
  type Scope,
} from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { ApiKeysService } from './api-keys.service.ts';
import { BearerTokens } from './bearer-tokens.ts';

type AuthenticatedRequest = FastifyRequest & { user: Principal; admission: Admission };

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly bearerTokens: BearerTokens,
    private readonly apiKeys: ApiKeysService,
  ) {}

  /** Without a turn of the event loop where the caller is remembered. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;
    if (access === undefined) throw new AppError('FORBIDDEN', 'This route is open to nobody.');
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.admission = async () => {
      admit(request, this.recall(request) ?? (await this.identify(request)), access);
    };
    const known = this.recall(request);
    if (known !== null) return admit(request, known, access);
    return this.identify(request).then((principal) => admit(request, principal, access));
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
