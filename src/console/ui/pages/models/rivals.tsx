// Champion and challenger on live rows.
import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { WINDOWS, type WindowName } from '../../api/windows.ts';
import { Choice } from '../../components/choice.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Empty } from '../../components/states.tsx';
import { Tile, Tiles } from '../../components/tile.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS } from './models-texts.ts';

interface RivalsProps {
  readonly answer: Schemas['ComparisonResponse'];
  readonly window: WindowName;
  readonly onWindow: (window: WindowName) => void;
}

export function Rivals({ answer, window, onWindow }: RivalsProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).challenger;
  const { integer, percent, number } = useFormats();
  const { champion, challenger } = answer;
  return (
    <section className="card">
      <div className="toolbar">
        <h2>{texts.compare}</h2>
        <Choice
          label={texts.window}
          options={WINDOWS.map((value) => ({ value, text: texts.windows[value] }))}
          value={window}
          onChange={onWindow}
        />
      </div>
      {answer.n === 0 || champion === null || challenger === null ? (
        <Empty>{texts.nothing}</Empty>
      ) : (
        <>
          <p className="muted">
            {texts[answer.convention]} {answer.truncated && texts.truncated}
          </p>
          <Tiles>
            <Tile name={texts.tiles.n} value={integer(answer.n)} />
            <Tile name={texts.tiles.disagreement} value={percent(answer.disagreement_rate, 2)} />
            <Tile name={texts.tiles.difference} value={number(answer.mean_abs_difference)} />
            <Tile name={texts.tiles.correlation} value={number(answer.score_correlation)} />
            <Tile
              name={texts.tiles.errors}
              value={integer(answer.errors)}
              tone={answer.errors > 0 ? 'bad' : 'neutral'}
            />
          </Tiles>
          <BothSides champion={champion} challenger={challenger} />
        </>
      )}
    </section>
  );
}

type Side = Schemas['SideResponse'];

function BothSides({
  champion,
  challenger,
}: {
  readonly champion: Side;
  readonly challenger: Side;
}): ReactElement {
  const texts = useTexts(MODELS_TEXTS).challenger;
  const { integer, percent, number, milliseconds } = useFormats();
  const row = (name: string, of: (side: Side) => string): readonly string[] => [
    name,
    of(champion),
    of(challenger),
  ];
  const { figures } = texts;
  return (
    <DataTable
      caption={texts.compare}
      hidesCaption
      columns={[
        { header: texts.figure },
        { header: texts.champion(champion.version), numeric: true },
        { header: texts.challengerSide(challenger.version), numeric: true },
      ]}
      rows={[
        row(figures.n, ({ n }) => integer(n)),
        row(figures.high_risk_rate, ({ high_risk_rate: rate }) => percent(rate, 2)),
        row(figures.mean_score, ({ mean_score: score }) => number(score)),
        row(figures.latency_mean, ({ latency_ms: latency }) => milliseconds(latency?.mean)),
        row(figures.latency_p95, ({ latency_ms: latency }) => milliseconds(latency?.p95)),
      ]}
    />
  );
}
