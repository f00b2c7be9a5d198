// The fields under the headings of their groups; a model with many features lets its groups be folded.
import { useState, type ReactElement } from 'react';
import { useTexts } from '../../shell/texts.ts';
import { Field, type FieldProps } from './field.tsx';
import { groupsOf, type Draft, type Feature, type FeatureGroup } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';

/** Up to so many fields are seen at once. */
const MANY = 12;

interface FieldGroupsProps extends Pick<FieldProps, 'explains' | 'onChange'> {
  readonly features: readonly Feature[];
  readonly draft: Draft;
  readonly errors: ReadonlyMap<string, string>;
  readonly unusual: ReadonlySet<string>;
}

export function FieldGroups({ features, ...fields }: FieldGroupsProps): ReactElement {
  const groups = groupsOf(features);
  const folds = features.length > MANY && groups.length > 1;
  return (
    <>
      {groups.map((group) => (
        <Group key={group.heading} group={group} folds={folds} {...fields} />
      ))}
    </>
  );
}

interface GroupProps extends Omit<FieldGroupsProps, 'features'> {
  readonly group: FeatureGroup;
  readonly folds: boolean;
}

function Group({ group, folds, draft, errors, unusual, ...field }: GroupProps): ReactElement {
  const { form } = useTexts(PREDICT_TEXTS);
  const [folded, setFolded] = useState(false);
  // What has to be corrected is seen, folded or not.
  const open = !folded || group.features.some(({ name }) => errors.has(name));
  const heading = group.heading ?? (folds ? form.otherGroup : null);
  return (
    <fieldset className="feature-group">
      <legend className={heading === null ? 'visually-hidden' : undefined}>
        {folds ? (
          <button
            type="button"
            className="quiet"
            aria-expanded={open}
            onClick={() => {
              setFolded(open);
            }}
          >
            <span aria-hidden="true">{open ? '▾' : '▸'}</span> {heading}{' '}
            <span className="muted">{form.fields(group.features.length)}</span>
          </button>
        ) : (
          (heading ?? form.title)
        )}
      </legend>
      <div className="feature-fields" hidden={!open}>
        {group.features.map((feature) => (
          <Field
            key={feature.name}
            feature={feature}
            value={draft.get(feature.name) ?? ''}
            error={errors.get(feature.name)}
            unusual={unusual.has(feature.name)}
            {...field}
          />
        ))}
      </div>
    </fieldset>
  );
}
