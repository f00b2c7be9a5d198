// The secrets in Vault, as a worker has them: the primary is logged in and tells all workers what changes.
import type { SecretStore } from '../config/live-secret.ts';
import type { Primary, Siblings } from '../common/siblings.ts';

/** On which all agree: the secrets as they are now. */
export const SECRETS_TOPIC = 'secrets';
/** The question whether there are newer ones. */
export const REFRESH_SECRETS = 'refresh secrets';

type Secrets = Readonly<Record<string, string>>;

export class SecretsOfPrimary implements SecretStore {
  readonly #primary: Primary;
  #secrets: Secrets | null = null;

  private constructor(siblings: Siblings, primary: Primary) {
    this.#primary = primary;
    siblings.on(SECRETS_TOPIC, (secrets: Secrets) => {
      this.#secrets = secrets;
    });
  }

  /** null: the primary has none, as Vault is not in use. */
  static by(siblings: Siblings, primary: Primary): SecretsOfPrimary | null {
    const secrets = new SecretsOfPrimary(siblings, primary);
    return secrets.#secrets === null ? null : secrets;
  }

  get(name: string): string | undefined {
    return this.#secrets?.[name];
  }

  async refresh(): Promise<void> {
    await this.#primary.ask(REFRESH_SECRETS).catch(() => null);
  }
}
