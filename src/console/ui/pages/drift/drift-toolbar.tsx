// What is compared: the window, the version and the convention, all in the address, and the order to evaluate anew.
import { useId, type ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { registeredModels } from '../../api/registered-models.ts';
import { servedModel } from '../../api/served-model.ts';
import { WINDOWS } from '../../api/windows.ts';
import { Choice } from '../../components/choice.tsx';
import { useTexts } from '../../shell/texts.ts';
import { CONVENTIONS, oneOf } from './drift-data.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';
import type { DriftPlace } from './use-drift-place.ts';

interface DriftToolbarProps {
  readonly place: DriftPlace;
  readonly busy: boolean;
  readonly onEvaluate: () => void;
}

export function DriftToolbar({ place, busy, onEvaluate }: DriftToolbarProps): ReactElement {
  const texts = useTexts(DRIFT_TEXTS);
  const conventionId = useId();
  return (
    <div className="toolbar">
      <h1>{texts.title}</h1>
      <Choice
        label={texts.window}
        options={WINDOWS.map((value) => ({ value, text: texts.windows[value] }))}
        value={place.window}
        onChange={place.setWindow}
      />
      <VersionSelect place={place} />
      <span className="drift-setting">
        <label htmlFor={conventionId}>{texts.convention}</label>
        <select
          id={conventionId}
          value={place.convention}
          onChange={({ target }) => {
            place.setConvention(oneOf(CONVENTIONS, target.value, CONVENTIONS[0]));
          }}
        >
          {CONVENTIONS.map((convention) => (
            <option key={convention}>{convention}</option>
          ))}
        </select>
      </span>
      <button type="button" className="end" disabled={busy} onClick={onEvaluate}>
        {texts.evaluate}
      </button>
    </div>
  );
}

/** The champion and the challenger: drift is evaluated of no other. A version of the address that is neither stays to be seen. */
function VersionSelect({ place }: { readonly place: DriftPlace }): ReactElement {
  const texts = useTexts(DRIFT_TEXTS);
  const id = useId();
  const info = useQuery(servedModel);
  const models = useQuery(registeredModels);
  const champion = info.data?.version;
  const aliases = models.data?.items.find(({ name }) => name === info.data?.name)?.aliases ?? {};
  const challenger = aliases['challenger'];
  const known = [champion, challenger].includes(place.version) || place.version === '';
  return (
    <span className="drift-setting">
      <label htmlFor={id}>{texts.version}</label>
      <select
        id={id}
        value={place.version === champion ? '' : place.version}
        onChange={({ target }) => {
          place.setVersion(target.value);
        }}
      >
        <option value="">{texts.champion(champion ?? '…')}</option>
        {challenger !== undefined && challenger !== champion && (
          <option value={challenger}>{texts.challenger(challenger)}</option>
        )}
        {!known && <option value={place.version}>{texts.otherVersion(place.version)}</option>}
      </select>
    </span>
  );
}
