// Verifies access tokens with passport-jwt's strategy, and says its outcomes in the words of the catalogue. The strategy runs by itself:
// passport's registry is one per process, so two applications in one process would verify with each other's database.
import type { KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import passportJwt from 'passport-jwt';
import { SCOPES_OF_ROLE, type Principal } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { ALGORITHM, AUDIENCE, ISSUER, type VerifiedClaims } from './access-token.ts';
import type { User } from '../users/user.entity.ts';
import { SessionsService } from './sessions.service.ts';
import { SigningKeys } from './signing-keys.ts';

const { ExtractJwt, Strategy } = passportJwt;

/** One request's run of a passport strategy: it calls exactly one of the three. */
interface StrategyRun {
  authenticate(request: Pick<FastifyRequest, 'headers'>): void;
  success: (principal: Principal) => void;
  fail: (reason: unknown) => void;
  error: (error: unknown) => void;
}

/** Tokens that are remembered; above this many the memory starts anew: a bound on memory, not a tuning knob. */
const REMEMBERED = 10_000;

@Injectable()
export class BearerTokens {
  private readonly strategy: object;
  /**
   * Claims by the whole header: a signature that was good stays good until the token expires. Whether the session is still open is asked
   * each time. Verifying costs some 100 us, remembering less than 1.
   */
  private readonly verified = new Map<string, VerifiedClaims>();

  constructor(
    keys: SigningKeys,
    private readonly sessions: SessionsService,
  ) {
    this.strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: (_request, token: string, done) => {
          keys.find(keyIdOf(token)).then((key) => {
            if (key === null) done(new UnknownKeyError());
            else done(null, handedOn(key.publicKey));
          }, done);
        },
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        passReqToCallback: true,
      },
      ({ headers }: Pick<FastifyRequest, 'headers'>, claims: VerifiedClaims, done) => {
        this.principalOf(claims).then((principal) => {
          this.remember(headers.authorization, claims);
          done(null, principal);
        }, done);
      },
    );
  }

  /** Whose token it is, where that is known without a look into the database; null says to ask authenticate(). */
  recall({ headers: { authorization } }: Pick<IncomingMessage, 'headers'>): Principal | null {
    if (authorization === undefined) return null;
    const claims = this.verified.get(authorization);
    if (claims === undefined || claims.exp * 1000 <= Date.now()) return null;
    const user = this.sessions.peekUser(claims.sid);
    return user?.id === claims.sub ? toPrincipal(user, claims.sid) : null;
  }

  /** Whose token the request carries. Throws UNAUTHENTICATED without one, INVALID_TOKEN for one that is no good. */
  authenticate(request: FastifyRequest): Promise<Principal> {
    return new Promise((success, error) => {
      const run = Object.create(this.strategy) as StrategyRun;
      run.success = success;
      run.error = error;
      run.fail = (reason) => {
        error(isMissing(reason) ? unauthenticated() : invalidToken());
      };
      run.authenticate(request);
    });
  }

  private remember(header: string | undefined, claims: VerifiedClaims): void {
    if (header === undefined) return;
    if (this.verified.size >= REMEMBERED) this.verified.clear();
    this.verified.set(header, claims);
  }

  /** The claims are of a token that is ours and in date; role and scopes are those the user has now. */
  private async principalOf({ sub, sid }: VerifiedClaims): Promise<Principal> {
    const user = await this.sessions.userOf(sid);
    if (user?.id !== sub) throw invalidToken();
    return toPrincipal(user, sid);
  }
}

const toPrincipal = (user: User, sessionId: string): Principal => ({
  userId: user.id,
  username: user.username,
  role: user.role,
  scopes: SCOPES_OF_ROLE[user.role],
  via: 'token',
  credentialId: sessionId,
});

/** Signed by none of our keys, or by one whose tokens have all expired. */
class UnknownKeyError extends Error {
  override readonly name = 'UnknownKeyError';
}

/** '' where a token names none: no key has that id. */
function keyIdOf(token: string): string {
  try {
    const header: unknown = JSON.parse(
      Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString(),
    );
    const { kid } = (header ?? {}) as { readonly kid?: unknown };
    return typeof kid === 'string' ? kid : '';
  } catch {
    return '';
  }
}

/** passport-jwt hands a KeyObject on to jsonwebtoken, which would parse the text of a key on each call; its types only do not say so. */
const handedOn = (key: KeyObject): Buffer => key as unknown as Buffer;

/** passport-jwt reports a missing token as a plain Error; verification fails with JsonWebTokenError and its subclasses. */
const isMissing = (reason: unknown): boolean => reason instanceof Error && reason.name === 'Error';

const unauthenticated = (): AppError =>
  new AppError(
    'UNAUTHENTICATED',
    'Send an access token (Authorization: Bearer) from POST /token, or an API key (X-API-Key).',
  );

const invalidToken = (): AppError =>
  new AppError('INVALID_TOKEN', 'The access token is malformed, expired, revoked or not ours.');
