// The URIs that name a model version, in MLflow's spelling, and what names and aliases may look like.
import { AppError } from '../../common/errors.ts';
import type { ModelUri, ModelVersion } from './model-registry.ts';

export type ParsedModelUri =
  | { readonly by: 'alias'; readonly name: string; readonly alias: string }
  | { readonly by: 'version'; readonly name: string; readonly version: string }
  | { readonly by: 'latest'; readonly name: string }
  | { readonly by: 'stage'; readonly name: string; readonly stage: Stage }
  | { readonly by: 'run'; readonly runId: string };

export type Stage = ModelVersion['stage'];
export const STAGES: readonly Stage[] = ['None', 'Staging', 'Production', 'Archived'];

const FORMS =
  'models:/<name>@<alias>, models:/<name>/<version>, models:/<name>/<stage> or runs:/<run id>/model';

// Also the guard against path traversal: a name is one plain path segment that does not start with a dot.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const VERSION = /^[1-9]\d{0,8}$/;
const ALIAS = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const RESERVED_ALIAS = /^(latest|v\d+)$/i;

/** Throws BAD_REQUEST for a URI of no known form. */
export function parseModelUri(uri: ModelUri): ParsedModelUri {
  const run = /^runs:\/([A-Za-z0-9_-]{1,128})\/model$/.exec(uri);
  if (run?.[1] !== undefined) return { by: 'run', runId: run[1] };
  const model = /^models:\/([^/@]+)([/@])([^/@]+)$/.exec(uri);
  const [, name, separator, rest] = model ?? [];
  if (name === undefined || rest === undefined) throw notAUri();
  requireModelName(name);
  if (separator === '@') {
    requireAlias(rest);
    return { by: 'alias', name, alias: rest };
  }
  if (isVersionNumber(rest)) return { by: 'version', name, version: rest };
  if (rest.toLowerCase() === 'latest') return { by: 'latest', name };
  const stage = toStage(rest);
  if (stage === undefined) throw notAUri();
  return { by: 'stage', name, stage };
}

/** The alias that a URI follows, and of which model; null for URIs that follow none. */
export function followedAlias(uri: ModelUri): { name: string; alias: string } | null {
  const [, name, alias] = /^models:\/([^/@]+)@([^/@]+)$/.exec(uri) ?? [];
  return name === undefined || alias === undefined ? null : { name, alias };
}

const notAUri = (): AppError => new AppError('BAD_REQUEST', `A model URI is ${FORMS}.`);

/** The stage of that name in any case, as MLflow takes it. */
export const toStage = (text: string | undefined): Stage | undefined =>
  STAGES.find((stage) => stage.toLowerCase() === text?.toLowerCase());

export const isVersionNumber = (text: string): boolean => VERSION.test(text);

export const isModelName = (name: string): boolean => NAME.test(name);

/** Throws BAD_REQUEST. */
export function requireModelName(name: string): void {
  if (!isModelName(name))
    throw new AppError(
      'BAD_REQUEST',
      'A model name is up to 128 letters, digits, dots, dashes and underscores, and starts with a letter or digit.',
    );
}

/** Throws BAD_REQUEST. Aliases are case-sensitive. */
export function requireAlias(alias: string): void {
  if (!ALIAS.test(alias) || RESERVED_ALIAS.test(alias))
    throw new AppError(
      'BAD_REQUEST',
      'An alias is up to 64 letters, digits, dashes and underscores, starts with a letter or digit, and is neither "latest" nor "v" with a number.',
    );
}
