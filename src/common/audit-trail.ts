// PORT: what the audit log is told: who did what, to what, from where, with what outcome. Here, so that a feature can tell it without a database;
// src/audit keeps it.
import { AppError } from './errors.ts';

export const AUDIT_ACTIONS = [
  'login',
  'login_refused',
  'token_refresh_reused',
  'logout',
  'user_created',
  'user_changed',
  'user_deleted',
  'password_changed',
  'api_key_created',
  'api_key_deleted',
  'model_promoted',
  'promotion_refused',
  'model_rolled_back',
  'model_reloaded',
  'challenger_changed',
  'predictions_exported',
  'predictions_erased',
  'job_result_downloaded',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AUDIT_OUTCOMES = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** `nobody`: whoever it was, they had not shown who they are. `command`: whoever may run commands on the machine. */
export const ACTOR_KINDS = ['user', 'api_key', 'command', 'nobody'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export interface Actor {
  readonly kind: ActorKind;
  /** Of the user, of an API key's owner too. */
  readonly userId: string | null;
  /** Of the user, or of the command. */
  readonly name: string | null;
  readonly apiKeyId: string | null;
  readonly apiKeyName: string | null;
}

/** Who asks, from where, in which request. */
export interface Origin {
  readonly actor: Actor;
  readonly address: string | null;
  readonly requestId: string | null;
}

/** Of a request. */
export interface RemoteOrigin extends Origin {
  readonly address: string;
}

export const TARGET_KINDS = ['user', 'api_key', 'model', 'predictions', 'job'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

export interface Target {
  readonly kind: TargetKind;
  readonly id: string | null;
  readonly name: string | null;
}

/** Never a secret, an input of a model or a subject's reference. */
export type Details = Readonly<Record<string, unknown>>;

/** Something about to be done. */
export interface Deed {
  readonly action: AuditAction;
  readonly origin: Origin;
  readonly target: Target | null;
  readonly details?: Details;
}

/** Something that was done, or was not. */
export interface Audited extends Deed {
  readonly outcome: AuditOutcome;
}

export abstract class AuditTrail {
  /** Resolves when the event is stored; rejects where it cannot be. */
  abstract record(event: Audited): Promise<void>;

  /**
   * Does the work and stores how it ended before anybody is answered. Where that cannot be stored the caller hears so, though the work is done:
   * doing it again is harmless, an answer without a trace is not. `tell`: what is known afterwards.
   */
  async recorded<T>(deed: Deed, work: () => Promise<T>, tell?: (result: T) => Details): Promise<T> {
    const result = await work().catch(async (error: unknown) => {
      const code = error instanceof AppError ? error.code : 'INTERNAL';
      const details = { ...deed.details, code };
      // What went wrong first is what the caller has to hear.
      await this.record({ ...deed, outcome: 'failed', details }).catch(() => undefined);
      throw error;
    });
    const details = { ...deed.details, ...tell?.(result) };
    await this.record({ ...deed, outcome: 'done', details });
    return result;
  }
}

/** Of a command on the machine; the first start of a server is one too. */
export const commandOrigin = (name: string): Origin => ({
  actor: { ...NOBODY, kind: 'command', name },
  address: null,
  requestId: null,
});

/** The same origin, once it is known who asks. */
export const actingAs = (
  origin: Origin,
  { id, username }: { readonly id: string; readonly username: string },
): Origin => ({ ...origin, actor: { ...NOBODY, kind: 'user', userId: id, name: username } });

export const userTarget = ({ id, username }: { readonly id: string; readonly username: string }) =>
  ({ kind: 'user', id, name: username }) as const satisfies Target;

export const NOBODY: Actor = {
  kind: 'nobody',
  userId: null,
  name: null,
  apiKeyId: null,
  apiKeyName: null,
};
