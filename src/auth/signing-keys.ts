// The key that signs access tokens now, and those whose tokens have not all expired. A secret in a file may be changed while servers run: they follow it,
// and what the key before has signed stays good until it expires.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { messageOf } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { requireSecret } from './kept-secret.ts';
import { MIN_SECRET_LENGTH, signingKeyOf, type PublicJwk, type SigningKey } from './signing-key.ts';

/** How soon a changed file is followed by servers that nobody asks. */
const LOOK_EVERY_MS = 5000;
/** Tokens with made-up key ids must not make the server read the file for each of them. */
const LOOK_AGAIN_AFTER_MS = 1000;

interface RetiredKey {
  readonly key: SigningKey;
  /** Epoch milliseconds: nothing that it signed is good any more. */
  readonly until: number;
}

@Injectable()
export class SigningKeys implements OnModuleDestroy {
  private readonly logger = new Logger('Auth');
  /** null: the secret is in the environment, which does not change. */
  private readonly file: string | null;
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly tokenMs: number;
  private current: SigningKey;
  private retired: readonly RetiredKey[] = [];
  private lookedAt = Date.now();
  private problem: string | null = null;

  /** Throws ConfigError where the secret can neither be read nor made. */
  constructor({ auth, varDir }: Config) {
    this.tokenMs = auth.accessSeconds * 1000;
    if (auth.jwtSecret !== null && auth.jwtSecretFile === null) {
      this.file = null;
      this.current = signingKeyOf(auth.jwtSecret);
      return;
    }
    this.file = auth.jwtSecretFile ?? join(varDir, 'jwt-secret');
    if (auth.jwtSecretFile === null) requireSecret(this.file);
    this.current = signingKeyOf(readFileSync(this.file, 'utf8').trim());
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** What signs now. */
  signing(): SigningKey {
    return this.current;
  }

  /** The key with an id, where tokens of it may still be good. A server that has not yet seen a new secret, by whose key another signed, looks. */
  find(kid: string): SigningKey | null {
    const known = this.known(kid);
    if (known !== null || Date.now() - this.lookedAt < LOOK_AGAIN_AFTER_MS) return known;
    this.look();
    return this.known(kid);
  }

  /** What verifies, the newest first. */
  published(): readonly PublicJwk[] {
    return [this.current, ...this.stillGood().map(({ key }) => key)].map(({ jwk }) => jwk);
  }

  private known(kid: string): SigningKey | null {
    if (this.current.kid === kid) return this.current;
    return this.stillGood().find(({ key }) => key.kid === kid)?.key ?? null;
  }

  private stillGood(): readonly RetiredKey[] {
    return this.retired.filter(({ until }) => until > Date.now());
  }

  /** A file that cannot be used changes nothing: the key that was goes on. */
  private look(): void {
    this.lookedAt = Date.now();
    if (this.file === null) return;
    try {
      const secret = readFileSync(this.file, 'utf8').trim();
      if (secret.length < MIN_SECRET_LENGTH)
        throw new Error(`it has fewer than ${MIN_SECRET_LENGTH} characters`);
      this.follow(signingKeyOf(secret));
      this.problem = null;
    } catch (error) {
      this.complain(messageOf(error));
    }
  }

  private follow(key: SigningKey): void {
    if (key.kid === this.current.kid) return;
    const until = Date.now() + this.tokenMs;
    this.retired = [
      { key: this.current, until },
      ...this.stillGood().filter(({ key: { kid } }) => kid !== key.kid),
    ];
    this.current = key;
    this.logger.log(`Access tokens are signed by key ${key.kid} from now on.`);
  }

  /** Once for each reason. */
  private complain(problem: string): void {
    if (problem === this.problem) return;
    this.problem = problem;
    this.logger.warn(
      `The file of the signing key cannot be used (${problem}); the key as it was goes on.`,
    );
  }
}
