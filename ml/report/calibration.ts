// What calibration did to the out-of-fold scores: which curve was kept, the log loss with each, and how true the numbers were before and after.
import { DIAGONAL, lineChart, UNIT, type Series } from '../../src/report/charts.ts';
import { markup, table, type Html } from '../../src/report/html.ts';
import { figure } from '../../src/report/numbers.ts';
import type { TrainingArtifact } from '../stages/artifacts.ts';

type Calibration = TrainingArtifact['calibration'];

const KINDS = [
  ['none', 'none'],
  ['platt', "Platt's curve"],
  ['isotonic', 'isotonic curve'],
] as const;

export function calibration({ kind, log_loss: losses, curves }: Calibration): readonly Html[] {
  if (losses === null || curves === null)
    return [markup`<h3>Calibration</h3>\n<p>No curve was asked for.</p>`];
  return [
    markup`<h3>Calibration</h3>
<p>Compared on the out-of-fold scores of the training part, each fold under a curve fitted on the other folds; a curve is kept where it has the lowest log loss.</p>`,
    table(
      [
        { head: 'curve', cell: ([, name]) => name },
        {
          head: 'log loss',
          cell: ([each]) => (losses[each] === null ? 'no curve fits' : figure(losses[each])),
          right: true,
        },
        { head: '', cell: ([each]) => (each === kind ? 'kept' : '') },
      ],
      KINDS,
    ),
    lineChart({
      title: 'Calibration out of fold',
      x: 'mean probability',
      y: 'share of positives',
      series: [...seriesOf(kind, curves), { name: 'perfect', points: DIAGONAL, style: 'dashed' }],
      xDomain: UNIT,
      yDomain: UNIT,
    }),
  ];
}

/** Without a curve after is as before, and would hide it. */
function seriesOf(
  kind: Calibration['kind'],
  { before, after }: NonNullable<Calibration['curves']>,
): readonly Series[] {
  if (kind === 'none') return [{ name: 'before and after', points: before, style: 'markers' }];
  return [
    { name: 'before', points: before, style: 'markers' },
    { name: 'after', points: after, style: 'markers' },
  ];
}
