// The page "Models": what is registered and served, how versions compare, what becomes champion.
import { useQuery } from '@tanstack/react-query';
import { Suspense, type ReactElement } from 'react';
import { registeredModels } from '../../api/registered-models.ts';
import { servedModel } from '../../api/served-model.ts';
import { Choice } from '../../components/choice.tsx';
import { Asked, Empty, Loading } from '../../components/states.tsx';
import { useQueryValue } from '../../shell/location.ts';
import { pageCode } from '../../shell/page-code.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';
import { VersionsView } from './versions-view.tsx';
import './models.css';

// The first view alone comes with the page.
const RunsView = pageCode(async () => ({ default: (await import('./runs-view.tsx')).RunsView }));
const ChallengerView = pageCode(async () => ({
  default: (await import('./challenger-view.tsx')).ChallengerView,
}));
const HistoryView = pageCode(async () => ({
  default: (await import('./history-view.tsx')).HistoryView,
}));
const CardView = pageCode(async () => ({ default: (await import('./card-view.tsx')).CardView }));

const VIEWS = ['versions', 'runs', 'challenger', 'history', 'card'] as const;
type View = (typeof VIEWS)[number];

export default function ModelsPage(): ReactElement {
  const texts = useTexts(MODELS_TEXTS);
  const models = useQuery(registeredModels);
  const served = useQuery(servedModel).data?.name;
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
            <Suspense key={name} fallback={<Loading />}>
              <Viewed view={view} name={name} />
            </Suspense>
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
