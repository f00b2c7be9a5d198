// What happened to a model, newest first: who moved what and why, what served, what could not be loaded.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Asked, Empty } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { UNKNOWN } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { GateReport } from './gate-report.tsx';
import { MODELS_TEXTS } from './models-texts.ts';
import { historyQuery } from './queries.ts';

type Happened = Schemas['ModelEventResponse'];

const TONES: Readonly<Record<Happened['kind'], Tone>> = {
  alias_moved: 'accent',
  serving_started: 'good',
  serving_ended: 'neutral',
  load_failed: 'bad',
  promotion_refused: 'bad',
};

export function HistoryView({ name }: { readonly name: string }): ReactElement {
  const { history: texts, more } = useTexts(MODELS_TEXTS);
  const query = useInfiniteQuery(historyQuery(name));
  const [shown, show] = useState<Happened | null>(null);
  const { at, what, who, why, gate } = texts.columns;
  return (
    <section className="card">
      <h2>{texts.title}</h2>
      <Asked query={query}>
        {({ pages }) => {
          const events = pages.flatMap(({ items }) => items);
          if (events.length === 0) return <Empty>{texts.none}</Empty>;
          return (
            <>
              <p className="muted">{texts.lead}</p>
              <DataTable
                caption={texts.caption}
                hidesCaption
                columns={[at, what, who, why, gate].map((header) => ({ header }))}
                rows={events.map((event) => [
                  <Time key="at" at={event.at} />,
                  <What key="what" event={event} />,
                  event.server === null ? event.actor : texts.server(event.server.slice(0, 8)),
                  event.reason ?? UNKNOWN,
                  event.report === null ? (
                    UNKNOWN
                  ) : (
                    <GateButton
                      event={event}
                      onShow={() => {
                        show(event);
                      }}
                    />
                  ),
                ])}
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
            </>
          );
        }}
      </Asked>
      {shown?.report && (
        <Dialog
          title={texts.showGate(shown.version ?? UNKNOWN)}
          onClose={() => {
            show(null);
          }}
        >
          <GateReport checks={shown.report.checks} />
        </Dialog>
      )}
    </section>
  );
}

function What({ event }: { readonly event: Happened }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).history;
  const { kind, cause, alias, version, from_version: from } = event;
  const moved = (): string => {
    const name = alias ?? UNKNOWN;
    return version === null ? texts.removed(name) : texts.moved(name, version, from);
  };
  return (
    <span className="model-happened">
      <Badge tone={TONES[kind]}>{texts.kinds[kind]}</Badge>{' '}
      {kind === 'alias_moved' ? moved() : texts.version(version ?? UNKNOWN)}
      {cause !== null && <span className="muted"> ({texts.causes[cause]})</span>}
    </span>
  );
}

function GateButton({
  event: { version, report },
  onShow,
}: {
  readonly event: Happened;
  readonly onShow: () => void;
}): ReactElement {
  const { history: texts, gate } = useTexts(MODELS_TEXTS);
  const outcome = report?.passed ? gate.passed : gate.failed;
  return (
    <button
      type="button"
      aria-label={`${texts.showGate(version ?? UNKNOWN)}: ${outcome}`}
      onClick={onShow}
    >
      {outcome}
    </button>
  );
}
