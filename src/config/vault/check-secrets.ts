// Whether what Vault holds are secrets of this product: known names, each as its setting asks. Values are in no message.
import { SETTINGS, VAULT_SETTINGS } from '../settings.ts';
import { VaultError } from './vault-error.ts';

/** What may be a key; how to reach Vault cannot stand in Vault. */
const SECRETS = Object.entries(SETTINGS).flatMap(([name, setting]) =>
  'secret' in setting && !(name in VAULT_SETTINGS) ? [{ name, setting }] : [],
);

export interface CheckOptions {
  readonly path: string;
  /** Those that the process was started with. */
  readonly needed: ReadonlySet<string>;
}

/** The data as it came, checked. Throws VaultError that names every problem: a misspelt name would otherwise leave a door open (METRICS_TOKEN). */
export function checkSecrets(
  data: Readonly<Record<string, unknown>>,
  { path, needed }: CheckOptions,
): Readonly<Record<string, string>> {
  const problems: string[] = [];
  const secrets: Record<string, string> = {};
  for (const [key, value] of Object.entries(data)) {
    const known = SECRETS.find(({ name }) => name === key);
    if (known === undefined) problems.push(`${key} is the name of no secret setting`);
    else if (typeof value === 'string' && known.setting.schema.safeParse(value.trim()).success)
      secrets[key] = value.trim();
    else problems.push(`${key} must be ${known.setting.expected}`);
  }
  for (const name of needed) if (!(name in data)) problems.push(`${name} is not there any more`);
  if (problems.length === 0) return Object.freeze(secrets);
  const names = SECRETS.map(({ name }) => name).join(', ');
  throw new VaultError(
    `the secret ${path} in Vault cannot be used: ${problems.join('; ')}. It may hold ${names}`,
    null,
  );
}
