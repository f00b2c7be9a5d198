// What operators and MLflow may ask of the models being served: look now, and what the challenger does.
import { Injectable } from '@nestjs/common';
import { Siblings } from '../common/siblings.ts';
import { Config } from '../config/load-config.ts';
import { CHALLENGER_ALIAS, Challenger } from './challenger.ts';
import type {
  ChallengerRequest,
  ChallengerResponse,
  ReloadResponse,
} from './model-operations.dto.ts';
import { ALL_FOLLOW_WITHIN_MS, ModelLoader } from './model-loader.ts';
import { followedAlias } from './registry/model-uri.ts';

/** What all workers agree on: a ChallengerRequest. */
const CHALLENGER_SET = 'challenger_set';
/** Told to the other workers: the alias of the challenger may name another version now. */
const CHALLENGER_MOVED = 'challenger_moved';

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
    private readonly siblings: Siblings,
  ) {
    siblings.on(CHALLENGER_SET, ({ mode, share }: ChallengerRequest) =>
      challenger.set(mode, share),
    );
    siblings.on(CHALLENGER_MOVED, () => challenger.follower.recheck());
  }

  /** Throws what keeps the version that MODEL_URI names from being served. */
  async reload(): Promise<ReloadResponse> {
    if (this.challenger.mode !== 'off') {
      void this.challenger.follower.recheck();
      void this.siblings.tell(CHALLENGER_MOVED, null, ALL_FOLLOW_WITHIN_MS);
    }
    const { version, changed } = await this.loader.reload();
    return { model: { name: version.name, version: version.version }, changed };
  }

  async setChallenger({ mode, share }: ChallengerRequest): Promise<ChallengerResponse> {
    await this.siblings.agree(CHALLENGER_SET, { mode, share }, ALL_FOLLOW_WITHIN_MS);
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
    void this.siblings.tell(CHALLENGER_MOVED, null, ALL_FOLLOW_WITHIN_MS);
    return true;
  }
}
