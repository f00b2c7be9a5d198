// The versions of a model: what each is, how it measures, and which are chosen to be compared.
import { useQueries, useQuery } from '@tanstack/react-query';
import { Suspense, useState, type ReactElement } from 'react';
import { servedModel } from '../../api/served-model.ts';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Asked } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { linkTo, useQueryValue } from '../../shell/location.ts';
import { UNKNOWN } from '../../shell/formats.ts';
import { pageCode } from '../../shell/page-code.ts';
import { useTexts } from '../../shell/texts.ts';
import { useMay } from '../../shell/use-may.ts';
import { Comparison } from './comparison.tsx';
import { MetricValue } from './metric-value.tsx';
import { MODELS_TEXTS } from './models-texts.ts';
import { evaluationQuery, versionsQuery, type Evaluation, type Version } from './queries.ts';
import { chosenOf, toggled } from './selection.ts';
import { VersionActions } from './version-actions.tsx';

const PromoteDialog = pageCode(async () => ({
  default: (await import('./promote-dialog.tsx')).PromoteDialog,
}));

/** What each measures is read from its bundle, so not of hundreds at once. */
const AT_ONCE = 10;

export function VersionsView({ name }: { readonly name: string }): ReactElement {
  const versions = useQuery(versionsQuery(name));
  return <Asked query={versions}>{({ items }) => <Versions name={name} versions={items} />}</Asked>;
}

interface VersionsProps {
  readonly name: string;
  readonly versions: readonly Version[];
}

function Versions({ name, versions }: VersionsProps): ReactElement {
  const { versions: texts, more } = useTexts(MODELS_TEXTS);
  const operates = useMay('operate');
  const [shown, setShown] = useState(AT_ONCE);
  const [promoted, setPromoted] = useState<string | null>(null);
  const [value, choose] = useQueryValue<string>('versions', defaultChoice(versions));
  const known = new Set(versions.map(({ version }) => version));
  const chosen = chosenOf(value).filter((version) => known.has(version));
  return (
    <>
      <section className="card">
        <div className="toolbar">
          <h2>{texts.title}</h2>
          {operates && <VersionActions name={name} />}
        </div>
        <p className="muted">{texts.lead}</p>
        <VersionTable
          name={name}
          versions={versions.slice(0, shown)}
          chosen={chosen}
          onToggle={(version) => {
            choose(toggled(chosen, version));
          }}
          onPromote={operates ? setPromoted : null}
        />
        {versions.length > shown && (
          <button
            type="button"
            onClick={() => {
              setShown(shown + AT_ONCE);
            }}
          >
            {more}
          </button>
        )}
      </section>
      <Comparison name={name} versions={chosen} />
      {promoted !== null && (
        <Suspense>
          <PromoteDialog
            name={name}
            version={promoted}
            onClose={() => {
              setPromoted(null);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

/** The champion and the newest other one. */
function defaultChoice(versions: readonly Version[]): string {
  const champion = versions.find(({ aliases }) => aliases.includes('champion'));
  const other = versions.find((version) => version !== champion);
  return [champion, other].flatMap((each) => (each === undefined ? [] : [each.version])).join(',');
}

interface VersionTableProps extends VersionsProps {
  readonly chosen: readonly string[];
  readonly onToggle: (version: string) => void;
  /** null for who may not. */
  readonly onPromote: ((version: string) => void) | null;
}

function VersionTable({
  name,
  versions,
  chosen,
  onToggle,
  onPromote,
}: VersionTableProps): ReactElement {
  const { columns, choose, ...texts } = useTexts(MODELS_TEXTS).versions;
  const served = useQuery(servedModel).data;
  const evaluations = useQueries({
    queries: versions.map(({ version }) => evaluationQuery(name, version)),
  });
  return (
    <DataTable
      caption={texts.title}
      hidesCaption
      columns={[
        { header: columns.version },
        { header: columns.choose },
        { header: columns.role },
        { header: columns.learner },
        { header: columns.rocAuc, numeric: true },
        { header: columns.logLoss, numeric: true },
        { header: columns.created },
        { header: columns.run },
        ...(onPromote === null ? [] : [{ header: columns.actions }]),
      ]}
      rows={versions.map((each, i) => {
        const { version } = each;
        const isServed = served?.name === name && served.version === version;
        return [
          version,
          <input
            key="choose"
            type="checkbox"
            className="model-choose"
            aria-label={choose(version)}
            checked={chosen.includes(version)}
            onChange={() => {
              onToggle(version);
            }}
          />,
          <Roles key="roles" version={each} served={isServed ? texts.served : null} />,
          ...measured(evaluations[i]?.data),
          <Time key="created" at={each.created_at} />,
          <RunLink key="run" id={each.run_id} />,
          ...(onPromote === null
            ? []
            : [
                !each.aliases.includes('champion') && (
                  <button
                    type="button"
                    aria-label={texts.promoteVersion(version)}
                    onClick={() => {
                      onPromote(version);
                    }}
                  >
                    {texts.promote}
                  </button>
                ),
              ]),
        ];
      })}
    />
  );
}

const measured = (evaluation: Evaluation | undefined): readonly (ReactElement | string)[] =>
  evaluation === undefined
    ? ['…', '…', '…']
    : [
        evaluation.learner,
        ...['roc_auc', 'log_loss'].map((metric) => (
          <MetricValue
            key={metric}
            value={evaluation.metrics[metric] ?? null}
            interval={evaluation.intervals[metric]}
          />
        )),
      ];

function Roles({
  version: { aliases, stage },
  served,
}: {
  readonly version: Version;
  readonly served: string | null;
}): ReactElement {
  return (
    <span className="model-roles">
      {aliases.map((alias) => (
        <Badge key={alias} tone={alias === 'champion' ? 'accent' : 'neutral'}>
          {alias}
        </Badge>
      ))}
      {stage !== 'None' && <Badge tone="neutral">{stage}</Badge>}
      {served !== null && <Badge tone="good">{served}</Badge>}
    </span>
  );
}

const RunLink = ({ id }: { readonly id: string | null }): ReactElement =>
  id === null ? (
    <>{UNKNOWN}</>
  ) : (
    <a href={linkTo('/models', { view: 'runs', runs: id })}>
      <code>{id.slice(0, 8)}</code>
    </a>
  );
