// Secrets that may change while the process runs, whoever keeps them: a file, or a store such as Vault.
import { readFileSync } from 'node:fs';

export interface LiveSecret {
  /** As it is known now. Throws where it cannot be read. */
  read(): string;
  /** Asks its keeper whether there is a newer one. Never rejects: what is known goes on. */
  refresh(): Promise<void>;
}

/** PORT: secrets by the names of their settings. Adapters: Vault, and the primary process that reads it for its workers. */
export interface SecretStore {
  /** As it is known now; undefined: it is not there. */
  get(name: string): string | undefined;
  /** Asks whether there are newer ones. Never rejects. */
  refresh(): Promise<void>;
}

export const fileSecret = (file: string): LiveSecret => ({
  read: () => readFileSync(file, 'utf8').trim(),
  refresh: () => Promise.resolve(),
});

export const storedSecret = (store: SecretStore, name: string): LiveSecret => ({
  read: () => {
    const secret = store.get(name);
    if (secret === undefined) throw new Error('it is not there any more');
    return secret;
  },
  refresh: () => store.refresh(),
});
