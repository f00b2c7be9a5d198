// Which version quality and fairness are asked of: one that is loaded, or one that still gets labels.
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import { LabelledAnswers } from '../../feedback/labelled-answers.ts';
import { Challenger } from '../../model/challenger.ts';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import type { ReferenceBundle } from './quality-thread.ts';

export interface MeasuredVersion {
  readonly name: string;
  readonly version: string;
  readonly threshold: number;
  /** null where the version is not loaded. */
  readonly bundle: ReferenceBundle | null;
}

@Injectable()
export class MeasuredVersions {
  constructor(
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
    private readonly labels: LabelledAnswers,
  ) {}

  /** The champion unless said. Throws MODEL_NOT_READY, MODEL_NOT_FOUND. */
  async of(version: string | undefined): Promise<MeasuredVersion> {
    const champion = this.slot.current();
    if (version === undefined || version === champion.version.version) return ofLoaded(champion);
    const challenger = this.challenger.current();
    if (version === challenger?.version.version) return ofLoaded(challenger);
    const { name } = champion.version;
    const newest = await this.labels.newest(name, version);
    if (newest === null)
      throw new AppError(
        'MODEL_NOT_FOUND',
        'The version is neither loaded, nor has any of its answers a label.',
      );
    return { name, version, threshold: newest.threshold, bundle: null };
  }
}

const ofLoaded = ({ version: { name, version }, bundle }: LoadedModel): MeasuredVersion => {
  const { dir, manifest, features, report } = bundle;
  return { name, version, threshold: report.threshold, bundle: { dir, manifest, features } };
};
