// What an access token is: one algorithm, one issuer, one audience, pinned here for signing and for verifying.
import type { JwtModuleOptions } from '@nestjs/jwt';

export const ALGORITHM = 'ES256';
export const ISSUER = 'foretell';
export const AUDIENCE = 'foretell-api';

/** The claims we add to iss, aud, iat and exp. `role` informs the client; the server asks the database. */
export interface AccessClaims {
  readonly sub: string;
  readonly sid: string;
  readonly role: string;
}

/** Of a token that was verified. */
export interface VerifiedClaims extends AccessClaims {
  /** Seconds since 1970. */
  readonly exp: number;
}

export const signing = (expiresIn: number): JwtModuleOptions => ({
  signOptions: { algorithm: ALGORITHM, issuer: ISSUER, audience: AUDIENCE, expiresIn },
});
