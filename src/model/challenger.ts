// The challenger: a second model beside the champion, with a slot of its own that follows models:/<name>@challenger while its mode is not
// off. What becomes of its answers is the data plane's business.
import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import type { ChallengerMode } from '../config/settings.ts';
import { AliasFollower } from './alias-follower.ts';
import { ModelSlot, type LoadedModel } from './model-slot.ts';
import { ModelRegistry } from './registry/model-registry.ts';
import { followedAlias } from './registry/model-uri.ts';

export const CHALLENGER_ALIAS = 'challenger';

@Injectable()
export class Challenger
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly slot = new ModelSlot();
  readonly follower: AliasFollower;
  #mode: ChallengerMode;
  #share: number;

  constructor({ challenger, model }: Config, registry: ModelRegistry) {
    this.#mode = challenger.mode;
    this.#share = challenger.share;
    const name = followedAlias(model.uri)?.name ?? model.name;
    this.follower = new AliasFollower({
      uri: `models:/${name}@${CHALLENGER_ALIAS}`,
      registry,
      slot: this.slot,
      pollSeconds: model.pollSeconds,
    });
    // Unlike the champion, which outlives its alias: whoever removes the alias wants no challenger.
    this.follower.onProblem((error) => {
      if (error instanceof AppError && error.code === 'MODEL_NOT_FOUND') void this.slot.clear();
    });
  }

  get mode(): ChallengerMode {
    return this.#mode;
  }

  /** The share of requests that a canary answers, above 0 and up to 1; 0 in the other modes. */
  get share(): number {
    return this.#share;
  }

  /** null while the mode is off, the alias names nothing, or no version has been verified. */
  current(): LoadedModel | null {
    return this.#mode === 'off' ? null : this.slot.peek();
  }

  /** Changes what the challenger does, until the process ends. Resolves after the first look at the alias; never rejects. */
  async set(mode: ChallengerMode, share = 0): Promise<void> {
    this.#mode = mode;
    this.#share = mode === 'canary' ? share : 0;
    if (mode === 'off') {
      this.follower.stop();
      await this.follower.idle();
    } else {
      await this.follower.start();
    }
    // The last word counts where somebody changed the mode meanwhile.
    if (this.#mode === 'off') await this.slot.clear();
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.#mode !== 'off') await this.follower.start();
  }

  beforeApplicationShutdown(): void {
    this.follower.stop();
  }

  /** Nest does not know the slot, so its end is told here. */
  onApplicationShutdown(): Promise<void> {
    return this.slot.onApplicationShutdown();
  }
}
