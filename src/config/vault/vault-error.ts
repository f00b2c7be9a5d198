// What is wrong with Vault, in words that say what to do. Nothing that was sent or came back is in them.
import type { VaultConfig, VaultLogin } from './vault-api.ts';

export class VaultError extends Error {
  override readonly name = 'VaultError';
  constructor(
    message: string,
    /** Of Vault's answer; null: there was none, or it is not to blame. */
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What OpenSSL says of a certificate that does not convince. */
const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|ALTNAME|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH/;

/** No answer, or none in time. */
export function unreachable({ address }: VaultConfig, error: unknown): VaultError {
  const code = codeOf(error);
  const { origin } = new URL(address);
  const advice = CERTIFICATE.test(code)
    ? `its certificate is not trusted: name the file of its authority in NODE_EXTRA_CA_CERTS, or correct the name in VAULT_ADDR`
    : code.includes('SSL')
      ? 'it does not speak TLS as https asks: correct VAULT_ADDR'
      : 'start it, or correct VAULT_ADDR';
  return new VaultError(`Vault cannot be reached at ${origin} (${code}); ${advice}`, null, {
    cause: error,
  });
}

export function refusedLogin(config: VaultConfig, status: number): VaultError {
  const { login } = config;
  return (
    ofServer(config, status) ??
    new VaultError(`Vault refused the login (${status}); ${LOGIN_ADVICE[login.kind]}`, status)
  );
}

const WHERE = 'where the method is mounted elsewhere, VAULT_AUTH_PATH or VAULT_NAMESPACE';

const LOGIN_ADVICE: Readonly<Record<VaultLogin['kind'], string>> = {
  approle: `correct VAULT_ROLE_ID, put a new secret id in VAULT_SECRET_ID (or its file), or, ${WHERE}`,
  kubernetes: `correct VAULT_KUBERNETES_ROLE, bind that role to this pod's service account and namespace, or, ${WHERE}`,
  token:
    'put a new token in VAULT_TOKEN (or its file): it has expired or was revoked, or VAULT_NAMESPACE is not its own',
};

export function refusedRead(config: VaultConfig, status: number): VaultError {
  const known = ofServer(config, status);
  if (known !== null) return known;
  const { secretPath } = config;
  if (status === 403)
    return new VaultError(
      `Vault does not let this role read ${secretPath} (403); give it a policy with read on that path (deploy/vault/policy.hcl), or correct VAULT_SECRET_PATH or VAULT_NAMESPACE`,
      status,
    );
  if (status === 404)
    return new VaultError(
      `Vault has no secret at ${secretPath} (404), or its newest version was deleted; put one there, or correct VAULT_SECRET_PATH (<mount>/data/<name>) or VAULT_NAMESPACE`,
      status,
    );
  return new VaultError(`Vault answered ${status} to the read of ${secretPath}`, status);
}

/** What every request may be answered; null: it is something else. */
function ofServer({ address }: VaultConfig, status: number): VaultError | null {
  const { origin } = new URL(address);
  if (status === 503)
    return new VaultError(
      `Vault at ${origin} is sealed or in maintenance (503); unseal it`,
      status,
    );
  if (status === 501)
    return new VaultError(`Vault at ${origin} is not initialised (501); initialise it`, status);
  if (status === 429)
    return new VaultError(
      `Vault at ${origin} has too many requests (429); raise its quota`,
      status,
    );
  return null;
}

/** fetch() hides the system's error in its cause; a timeout has a name only. */
function codeOf(error: unknown): string {
  const { cause, name } = error as { readonly cause?: unknown; readonly name?: string };
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  if (typeof code === 'string') return code;
  return name === 'TimeoutError' ? 'no answer in time' : 'no connection';
}
