// What operators and MLflow may ask of the models being served: look now, and what the challenger does.
import { Injectable } from '@nestjs/common';
import { Config } from '../config/load-config.ts';
import { CHALLENGER_ALIAS, Challenger } from './challenger.ts';
import type {
  ChallengerRequest,
  ChallengerResponse,
  ReloadResponse,
} from './model-operations.dto.ts';
import { ModelLoader } from './model-loader.ts';
import { followedAlias } from './registry/model-uri.ts';

/** Where an alias of a model was set or deleted. */
export interface AliasEvent {
  readonly name: string;
  readonly alias: string;
}

@Injectable()
export class ModelOperations {
  constructor(
    private readonly config: Config,
    private readonly loader: ModelLoader,
    private readonly challenger: Challenger,
  ) {}

  /** Throws what keeps the version that MODEL_URI names from being served. */
  async reload(): Promise<ReloadResponse> {
    if (this.challenger.mode !== 'off') void this.challenger.follower.recheck();
    const { version, changed } = await this.loader.reload();
    return { model: { name: version.name, version: version.version }, changed };
  }

  async setChallenger({ mode, share }: ChallengerRequest): Promise<ChallengerResponse> {
    await this.challenger.set(mode, share);
    const version = this.challenger.current()?.version;
    return {
      mode: this.challenger.mode,
      share: this.challenger.share,
      model: version === undefined ? null : { name: version.name, version: version.version },
    };
  }

  /** Starts a look where the event is about an alias that this server follows; answers whether it is. */
  aliasMoved({ name, alias }: AliasEvent): boolean {
    const { uri, name: modelName } = this.config.model;
    const champion = followedAlias(uri);
    if (name === champion?.name && alias === champion.alias) {
      void this.loader.check();
      return true;
    }
    const followed = this.challenger.mode !== 'off' && alias === CHALLENGER_ALIAS;
    if (!followed || name !== (champion?.name ?? modelName)) return false;
    void this.challenger.follower.check();
    return true;
  }
}
