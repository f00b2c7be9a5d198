// What other features know of a model version at this moment, for its card: who promoted it, how it does on live rows. They know of models,
// models do not know of them.
import { Injectable } from '@nestjs/common';
import type { CardFact } from './model-card.ts';
import type { ModelVersion } from './registry/model-registry.ts';

/** Is asked each time; answers nothing where it knows nothing. */
export type FactSource = (version: ModelVersion) => Promise<readonly CardFact[]>;

@Injectable()
export class ModelFacts {
  private readonly sources: FactSource[] = [];

  /** Once for each source, while the application is composed. */
  from(source: FactSource): void {
    this.sources.push(source);
  }

  async of(version: ModelVersion): Promise<readonly CardFact[]> {
    return (await Promise.all(this.sources.map((source) => source(version)))).flat();
  }
}
