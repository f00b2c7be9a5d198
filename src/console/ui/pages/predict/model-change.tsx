// Says that another model is served than the form was opened with, and which fields came and went.
import type { ReactElement } from 'react';
import { useTexts } from '../../shell/texts.ts';
import { nameOf, type ModelInfo } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';
import { useVisit } from './use-visit.ts';

export function ModelChange({ info }: { readonly info: ModelInfo }): ReactElement {
  const texts = useTexts(PREDICT_TEXTS);
  const [known, setKnown] = useVisit('model', () => info);
  const has = known.name !== info.name || known.version !== info.version;
  const namesMissingIn = (a: ModelInfo, b: ModelInfo): string => {
    const names = new Set(a.features.map(({ name }) => name));
    return b.features
      .filter(({ name }) => !names.has(name))
      .map(nameOf)
      .join(', ');
  };
  const came = namesMissingIn(known, info);
  const went = namesMissingIn(info, known);
  return (
    <div role="status">
      {has && (
        <div className="card model-change">
          <p>
            {texts.changed(info.name, info.version)} {came !== '' && texts.newFields(came)}{' '}
            {went !== '' && texts.goneFields(went)}
          </p>
          <button
            type="button"
            onClick={() => {
              setKnown(info);
            }}
          >
            {texts.understood}
          </button>
        </div>
      )}
    </div>
  );
}
