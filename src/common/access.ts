// Who may call a route. Routes are closed by default: each states `@Public()`, `@Probe()` or `@Requires(scope)`; the global guard in auth/ reads
// these marks, and the OpenAPI document shows them.
import {
  applyDecorators,
  createParamDecorator,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';

export const SCOPES = ['predict', 'read', 'operate', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ['admin', 'operator', 'client', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What each role may do: admins everything, operators move models, clients predict, viewers read. */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  admin: SCOPES,
  operator: ['predict', 'read', 'operate'],
  client: ['predict'],
  viewer: ['read'],
};

/** Who is calling: a user with a token, or a user's API key with the scopes it was given. */
export interface Principal {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly via: 'token' | 'api_key';
  /** The session of a token (for logout) or the id of the API key. */
  readonly credentialId: string;
  /** Of an API key. */
  readonly credentialName?: string;
}

export const ACCESS = 'foretell:access';
/** 'public' and 'probe': nobody is checked; 'any': any valid credential; otherwise the scope it must hold. */
export type Access = 'public' | 'probe' | 'any' | Scope;

export const Public = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, 'public' satisfies Access);

/** Open, and never limited: for what watches the server, which must not be told to come back later. */
export const Probe = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, 'probe' satisfies Access);

export const Requires = (
  access: Exclude<Access, 'public' | 'probe'>,
): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(ACCESS, access),
    ApiSecurity('oauth2'),
    ApiBearerAuth('bearer'),
    ApiSecurity('api_key'),
    ApiExtension('x-required-scope', access),
  );

/**
 * Asks again whether the route is open to who called it: for answers that last. Rejects as the guard would refuse the request if it came now.
 */
export type Admission = () => Promise<void>;

/** The admission of this request. */
export const Admitted = createParamDecorator(
  (_: unknown, context: ExecutionContext): Admission =>
    context.switchToHttp().getRequest<{ admission: Admission }>().admission,
);

/** The caller, as the guard established it. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<{ user: Principal }>().user,
);
