// The page "Models": what is registered and served, how versions compare, what becomes champion.
import { useQuery } from '@tanstack/react-query';
import { type ReactElement } from 'react';
import { Choice } from '../../components/choice.tsx';
import { Asked, Empty } from '../../components/states.tsx';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { CardView } from './card-view.tsx';
import { ChallengerView } from './challenger-view.tsx';
import { HistoryView } from './history-view.tsx';
import { MODELS_TEXTS } from './models-texts.ts';
import { modelsQuery, servedQuery } from './queries.ts';
import { RunsView } from './runs-view.tsx';
import { VersionsView } from './versions-view.tsx';
import './models.css';

const VIEWS = ['versions', 'runs', 'challenger', 'history', 'card'] as const;
type View = (typeof VIEWS)[number];

export default function ModelsPage(): ReactElement {
  const texts = useTexts(MODELS_TEXTS);
  const models = useQuery(modelsQuery);
  const served = useQuery(servedQuery).data?.name;
  const [chosen, choose] = useQueryValue<string>('model', '');
  const [view, show] = useQueryValue<View>('view', 'versions');
  const names = models.data?.items.map(({ name }) => name) ?? [];
  const name =
    names.find((each) => each === chosen) ?? names.find((each) => each === served) ?? names[0];
  return (
    <>
      <div className="toolbar">
        <h1>{texts.title}</h1>
        {names.length > 1 && (
          <label className="model-chooser">
            {texts.model}{' '}
            <select
              value={name}
              onChange={({ target }) => {
                choose(target.value);
              }}
            >
              {names.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        )}
        <Choice
          label={texts.view}
          options={VIEWS.map((value) => ({ value, text: texts.views[value] }))}
          value={view}
          onChange={show}
        />
      </div>
      <Asked query={models}>
        {() =>
          name === undefined ? (
            <Empty>{texts.none}</Empty>
          ) : (
            <Viewed key={name} view={view} name={name} />
          )
        }
      </Asked>
    </>
  );
}

function Viewed({ view, name }: { readonly view: View; readonly name: string }): ReactElement {
  switch (view) {
    case 'runs':
      return <RunsView />;
    case 'challenger':
      return <ChallengerView name={name} />;
    case 'history':
      return <HistoryView name={name} />;
    case 'card':
      return <CardView name={name} />;
    case 'versions':
      return <VersionsView name={name} />;
  }
}
