// Training runs with their candidates; those that are chosen side by side.
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactElement } from 'react';
import { Asked, Empty } from '../../components/states.tsx';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import { runsQuery } from './queries.ts';
import { RunTable } from './run-table.tsx';
import { chosenOf, toggled } from './selection.ts';
import { withoutFolds } from './side-by-side.ts';
import { MetricTable, ParamTable } from './side-by-side-tables.tsx';

export function RunsView(): ReactElement {
  const { runs: texts, comparison, more } = useTexts(MODELS_TEXTS);
  const query = useInfiniteQuery(runsQuery);
  const [value, choose] = useQueryValue<string>('runs', '');
  const chosen = chosenOf(value);
  return (
    <Asked query={query}>
      {({ pages }) => {
        const runs = pages.flatMap(({ items }) => items);
        const sides = runs
          .filter(({ run_id: id }) => chosen.includes(id))
          .map((run) => ({
            ...run,
            metrics: withoutFolds(run.metrics),
            key: run.run_id,
            label: `${run.name} (${run.run_id.slice(0, 6)})`,
          }));
        return runs.length === 0 ? (
          <Empty>{texts.none}</Empty>
        ) : (
          <>
            {sides.length > 0 && (
              <section aria-labelledby="runs-compared">
                <h2 id="runs-compared">{texts.comparison}</h2>
                <div className="grid">
                  <div className="card">
                    <MetricTable caption={texts.metrics} sides={sides} />
                  </div>
                  <div className="card">
                    <ParamTable caption={comparison.params} sides={sides} />
                  </div>
                </div>
              </section>
            )}
            <section className="card">
              <h2>{texts.title}</h2>
              <p className="muted">{texts.lead}</p>
              <RunTable
                runs={runs}
                chosen={chosen}
                onToggle={(id) => {
                  choose(toggled(chosen, id));
                }}
              />
              {query.hasNextPage && (
                <button
                  type="button"
                  disabled={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {more}
                </button>
              )}
            </section>
          </>
        );
      }}
    </Asked>
  );
}
