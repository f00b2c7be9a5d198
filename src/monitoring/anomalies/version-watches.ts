// The watches of the model versions that answer, each made when its first row is looked at.
import { Injectable, Logger } from '@nestjs/common';
import { messageOf } from '../../common/errors.ts';
import { Challenger } from '../../model/challenger.ts';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import { LogTail, type LogPlace } from '../../prediction/log-tail.ts';
import { Calibration } from './calibration.ts';
import { InputWatch } from './input-watch.ts';
import { CALIBRATION_VALUES } from './stream-watch.ts';
import { VersionWatch } from './version-watch.ts';

/** Champion, challenger and those that they followed; the one that was made first goes first. */
const MOST_WATCHES = 6;

interface Version {
  readonly name: string;
  readonly version: string;
}

@Injectable()
export class VersionWatches {
  private readonly logger = new Logger('Anomalies');
  private readonly watches = new Map<string, VersionWatch>();

  constructor(
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
    private readonly tail: LogTail,
    private readonly calibration: Calibration,
  ) {}

  /** What the version answered up to and with `since` is taken to be ordinary. */
  async of(model: Version, since: LogPlace): Promise<VersionWatch> {
    const key = JSON.stringify([model.name, model.version]);
    const known = this.watches.get(key);
    if (known !== undefined) return known;
    const concerned = { model: model.name, version: model.version };
    const watch = new VersionWatch(
      concerned,
      (values) => this.calibration.thresholds(values),
      await this.inputsOf(model),
    );
    await watch.learn(await this.tail.before(since, model, CALIBRATION_VALUES));
    this.watches.set(key, watch);
    const [first] = this.watches.keys();
    if (this.watches.size > MOST_WATCHES && first !== undefined) this.watches.delete(first);
    return watch;
  }

  /** null for a version that is not loaded any more. */
  private async inputsOf(model: Version): Promise<InputWatch | null> {
    const loaded = [this.slot.peek(), this.challenger.current()].find((one) => isOf(one, model));
    if (loaded === undefined || loaded === null) return null;
    const { bundle } = loaded;
    const reference = await this.calibration.inputs(bundle).catch((error: unknown) => {
      this.logger.warn(`Distances of inputs are not watched: ${messageOf(error)}`);
      return null;
    });
    return new InputWatch({
      concerned: { model: model.name, version: model.version },
      features: bundle.features.features,
      trainingRows: bundle.reference?.rows ?? null,
      reference,
      chance: this.calibration.chance,
    });
  }
}

const isOf = (loaded: LoadedModel | null, { name, version }: Version): boolean =>
  loaded?.version.name === name && loaded.version.version === version;
