// The models that a protocol can name: the champion, and the challenger while it is loaded.
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { Challenger } from '../model/challenger.ts';
import { ModelSlot, type LoadedModel } from '../model/model-slot.ts';
import { followedAlias } from '../model/registry/model-uri.ts';

/** Which model a request is for; absent: whichever is served. */
export interface ModelTarget {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

@Injectable()
export class ServedModels {
  /** Of the model that this server waits for while it serves none. */
  private readonly expectedName: string;

  constructor(
    { model }: Config,
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
  ) {
    this.expectedName = followedAlias(model.uri)?.name ?? model.name;
  }

  /** The champion unless another version is asked for. Throws MODEL_NOT_FOUND, MODEL_NOT_READY. */
  find({ name, version }: ModelTarget): LoadedModel {
    const champion = this.slot.peek();
    const served = champion?.version.name ?? this.expectedName;
    if (name !== undefined && name !== served)
      throw new AppError('MODEL_NOT_FOUND', 'No model of this name is served here.');
    if (champion === null) return this.slot.current();
    if (version === undefined) return champion;
    const found = this.all().find((model) => model.version.version === version);
    if (found === undefined)
      throw new AppError('MODEL_NOT_FOUND', 'This version of the model is not served here.');
    return found;
  }

  /** The champion first; none while nothing is served. */
  all(): readonly LoadedModel[] {
    const champion = this.slot.peek();
    if (champion === null) return [];
    const challenger = this.challenger.current();
    const isOther =
      challenger !== null &&
      challenger.version.name === champion.version.name &&
      challenger.version.version !== champion.version.version;
    return isOther ? [champion, challenger] : [champion];
  }
}
