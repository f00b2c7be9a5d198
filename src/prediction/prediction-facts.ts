// What a label that comes later needs to know of the predictions that it is for.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { LoggedPrediction } from './logged-prediction.entity.ts';

export type PredictionFact = Pick<LoggedPrediction, 'id' | 'modelName' | 'modelVersion' | 'label'>;

/** SQLite is read on the event loop: as many take some 3 ms, for which a prediction meanwhile waits. */
const PAGE_ROWS = 250;

@Injectable()
export class PredictionFacts {
  constructor(
    @InjectRepository(LoggedPrediction) private readonly rows: Repository<LoggedPrediction>,
  ) {}

  /** By id; those that the log does not have are left out. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, PredictionFact>> {
    const facts = new Map<string, PredictionFact>();
    for (let at = 0; at < ids.length; at += PAGE_ROWS) {
      const page = await this.rows
        .createQueryBuilder('p')
        .select('p.id', 'id')
        .addSelect('p.model_name', 'modelName')
        .addSelect('p.model_version', 'modelVersion')
        .addSelect('p.label', 'label')
        .where('p.id IN (:...some)', { some: ids.slice(at, at + PAGE_ROWS) })
        .getRawMany<PredictionFact>();
      for (const fact of page) facts.set(fact.id, fact);
      await turn();
    }
    return facts;
  }
}
