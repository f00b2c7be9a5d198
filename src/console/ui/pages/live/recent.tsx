// The newest predictions, as they come; they stand still while somebody reads them.
import { memo, useCallback, useMemo, useState, type FocusEvent, type ReactElement } from 'react';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty, Failure } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { LiveState, RecentPrediction } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import { useLink } from './place.ts';
import { RecentFilterForm } from './recent-filter-form.tsx';
import { filtered, NO_FILTER } from './recent-filter.ts';
import { useRecent, type Recent as Shown } from './use-recent.ts';

type RecentProps = Pick<LiveState, 'recent' | 'versions'>;

export const Recent = memo(function Recent({ recent, versions }: RecentProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS).recent;
  const [filter, setFilter] = useState(NO_FILTER);
  const shown = useRecent(recent, filter);
  const rows = useMemo(() => filtered(shown.rows, filter), [shown.rows, filter]);
  return (
    <section className="card" aria-labelledby="live-recent">
      <h2 id="live-recent">{texts.heading}</h2>
      <RecentFilterForm
        filter={filter}
        onChange={setFilter}
        labels={shown.rows.map(({ label }) => label)}
        versions={[
          ...versions.map(({ version }) => version),
          ...shown.rows.map(({ model }) => model.version),
        ]}
      />
      <p role="status" className="muted live-held">
        {shown.browsing ? texts.browsing : shown.held && texts.held}
      </p>
      <div
        onPointerEnter={shown.hold}
        onPointerLeave={({ currentTarget }) => {
          if (!hasVisibleFocus(currentTarget)) shown.release();
        }}
        onFocus={({ currentTarget }) => {
          if (hasVisibleFocus(currentTarget)) shown.hold();
        }}
        onBlur={(event) => {
          if (leaves(event)) shown.release();
        }}
      >
        {rows.length === 0 ? <Empty>{texts.none}</Empty> : <Rows rows={rows} />}
      </div>
      <Older shown={shown} />
    </section>
  );
});

/** A click leaves the focus where it was made, and who goes on with the mouse is not held there. */
const hasVisibleFocus = (element: Element): boolean =>
  element.querySelector(':focus-visible') !== null;

const leaves = ({ currentTarget, relatedTarget }: FocusEvent): boolean =>
  !currentTarget.contains(relatedTarget) && !currentTarget.matches(':hover');

const Rows = memo(function Rows({
  rows,
}: {
  readonly rows: readonly RecentPrediction[];
}): ReactElement {
  const texts = useTexts(LIVE_TEXTS).recent;
  const { percent, milliseconds, integer, instant } = useFormats();
  const link = useLink();
  const cellsOf = useCallback(
    (row: RecentPrediction) => [
      <Time key="at" at={row.created_at} />,
      <Label key="label" row={row} />,
      percent(row.probability, 2),
      row.model.version,
      milliseconds(row.duration_ms),
      row.warnings === 0 ? integer(0) : <Badge tone="warn">{integer(row.warnings)}</Badge>,
      row.key ?? '',
      <a
        key="details"
        className="live-open"
        href={link('prediction', row.id)}
        aria-label={texts.detailsOf(instant(row.created_at))}
      >
        {texts.details}
      </a>,
    ],
    [texts, percent, milliseconds, integer, instant, link],
  );
  return (
    <DataTable
      caption={texts.caption}
      hidesCaption
      columns={[
        { header: texts.time },
        { header: texts.label },
        { header: texts.probability, numeric: true },
        { header: texts.model },
        { header: texts.duration, numeric: true },
        { header: texts.warnings, numeric: true },
        { header: texts.key },
        { header: texts.details },
      ]}
      rows={rows.map(cellsOf)}
    />
  );
});

const Label = ({ row }: { readonly row: RecentPrediction }): ReactElement =>
  row.probability >= row.threshold ? <Badge tone="warn">{row.label}</Badge> : <>{row.label}</>;

function Older({ shown }: { readonly shown: Shown }): ReactElement {
  const texts = useTexts(LIVE_TEXTS).recent;
  return (
    <div className="toolbar live-older">
      {shown.hasOlder ? (
        <button type="button" disabled={shown.asking} onClick={shown.askOlder}>
          {texts.older}
        </button>
      ) : (
        <span className="muted">{texts.noOlder}</span>
      )}
      {shown.browsing && (
        <button type="button" onClick={shown.backToLive}>
          {texts.backToLive}
        </button>
      )}
      {shown.error !== null && <Failure error={shown.error} retry={shown.askOlder} />}
    </div>
  );
}
