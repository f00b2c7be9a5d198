// What the history tells a model card: when and by whom a version was last made champion or challenger.
import { Injectable } from '@nestjs/common';
import { toIso } from '../database/epoch-ms.ts';
import type { CardFact } from '../model/model-card.ts';
import { ModelFacts } from '../model/model-facts.ts';
import type { ModelVersion } from '../model/registry/model-registry.ts';
import { ModelHistory } from './model-history.ts';

@Injectable()
export class PromotionFacts {
  constructor(
    facts: ModelFacts,
    private readonly history: ModelHistory,
  ) {
    facts.from((version) => this.of(version));
  }

  private async of({ name, version, aliases }: ModelVersion): Promise<readonly CardFact[]> {
    const moves = (await this.history.ofVersion(name, version)).filter(
      ({ kind, cause }) => kind === 'alias_moved' && cause !== 'undone',
    );
    return aliases.flatMap((alias) => {
      const last = moves.findLast((move) => move.alias === alias);
      if (last === undefined) return [];
      const { at, actor, cause, reason } = last;
      const how = `${(cause ?? 'moved').replaceAll('_', ' ')} by ${actor} at ${toIso(at)}`;
      return [{ name: `became ${alias}`, value: reason === null ? how : `${how}: ${reason}` }];
    });
  }
}
