// A table of trainings, each with its candidates below it.
import { type ReactElement } from 'react';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import type { Run } from './queries.ts';
import { runTree } from './run-tree.ts';
import { withoutFolds } from './side-by-side.ts';

interface RunTableProps {
  readonly runs: readonly Run[];
  readonly chosen: readonly string[];
  readonly onToggle: (id: string) => void;
}

export function RunTable({ runs, chosen, onToggle }: RunTableProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).runs;
  const { milliseconds } = useFormats();
  const { columns } = texts;
  const row = (run: Run, name: ReactElement | string): readonly (ReactElement | string)[] => [
    name as ReactElement,
    <input
      key="choose"
      type="checkbox"
      className="model-choose"
      aria-label={texts.choose(`${run.name}, ${run.run_id.slice(0, 6)}`)}
      checked={chosen.includes(run.run_id)}
      onChange={() => {
        onToggle(run.run_id);
      }}
    />,
    <Status key="status" status={run.status} />,
    <Time key="started" at={run.start_time} />,
    milliseconds(
      run.end_time === null ? null : Date.parse(run.end_time) - Date.parse(run.start_time),
    ),
    <Metrics key="metrics" metrics={withoutFolds(run.metrics)} />,
    <Params key="params" run={run} />,
  ];
  return (
    <DataTable
      caption={texts.title}
      hidesCaption
      columns={[
        { header: columns.name },
        { header: columns.choose },
        { header: columns.status },
        { header: columns.started },
        { header: columns.lasted, numeric: true },
        { header: columns.metrics },
        { header: columns.params },
      ]}
      rows={runTree(runs).flatMap(({ run, candidates }) => [
        row(
          run,
          <>
            {run.name} <code>{run.run_id.slice(0, 6)}</code>
            {candidates.length > 0 && (
              <span className="muted model-below">{texts.candidates(candidates.length)}</span>
            )}
          </>,
        ),
        ...candidates.map((candidate) =>
          row(
            candidate,
            <span className="model-candidate">
              <span aria-hidden="true">↳</span> {candidate.name}
              <span className="visually-hidden">, {texts.candidateOf(run.name)}</span>
            </span>,
          ),
        ),
      ])}
    />
  );
}

function Status({ status }: { readonly status: string }): ReactElement {
  const { statuses } = useTexts(MODELS_TEXTS).runs;
  const known: Readonly<Record<string, string>> = statuses;
  const tone = status === 'FINISHED' ? 'good' : status === 'RUNNING' ? 'neutral' : 'bad';
  return <Badge tone={tone}>{known[status] ?? status}</Badge>;
}

/** Those that a choice is made by come first. */
const FIRST = ['log_loss_mean', 'roc_auc', 'log_loss', 'accuracy'];
const SHOWN = 3;

function Metrics({ metrics }: { readonly metrics: Run['metrics'] }): ReactElement {
  const { number } = useFormats();
  const names = Object.keys(metrics);
  const shown = [
    ...FIRST.filter((name) => names.includes(name)),
    ...names.filter((name) => !FIRST.includes(name)),
  ];
  return (
    <ul className="model-list">
      {shown.slice(0, SHOWN).map((name) => (
        <li key={name}>
          <code>{name}</code> {number(metrics[name])}
        </li>
      ))}
    </ul>
  );
}

function Params({ run }: { readonly run: Run }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).runs;
  const params = Object.entries(run.params);
  return (
    <details>
      <summary aria-label={`${texts.all(params.length)}, ${run.name}`}>
        {texts.all(params.length)}
      </summary>
      <ul className="model-list">
        {params.map(([name, value]) => (
          <li key={name}>
            <code>{name}</code> {value}
          </li>
        ))}
      </ul>
    </details>
  );
}
