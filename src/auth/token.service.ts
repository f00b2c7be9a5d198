// The grants behind /token: password, refresh, and their end.
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Principal } from '../common/access.ts';
import type { Origin, RemoteOrigin } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { CredentialsService } from '../users/credentials.service.ts';
import type { AccessClaims } from './access-token.ts';
import { SessionsService, type OpenSession } from './sessions.service.ts';
import { SigningKeys } from './signing-keys.ts';
import { TokenResponse, type TokenRequest } from './token.dto.ts';

@Injectable()
export class TokenService {
  constructor(
    private readonly config: Config,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
  ) {}

  /** Throws INVALID_CREDENTIALS, TOO_MANY_REQUESTS, INVALID_GRANT. */
  async grant(request: TokenRequest, origin: RemoteOrigin): Promise<TokenResponse> {
    switch (request.grant_type) {
      case 'password':
        return this.answer(await this.logIn(request, origin));
      case 'refresh_token':
        return this.answer(await this.sessions.rotate(request.refresh_token, origin));
    }
  }

  /** Ends the caller's session. Throws BAD_REQUEST for an API key, which has none. */
  async revoke(caller: Principal, origin: Origin): Promise<void> {
    if (caller.via === 'api_key') {
      throw new AppError('BAD_REQUEST', 'An API key has no session; DELETE /api-keys/:id ends it.');
    }
    await this.sessions.revoke(caller, origin);
  }

  private async logIn(request: TokenRequest, origin: RemoteOrigin): Promise<OpenSession> {
    const user = await this.credentials.verify(request, 'login_refused', origin);
    return this.sessions.open(user, origin);
  }

  private async answer({ id, user, refreshToken }: OpenSession): Promise<TokenResponse> {
    const claims: AccessClaims = { sub: user.id, sid: id, role: user.role };
    const { privateKey, kid } = this.keys.signing();
    const accessToken = await this.jwt.signAsync(claims, { privateKey, keyid: kid });
    return new TokenResponse(accessToken, this.config.auth.accessSeconds, refreshToken);
  }
}
