// A key pair that signs access tokens (ES256), made from a secret: who has the secret can sign, anybody can verify by what /.well-known/jwks.json tells.
import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

export const MIN_SECRET_LENGTH = 32;

const CURVE = 'prime256v1';
/** The order of P-256's group (SEC 2, 2.4.2). */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
/** 64 bits more than the order has: the remainder is then as good as uniform (FIPS 186-5, A.2.1). */
const SEED_BYTES = 40;
const COORDINATE_BYTES = 32;

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'ES256';
}

export interface SigningKey {
  /** The thumbprint of its public half (RFC 7638): the same secret has the same id everywhere. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

/** By HKDF (RFC 5869) with SHA-256, so that nothing of the secret can be told from the key. */
export function signingKeyOf(secret: string): SigningKey {
  const scalar = scalarOf(secret);
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const shape = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 1 + COORDINATE_BYTES).toString('base64url'),
    y: point.subarray(1 + COORDINATE_BYTES).toString('base64url'),
  } as const;
  const kid = thumbprint(shape);
  const privateJwk = { ...shape, d: scalar.toString('base64url') };
  return {
    kid,
    privateKey: createPrivateKey({ key: privateJwk, format: 'jwk' }),
    publicKey: createPublicKey({ key: shape, format: 'jwk' }),
    jwk: { ...shape, kid, use: 'sig', alg: 'ES256' },
  };
}

function scalarOf(secret: string): Buffer {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'foretell access tokens', SEED_BYTES));
  const scalar = (BigInt(`0x${seed.toString('hex')}`) % (ORDER - 1n)) + 1n;
  return Buffer.from(scalar.toString(16).padStart(2 * COORDINATE_BYTES, '0'), 'hex');
}

/** Its members in this order, without a space. */
const thumbprint = ({ crv, kty, x, y }: Pick<PublicJwk, 'crv' | 'kty' | 'x' | 'y'>): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
