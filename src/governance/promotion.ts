// Moves the alias `champion`: forward through the gate, or back. Each move is claimed in the history before the registry is told, so that of
// two operators one is refused, whichever servers they ask. A plain class: the server and `npm run promote` make one each.
import type { Audited, Origin } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { openServedBundle } from '../model/open-model.ts';
import type { ModelRegistry, ModelVersion } from '../model/registry/model-registry.ts';
import { isVersionNumber } from '../model/registry/model-uri.ts';
import { standingChampions } from './champions.ts';
import { failedNames, isServable, runGate, type GateReport } from './gate.ts';
import type { Cause } from './model-event.entity.ts';
import { factsOf, movesOf, type Facts, type ModelHistory, type NewEvent } from './model-history.ts';

export const CHAMPION = 'champion';

export interface PromotionOrder {
  readonly model: string;
  readonly version: string;
  /** Overrules the gate; needs a reason. */
  readonly force: boolean;
  readonly reason: string | null;
  /** Who orders it, as the history names them. */
  readonly actor: string;
  readonly origin: Origin;
}

export type RollbackOrder = Pick<PromotionOrder, 'model' | 'reason' | 'actor' | 'origin'>;

export interface MovedChampion {
  readonly model: string;
  readonly version: string;
  readonly fromVersion: string | null;
}

export interface Promoted extends MovedChampion {
  readonly report: GateReport;
  /** The gate refused and was overruled. */
  readonly forced: boolean;
}

