// Notices that the alias was moved in the registry by other hands (in MLflow's pages, by training) and writes that down.
import { AppError } from '../common/errors.ts';
import type { ModelRegistry } from '../model/registry/model-registry.ts';
import { movesOf, type ModelHistory } from './model-history.ts';
import { CHAMPION } from './promotion.ts';

/** A move of our own is claimed in the history first and then told to the registry: for so long the two may differ. */
const ON_ITS_WAY_MS = 2000;

export class OutsideMoves {
  /** Models to look at again, because their last move was too young. */
  private readonly unsettled = new Set<string>();

  constructor(
    private readonly registry: ModelRegistry,
    private readonly history: ModelHistory,
    private readonly now: () => number = Date.now,
  ) {}

  /** Compares the alias with the history, and adds the move that the history lacks. Never rejects; lookAgain() tries again. */
  async notice(model: string): Promise<void> {
    this.unsettled.delete(model);
    try {
      await this.compare(model);
    } catch {
      // The registry or the database is away, another server noticed it first, or somebody moves the alias this moment.
      this.unsettled.add(model);
    }
  }

  async lookAgain(): Promise<void> {
    for (const model of [...this.unsettled]) await this.notice(model);
  }

  private async compare(model: string): Promise<void> {
    const version = await this.championOf(model);
    if (version === null) return;
    const last = await this.history.lastMove(model, CHAMPION);
    if (last?.version === version) return;
    if (last !== null && this.now() - last.at < ON_ITS_WAY_MS) {
      this.unsettled.add(model);
      return;
    }
    const event = {
      at: this.now(),
      kind: 'alias_moved',
      model,
      alias: CHAMPION,
      version,
      fromVersion: last?.version ?? null,
      actor: 'registry',
      cause: 'outside',
      stream: movesOf(model, CHAMPION),
    } as const;
    await this.history.claim(event, (last?.sequence ?? 0) + 1);
  }

  /** null where there is no champion. */
  private async championOf(model: string): Promise<string | null> {
    try {
      return (await this.registry.resolve(`models:/${model}@${CHAMPION}`)).version;
    } catch (error) {
      if (error instanceof AppError && error.code === 'MODEL_NOT_FOUND') return null;
      throw error;
    }
  }
}
