// Gathers what champion and challenger answered in a window, and compares it.
import { Injectable } from '@nestjs/common';
import { toIso } from '../database/epoch-ms.ts';
import { Challenger } from '../model/challenger.ts';
import { ModelSlot, type LoadedModel } from '../model/model-slot.ts';
import { ChallengerLog, type ComparisonFilter } from '../prediction/challenger-log.ts';
import { PredictionLog, type ScoredAnswer } from '../prediction/prediction-log.ts';
import type {
  ComparisonQuery,
  ComparisonResponse,
  SideResponse,
} from './champion-challenger.dto.ts';
import {
  championSide,
  comparePairs,
  NO_PAIRS,
  summarise,
  type Convention,
  type PairSummary,
  type SideSummary,
} from './comparison.ts';
import { windowUntil } from './window.ts';

/** Rows of a side at most: enough for a rate to half a percent, and read in some 10 ms, for which SQLite holds up everything else. */
const MAX_ROWS = 10_000;

interface Opponents {
  readonly champion: LoadedModel;
  readonly challenger: { readonly version: string; readonly positiveLabel: string };
}

/** The part of the answer that rests on rows. */
type Figures = Pick<ComparisonResponse, 'n' | 'truncated' | 'errors' | 'champion' | 'challenger'> &
  PairSummary;

@Injectable()
export class ChampionChallengerService {
  constructor(
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
    private readonly predictions: PredictionLog,
    private readonly comparisons: ChallengerLog,
  ) {}

  async compare(query: ComparisonQuery, now = Date.now()): Promise<ComparisonResponse> {
    const { mode, share } = this.challenger;
    const window = windowUntil(now, query.window);
    const convention = query.convention ?? (mode === 'canary' ? 'groups' : 'paired');
    const opponents = this.opponents(query.version);
    const figures =
      opponents === null
        ? this.noComparison()
        : await this.figures(opponents, convention, window.from);
    const { from, to } = window;
    return { window: { from: toIso(from), to: toIso(to) }, mode, share, convention, ...figures };
  }

  /** The served champion, and the challenger asked for, or else loaded; null unless there are both. */
  private opponents(asked: string | undefined): Opponents | null {
    const champion = this.slot.peek();
    const loaded = this.challenger.current();
    const version = asked ?? loaded?.version.version;
    if (champion === null || version === undefined) return null;
    // A challenger that is not loaded any more is read by the champion's words for the classes.
    const { positive_label } = (loaded?.version.version === version ? loaded : champion).bundle
      .features;
    return { champion, challenger: { version, positiveLabel: positive_label } };
  }

  private figures(opponents: Opponents, convention: Convention, from: number): Promise<Figures> {
    const { name: modelName, version: championVersion } = opponents.champion.version;
    const filter = { modelName, championVersion, version: opponents.challenger.version, from };
    switch (convention) {
      case 'paired':
        return this.paired(opponents, filter);
      case 'groups':
        return this.groups(opponents, filter);
    }
  }

  private async paired(opponents: Opponents, filter: ComparisonFilter): Promise<Figures> {
    const pairs = await this.comparisons.pairs(filter, MAX_ROWS);
    return {
      n: pairs.length,
      truncated: pairs.length === MAX_ROWS,
      ...comparePairs(pairs),
      errors: await this.comparisons.failures(filter, 'shadow'),
      ...sidesOf(opponents, championSide(pairs), pairs),
    };
  }

  /** From the challenger's first answer on: what the champion answered alone, in another time, is no comparison. */
  private async groups(opponents: Opponents, filter: ComparisonFilter): Promise<Figures> {
    const { modelName, championVersion, version } = filter;
    const from = await this.predictions.firstAt({ modelName, version, from: filter.from });
    const answersOf = (of: string) =>
      from === null ? [] : this.predictions.scores({ modelName, version: of, from }, MAX_ROWS);
    const [champion, challenger] = [await answersOf(championVersion), await answersOf(version)];
    return {
      n: champion.length + challenger.length,
      truncated: champion.length === MAX_ROWS || challenger.length === MAX_ROWS,
      ...NO_PAIRS,
      errors: await this.comparisons.failures(filter, 'canary'),
      ...sidesOf(opponents, champion, challenger),
    };
  }

  private noComparison(): Figures {
    const live = this.slot.peek();
    const champion = live === null ? null : sideOf(live.version.version, summarise([], ''));
    return { n: 0, truncated: false, ...NO_PAIRS, errors: 0, champion, challenger: null };
  }
}

const sidesOf = (
  { champion, challenger }: Opponents,
  ofChampion: readonly ScoredAnswer[],
  ofChallenger: readonly ScoredAnswer[],
): Pick<Figures, 'champion' | 'challenger'> => ({
  champion: sideOf(
    champion.version.version,
    summarise(ofChampion, champion.bundle.features.positive_label),
  ),
  challenger: sideOf(challenger.version, summarise(ofChallenger, challenger.positiveLabel)),
});

const sideOf = (version: string, summary: SideSummary): SideResponse => ({ version, ...summary });