export class Promotion {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly history: ModelHistory,
  ) {}

  /**
   * Makes the version champion if the gate passes. Throws GATE_FAILED with the report in `members`, CONFLICT where somebody else moved the
   * alias meanwhile or it is champion already, MODEL_NOT_FOUND, INVALID_INPUT for force without a reason, REGISTRY_UNAVAILABLE.
   */
  async promote(order: PromotionOrder): Promise<Promoted> {
    requireReason(order);
    const version = await this.find(order.model, order.version);
    const position = await this.position(order.model);
    const champion = await this.champion(order.model);
    if (champion?.version === version.version)
      throw new AppError('CONFLICT', `Version ${version.version} is the champion already.`);
    const report = await this.gate(version, champion);
    const facts = await this.factsOf(version);
    const forced = !report.passed && order.force && isServable(report);
    if (!report.passed && !forced) throw await this.refusal(order, report, facts);
    await this.move(order, version, champion, {
      position,
      cause: forced ? 'forced_promotion' : 'promotion',
      report: JSON.stringify(report),
      facts,
    });
    return { ...moved(version, champion), report, forced };
  }

  /** Makes the champion before the present one champion again; no gate. Throws CONFLICT where there is none, or as promote does. */
  async rollback(order: RollbackOrder): Promise<MovedChampion> {
    const position = await this.position(order.model);
    const champion = await this.champion(order.model);
    const target = await this.formerChampion(order.model, champion);
    const facts = await this.factsOf(target);
    await this.move(order, target, champion, { position, cause: 'rollback', report: null, facts });
    return moved(target, champion);
  }

  private find(model: string, version: string): Promise<ModelVersion> {
    if (!isVersionNumber(version)) {
      throw new AppError('INVALID_INPUT', 'The version must be a whole number.', {
        errors: [{ field: 'version', code: 'version', expected: 'a version number' }],
      });
    }
    return this.registry.resolve(`models:/${model}/${version}`);
  }

  private async champion(model: string): Promise<ModelVersion | null> {
    try {
      return await this.registry.resolve(`models:/${model}@${CHAMPION}`);
    } catch (error) {
      if (error instanceof AppError && error.code === 'MODEL_NOT_FOUND') return null;
      throw error;
    }
  }

  /** The number of the next move. */
  private async position(model: string): Promise<number> {
    return ((await this.history.lastMove(model, CHAMPION))?.sequence ?? 0) + 1;
  }

  private async gate(version: ModelVersion, champion: ModelVersion | null): Promise<GateReport> {
    const dir = await this.registry.fetchBundle(version);
    const report = await runGate(
      dir,
      champion && {
        version: champion.version,
        dir: await this.registry.fetchBundle(champion),
      },
    );
    const time = new Date().toISOString().replaceAll(':', '-');
    await this.registry.attach(
      version,
      `gate-${time}.json`,
      `${JSON.stringify(report, null, 2)}\n`,
    );
    return report;
  }

  /** Of a bundle that does not open there are none. */
  private async factsOf(version: ModelVersion): Promise<Partial<Facts>> {
    try {
      return factsOf(version, await openServedBundle(await this.registry.fetchBundle(version)));
    } catch (error) {
      if (error instanceof AppError && error.code === 'BUNDLE_INVALID') return {};
      throw error;
    }
  }

  private async refusal(
    order: PromotionOrder,
    report: GateReport,
    facts: Partial<Facts>,
  ): Promise<AppError> {
    const { model, version, reason, actor, force } = order;
    const failed = failedNames(report);
    await this.history.append(
      {
        ...facts,
        at: Date.now(),
        kind: 'promotion_refused',
        model,
        alias: CHAMPION,
        version,
        actor,
        reason,
        report: JSON.stringify(report),
      },
      {
        action: 'promotion_refused',
        origin: order.origin,
        target: { kind: 'model', id: version, name: model },
        outcome: 'refused',
        details: { failed, force, reason },
      },
    );
    const names = failed.join(', ');
    const hopeless = force ? ' A version that cannot be served cannot be forced.' : '';
    return new AppError(
      'GATE_FAILED',
      `The gate refuses version ${version}: ${names}.${hopeless}`,
      { members: { report } },
    );
  }

  private async formerChampion(
    model: string,
    champion: ModelVersion | null,
  ): Promise<ModelVersion> {
    const versions = await this.registry.listVersions(model);
    const former = standingChampions(await this.history.moves(model, CHAMPION))
      .filter((version) => version !== champion?.version)
      .map((version) => versions.find((each) => each.version === version))
      .findLast((version) => version !== undefined);
    if (former === undefined)
      throw new AppError('CONFLICT', 'There is no earlier champion to go back to.');
    return former;
  }

  private async move(
    { model, reason, actor, origin }: RollbackOrder,
    to: ModelVersion,
    from: ModelVersion | null,
    { position, cause, report, facts }: Move,
  ): Promise<void> {
    const event = {
      ...facts,
      at: Date.now(),
      kind: 'alias_moved',
      model,
      alias: CHAMPION,
      version: to.version,
      fromVersion: from?.version ?? null,
      actor,
      cause,
      reason,
      report,
      stream: movesOf(model, CHAMPION),
    } as const satisfies NewEvent;
    // In MLflow anybody can move the alias without asking the history.
    if ((await this.champion(model))?.version !== from?.version)
      throw new AppError('CONFLICT', 'The alias was moved in the registry meanwhile; try again.');
    const audited: Audited = {
      action: cause === 'rollback' ? 'model_rolled_back' : 'model_promoted',
      origin,
      target: { kind: 'model', id: to.version, name: model },
      outcome: 'done',
      details: {
        from_version: from?.version ?? null,
        reason,
        ...(cause !== 'rollback' && { forced: cause === 'forced_promotion' }),
      },
    };
    await this.claim(event, position, audited);
    await this.settle(event, audited);
  }

  /** Loses to another move, not to a server that writes down meanwhile how the present champion came to be. */
  private async claim(
    event: NewEvent & { readonly stream: string },
    position: number,
    audited: Audited,
  ): Promise<void> {
    try {
      await this.history.claim(event, position, audited);
    } catch (error) {
      const last = await this.history.lastMove(event.model, CHAMPION);
      const noticed = last?.cause === 'outside' && last.version === event.fromVersion;
      if (!noticed) throw error;
      await this.history.claim(event, (last.sequence ?? 0) + 1, audited);
    }
  }

  /**
   * Tells the registry, and again where somebody claimed the next move while this one was on its way there: whoever ends last leaves the
   * alias where the last claim put it.
   */
  private async settle(
    event: NewEvent & { readonly version: string },
    audited: Audited,
  ): Promise<void> {
    let { version } = event;
    for (;;) {
      try {
        await this.registry.setAlias(event.model, CHAMPION, version);
      } catch (error) {
        await this.undo(event, audited, error);
        throw error;
      }
      const last = await this.history.lastMove(event.model, CHAMPION);
      if (last?.version == null || last.version === version || last.cause === 'outside') return;
      version = last.version;
    }
  }

  private async undo(event: NewEvent, audited: Audited, error: unknown): Promise<void> {
    const undone: NewEvent = {
      at: Date.now(),
      kind: 'alias_moved',
      model: event.model,
      alias: CHAMPION,
      version: event.fromVersion ?? null,
      fromVersion: event.version ?? null,
      actor: event.actor,
      cause: 'undone',
      reason: `The registry did not take the move: ${error instanceof AppError ? error.message : 'it failed.'}`,
      stream: event.stream ?? null,
    };
    const details = { ...audited.details, undone: true };
    await this.history.append(undone, { ...audited, outcome: 'failed', details });
  }
}

interface Move {
  readonly position: number;
  readonly cause: Cause;
  readonly report: string | null;
  readonly facts: Partial<Facts>;
}

const moved = (to: ModelVersion, from: ModelVersion | null): MovedChampion => ({
  model: to.name,
  version: to.version,
  fromVersion: from?.version ?? null,
});

function requireReason({ force, reason }: PromotionOrder): void {
  if (!force || (reason !== null && reason.trim() !== '')) return;
  throw new AppError('INVALID_INPUT', 'To overrule the gate takes a reason, which is recorded.', {
    errors: [{ field: 'reason', code: 'required', expected: 'why the gate is overruled' }],
  });
}
