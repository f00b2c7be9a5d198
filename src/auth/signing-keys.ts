// The key that signs access tokens now, and those whose tokens have not all expired. A secret in a file or in Vault may be changed while servers run: they
// follow it, and what the key before has signed stays good until it expires.
import { join } from 'node:path';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { messageOf } from '../common/errors.ts';
import { fileSecret, type LiveSecret } from '../config/live-secret.ts';
import { Config } from '../config/load-config.ts';
import { requireSecret } from './kept-secret.ts';
import { MIN_SECRET_LENGTH, signingKeyOf, type PublicJwk, type SigningKey } from './signing-key.ts';

/** How soon a changed secret is followed by servers that nobody asks. */
const LOOK_EVERY_MS = 5000;
/** Tokens with made-up key ids must not make the server look for each of them. */
const LOOK_AGAIN_AFTER_MS = 1000;

interface RetiredKey {
  readonly key: SigningKey;
  /** Epoch milliseconds: nothing that it signed is good any more. */
  readonly until: number;
}

@Injectable()
export class SigningKeys implements OnModuleDestroy {
  private readonly logger = new Logger('Auth');
  /** null: it is in the environment, which does not change. */
  private readonly secret: LiveSecret | null;
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly tokenMs: number;
  private current: SigningKey;
  private retired: readonly RetiredKey[] = [];
  /** When a token last made it look, by the process's clock. */
  private askedAt = -Infinity;
  private looking: Promise<void> | null = null;
  private problem: string | null = null;

  /** Throws ConfigError where the secret can neither be read nor made. */
  constructor({ auth, varDir }: Config) {
    this.tokenMs = auth.accessSeconds * 1000;
    if (auth.jwtSecret !== null && auth.liveJwtSecret === null) {
      this.secret = null;
      this.current = signingKeyOf(auth.jwtSecret);
      return;
    }
    const kept = join(varDir, 'jwt-secret');
    this.secret = auth.liveJwtSecret ?? fileSecret(kept);
    this.current = signingKeyOf(auth.jwtSecret ?? requireSecret(kept));
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
  async find(kid: string): Promise<SigningKey | null> {
    const known = this.known(kid);
    if (known !== null) return known;
    await this.lookAnew();
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

  /** Whoever comes while it looks waits for what it finds. */
  private lookAnew(): Promise<void> {
    if (this.looking === null && performance.now() - this.askedAt >= LOOK_AGAIN_AFTER_MS)
      this.looking = this.refresh().finally(() => {
        this.looking = null;
      });
    return this.looking ?? Promise.resolve();
  }

  private async refresh(): Promise<void> {
    this.askedAt = performance.now();
    await this.secret?.refresh();
    this.look();
  }

  /** A secret that cannot be used changes nothing: the key that was goes on. */
  private look(): void {
    if (this.secret === null) return;
    try {
      const secret = this.secret.read();
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
      `The secret of the signing key cannot be used (${problem}); the key as it was goes on.`,
    );
  }
}
