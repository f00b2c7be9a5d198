// What every detector of a change in a stream of numbers offers, and its threshold from the run that its user asks for between false alarms.
import type { Random } from '../random.ts';

export interface StreamDetector {
  /** Takes one finite value. true: the stream has changed, and the detector begins anew with what follows. */
  update: (value: number) => boolean;
  /** How much speaks for a change at this moment; update answers true where it is above the threshold. */
  readonly evidence: number;
  readonly threshold: number;
}

export interface RunLengthOptions {
  /** Values between two false alarms, on average. */
  readonly expectedRun: number;
  /** Values of the stream when nothing was wrong; streams are drawn from them. */
  readonly reference: ArrayLike<number>;
  readonly random: Random;
  /** Streams drawn. */
  readonly runs?: number;
  /** Values of a stream at most. */
  readonly longest?: number;
}

/**
 * The threshold with which a detector of the kind that `make` builds is expected to run so long on values drawn from the reference. Alarms
 * without a change come like those of a Poisson process, so that a share 1 - exp(-length / expectedRun) of streams of a length has one: the
 * threshold is what the greatest evidence of that share of streams exceeds. Costs runs x length updates. Values are taken as
 * independent: where they hang together, alarms come sooner. Throws RangeError for no reference or a run of less than one value.
 */
export function thresholdForRun(
  make: (threshold: number) => StreamDetector,
  { expectedRun, reference, random, runs = 200, longest = 10_000 }: RunLengthOptions,
): number {
  if (reference.length === 0) throw new RangeError('expected values of the stream to draw from');
  if (!(expectedRun >= 1)) throw new RangeError('expected a run of at least one value');
  const length = Math.min(longest, Math.ceil(expectedRun));
  const greatest = Float64Array.from({ length: runs }, (_, run) =>
    greatestEvidence(make(Infinity), length, reference, random.stream(run)),
  ).sort();
  const alarmed = 1 - Math.exp(-length / expectedRun);
  const place = Math.min(runs - 1, Math.max(0, Math.ceil(runs * (1 - alarmed)) - 1));
  return greatest[place] as number;
}

function greatestEvidence(
  detector: StreamDetector,
  length: number,
  reference: ArrayLike<number>,
  random: Random,
): number {
  let greatest = -Infinity;
  for (let i = 0; i < length; i += 1) {
    detector.update(reference[random.nextInt(reference.length)] as number);
    if (detector.evidence > greatest) greatest = detector.evidence;
  }
  return greatest;
}
