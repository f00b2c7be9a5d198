// Promotion from the command line: the server's own gate and history, on the same registry and database.
import { commandOrigin } from '../../src/common/audit-trail.ts';
import { AppError } from '../../src/common/errors.ts';
import type { Config } from '../../src/config/load-config.ts';
import type { GateReport } from '../../src/governance/gate.ts';
import { withHistory } from '../../src/governance/open-history.ts';
import { Promotion } from '../../src/governance/promotion.ts';
import { openRegistry } from '../../src/model/registry/open-registry.ts';
import { reportLines } from './report-lines.ts';

export interface PromoteOptions {
  readonly config: Config;
  /** Default: MODEL_NAME. */
  readonly name?: string | undefined;
  readonly version: string;
  readonly force: boolean;
  readonly reason: string | null;
}

export interface Outcome {
  readonly promoted: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

/**
 * Moves `champion` if the gate passes. Without the database nothing moves: it is where the move is claimed against others and where its
 * reason is kept. Throws DatabaseError, CONFLICT, MODEL_NOT_FOUND, INVALID_INPUT, REGISTRY_UNAVAILABLE.
 */
export function promoteVersion({ config, ...options }: PromoteOptions): Promise<Outcome> {
  const { name: model = config.model.name, version, force, reason } = options;
  return withHistory(config.database, async (history) => {
    const promotion = new Promotion(openRegistry(config.registry), history);
    try {
      const done = await promotion.promote({
        model,
        version,
        force,
        reason,
        actor: 'cli',
        origin: commandOrigin('promote'),
      });
      const before = done.fromVersion === null ? 'the first one' : `was ${done.fromVersion}`;
      const forced = done.forced ? ', against the gate' : '';
      const last = `champion of ${model} is version ${version} now (${before})${forced}`;
      return { promoted: true, lines: [...reportLines(done.report), last] };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'GATE_FAILED') throw error;
      const report = error.members?.['report'] as GateReport;
      return { promoted: false, lines: [...reportLines(report), error.message] };
    }
  });
}
