// Which words a model has for its two classes: what a label may be, and what it means.
import { Injectable } from '@nestjs/common';
import { Challenger } from '../model/challenger.ts';
import type { FeaturesFile } from '../model/model-bundle.ts';
import { ModelSlot } from '../model/model-slot.ts';
import { openServedBundle } from '../model/open-model.ts';
import { ModelRegistry } from '../model/registry/model-registry.ts';
import type { PredictionFact } from '../prediction/prediction-facts.ts';

export type Words = Pick<FeaturesFile, 'positive_label' | 'positive_value' | 'negative_label'>;

@Injectable()
export class LabelWords {
  /** Of versions that are not loaded and word their classes otherwise than the live one. */
  readonly #opened = new Map<string, Promise<Words>>();

  constructor(
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
    private readonly registry: ModelRegistry,
  ) {}

  /** Of the version that answered. Throws MODEL_NOT_FOUND where nobody has that any more, REGISTRY_UNAVAILABLE, BUNDLE_INVALID. */
  async of({ modelName, modelVersion, label }: PredictionFact): Promise<Words> {
    const loaded = [this.slot.peek(), this.challenger.slot.peek()].filter(
      (model) => model !== null,
    );
    const same = loaded.find(
      ({ version }) => version.name === modelName && version.version === modelVersion,
    );
    if (same !== undefined) return same.bundle.features;
    const live = this.slot.peek()?.bundle.features;
    // A version before the live one, with the same words: what its own answer shows.
    if (live?.positive_label === label || live?.negative_label === label) return live;
    return this.#open(modelName, modelVersion);
  }

  #open(name: string, version: string): Promise<Words> {
    const key = `${name}/${version}`;
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const opening = this.#read(name, version);
    this.#opened.set(key, opening);
    opening.catch(() => this.#opened.delete(key));
    return opening;
  }

  async #read(name: string, version: string): Promise<Words> {
    const registered = await this.registry.resolve(`models:/${name}/${version}`);
    const bundle = await openServedBundle(await this.registry.fetchBundle(registered));
    const { positive_label, positive_value, negative_label } = bundle.features;
    return {
      positive_label,
      ...(positive_value !== undefined && { positive_value }),
      negative_label,
    };
  }
}

/** 1 for the positive class, which may be written as in the data; null for no word of the model. */
export function classOf(words: Words, label: string): 0 | 1 | null {
  if (label === words.positive_label) return 1;
  if (label === words.negative_label) return 0;
  return label === words.positive_value ? 1 : null;
}
