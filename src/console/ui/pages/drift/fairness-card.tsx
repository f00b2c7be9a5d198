// Groups compared by an attribute that labels came with; nothing where they came with none.
import { useId, type ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { useFormats, UNKNOWN } from '../../shell/formats.ts';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Fairness } from './drift-data.ts';
import { QUALITY_TEXTS } from './quality-texts.ts';
import { askedOf, type DriftPlace } from './use-drift-place.ts';

/** The API wants a name before it tells which there are. */
const ANY = '*';

export function FairnessCard({ place }: { readonly place: DriftPlace }): ReactElement | null {
  const texts = useTexts(QUALITY_TEXTS).fairness;
  const [by, setBy] = useQueryValue<string>('by', ANY);
  const ids = useId();
  const asked = askedOf(place);
  const fairness = useQuery({
    queryKey: ['fairness', asked, by],
    queryFn: () => fairnessBy(by, asked),
    staleTime: 30_000,
  });
  const { data } = fairness;
  // Why there is none is said by the card of quality, which needs the same.
  if (data === undefined || data.names.length === 0) return null;
  return (
    <section className="card" aria-labelledby={`${ids}-title`}>
      <h2 id={`${ids}-title`}>{texts.title}</h2>
      <p>{texts.lead}</p>
      <p className="drift-setting">
        <label htmlFor={`${ids}-by`}>{texts.by}</label>
        <select
          id={`${ids}-by`}
          value={data.by}
          onChange={({ target }) => {
            setBy(target.value);
          }}
        >
          {data.names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </p>
      <Groups fairness={data} />
      <Differences fairness={data} />
    </section>
  );
}

async function fairnessBy(by: string, asked: ReturnType<typeof askedOf>): Promise<Fairness> {
  const compared = (name: string): Promise<Fairness> =>
    answerOf(api.GET('/monitoring/fairness', { params: { query: { ...asked, by: name } } }));
  const found = await compared(by);
  const [first] = found.names;
  return first === undefined || found.names.includes(by) ? found : compared(first);
}

function Groups({ fairness }: { readonly fairness: Fairness }): ReactElement {
  const texts = useTexts(QUALITY_TEXTS).fairness;
  const { percent, integer } = useFormats();
  const rate = (of: Fairness['groups'][number]['accuracy']): string =>
    of === null
      ? UNKNOWN
      : `${percent(of.value)} (${texts.interval(percent(of.low), percent(of.high))})`;
  return (
    <>
      <DataTable
        caption={texts.caption(fairness.by)}
        columns={[
          { header: texts.group },
          { header: texts.rows, numeric: true },
          { header: texts.selection, numeric: true },
          { header: texts.tpr, numeric: true },
          { header: texts.fpr, numeric: true },
          { header: texts.accuracy, numeric: true },
          { header: texts.base, numeric: true },
        ]}
        rows={fairness.groups.map((group) => [
          group.group,
          integer(group.rows),
          rate(group.selection_rate),
          rate(group.true_positive_rate),
          rate(group.false_positive_rate),
          rate(group.accuracy),
          rate(group.base_rate),
        ])}
      />
      <p className="muted">
        {texts.least(integer(fairness.method.least_rows))}{' '}
        {fairness.without_group > 0 && texts.without(integer(fairness.without_group))}
      </p>
    </>
  );
}

function Differences({ fairness }: { readonly fairness: Fairness }): ReactElement {
  const texts = useTexts(QUALITY_TEXTS).fairness;
  const { signed } = useFormats();
  const named = [
    [texts.parity, fairness.demographic_parity_difference],
    [texts.opportunity, fairness.equal_opportunity_difference],
    [texts.odds, fairness.equalised_odds_difference],
  ] as const;
  return (
    <DataTable
      caption={texts.differences}
      columns={[
        { header: texts.difference },
        { header: texts.value, numeric: true },
        { header: texts.groups },
      ]}
      rows={named.map(([name, of]) => [
        name,
        of === null
          ? UNKNOWN
          : `${signed(of.value)} (${texts.interval(signed(of.low), signed(of.high))})`,
        of === null ? UNKNOWN : `${of.highest} – ${of.lowest}`,
      ])}
    />
  );
}
