// How refresh tokens and API keys are made and stored: 256 random bits, of which the database knows only the SHA-256. A slow hash is for
// what people choose; nobody guesses 256 bits.
import { createHash, randomBytes } from 'node:crypto';

export const newSecret = (): string => randomBytes(32).toString('base64url');

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
