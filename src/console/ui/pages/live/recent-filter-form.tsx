// What the reader wants to see of the recent predictions.
import type { ReactElement } from 'react';
import { useTexts } from '../../shell/texts.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import type { RecentFilter } from './recent-filter.ts';

interface RecentFilterFormProps {
  readonly filter: RecentFilter;
  readonly onChange: (filter: RecentFilter) => void;
  readonly labels: readonly string[];
  readonly versions: readonly string[];
}

export function RecentFilterForm({
  filter,
  onChange,
  labels,
  versions,
}: RecentFilterFormProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS).recent;
  return (
    <search className="toolbar live-filter">
      <Select
        label={texts.label}
        any={texts.anyLabel}
        values={labels}
        value={filter.label}
        onChange={(label) => {
          onChange({ ...filter, label });
        }}
      />
      <Select
        label={texts.model}
        any={texts.anyVersion}
        values={versions}
        value={filter.version}
        onChange={(version) => {
          onChange({ ...filter, version });
        }}
      />
      <label className="live-inline">
        <span>{texts.text}</span>
        <input
          type="search"
          value={filter.text}
          onChange={({ target }) => {
            onChange({ ...filter, text: target.value });
          }}
        />
      </label>
      <label className="live-inline">
        <input
          type="checkbox"
          checked={filter.aboveThreshold}
          onChange={({ target }) => {
            onChange({ ...filter, aboveThreshold: target.checked });
          }}
        />
        <span>{texts.above}</span>
      </label>
    </search>
  );
}

interface SelectProps {
  readonly label: string;
  readonly any: string;
  readonly values: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const Select = ({ label, any, values, value, onChange }: SelectProps): ReactElement => (
  <label className="live-inline">
    <span>{label}</span>
    <select
      value={value}
      onChange={({ target }) => {
        onChange(target.value);
      }}
    >
      <option value="">{any}</option>
      {[...new Set(value === '' ? values : [...values, value])].sort(byText).map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  </label>
);

const byText = (a: string, b: string): number => a.localeCompare(b, undefined, { numeric: true });
