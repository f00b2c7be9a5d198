// Promotion and rollback for the server: moves the alias, then waits until this server serves what it names, or says why it does not.
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { ModelLoader } from '../model/model-loader.ts';
import { followedAlias } from '../model/registry/model-uri.ts';
import type { PromotionResponse, RollbackResponse } from './governance.dto.ts';
import {
  CHAMPION,
  Promotion,
  type MovedChampion,
  type PromotionOrder,
  type RollbackOrder,
} from './promotion.ts';
import { ServingRecorder } from './serving-recorder.ts';

type Serving = Pick<RollbackResponse, 'serving' | 'serving_problem'>;

@Injectable()
export class ChampionService {
  constructor(
    private readonly config: Config,
    private readonly promotion: Promotion,
    private readonly loader: ModelLoader,
    private readonly recorder: ServingRecorder,
  ) {}

  async promote(order: PromotionOrder): Promise<PromotionResponse> {
    const promoted = await this.promotion.promote(order);
    const { report, forced } = promoted;
    return { ...toResponse(promoted), forced, ...(await this.follow(promoted)), ...report };
  }

  async rollback(order: RollbackOrder): Promise<RollbackResponse> {
    const moved = await this.promotion.rollback(order);
    return { ...toResponse(moved), ...(await this.follow(moved)) };
  }

  private async follow({ model, version }: MovedChampion): Promise<Serving> {
    const { uri } = this.config.model;
    const followed = followedAlias(uri);
    if (followed?.name !== model || followed.alias !== CHAMPION)
      return { serving: false, serving_problem: `This server follows ${uri}.` };
    try {
      const served = (await this.loader.reload()).version.version;
      await this.recorder.written();
      if (served === version) return { serving: true, serving_problem: null };
      return { serving: false, serving_problem: `The alias names version ${served} by now.` };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { serving: false, serving_problem: error.message };
    }
  }
}

const toResponse = ({ model, version, fromVersion }: MovedChampion) => ({
  model,
  version,
  from_version: fromVersion,
});
