// Who asks, from where, in which request, as the audit log is told.
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from './access.ts';
import { NOBODY, type Actor, type RemoteOrigin } from './audit-trail.ts';

type Request = FastifyRequest & { readonly user?: Principal };

/** Of this request, with its caller where the guard established one. */
export const RequestOrigin = createParamDecorator(
  (_: unknown, context: ExecutionContext): RemoteOrigin => {
    const { user, ip, id } = context.switchToHttp().getRequest<Request>();
    return { actor: user === undefined ? NOBODY : actorOf(user), address: ip, requestId: id };
  },
);

const actorOf = ({ via, userId, username, credentialId, credentialName }: Principal): Actor => ({
  kind: via === 'api_key' ? 'api_key' : 'user',
  userId,
  name: username,
  apiKeyId: via === 'api_key' ? credentialId : null,
  apiKeyName: credentialName ?? null,
});
