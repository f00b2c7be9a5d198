// The figures of the window, each with its change against the window before.
import { memo, type ReactElement } from 'react';
import { Tile, Tiles } from '../../components/tile.tsx';
import { useFormats, type Formats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { LiveQuality, LiveState, LiveTiles as Figures } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import { changeOf, type Wanted } from './tile-change.ts';

interface TileKind {
  readonly figure: keyof Figures;
  readonly wanted: Wanted;
  readonly value: (value: number | null, formats: Formats) => string;
  /** How a change is told: of the value before, in hundredths, or as it is. */
  readonly change: 'relative' | 'points' | 'absolute';
}

const share = (value: number | null, { percent }: Formats): string => percent(value);
const time = (value: number | null, { milliseconds }: Formats): string => milliseconds(value);
const number = (value: number | null, formats: Formats): string => formats.number(value, 3);

const TILES: readonly TileKind[] = [
  { figure: 'requests_per_second', wanted: 'neither', value: number, change: 'relative' },
  { figure: 'error_rate', wanted: 'less', value: share, change: 'points' },
  { figure: 'latency_p50_ms', wanted: 'less', value: time, change: 'relative' },
  { figure: 'latency_p95_ms', wanted: 'less', value: time, change: 'relative' },
  { figure: 'latency_p99_ms', wanted: 'less', value: time, change: 'relative' },
  { figure: 'high_risk_rate', wanted: 'neither', value: share, change: 'points' },
  { figure: 'drift_share', wanted: 'less', value: share, change: 'points' },
  { figure: 'live_roc_auc', wanted: 'more', value: number, change: 'absolute' },
  { figure: 'log_queue', wanted: 'less', value: number, change: 'absolute' },
];

const ARROWS = { up: '↑', down: '↓', same: '→' } as const;

type LiveTilesProps = Pick<LiveState, 'tiles' | 'quality' | 'drift'>;

export const LiveTiles = memo(function LiveTiles({
  tiles,
  quality,
  drift,
}: LiveTilesProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  const formats = useFormats();
  return (
    <section className="live-tiles" aria-label={texts.figures}>
      <Tiles>
        {TILES.map((kind) => {
          const tile = tiles[kind.figure];
          const change = changeOf(tile, kind.wanted);
          return (
            <Tile
              key={kind.figure}
              name={texts.tiles[kind.figure]}
              value={kind.value(tile.value, formats)}
              tone={change?.tone ?? 'neutral'}
              note={<Note kind={kind} tiles={tiles} quality={quality} drift={drift} />}
            />
          );
        })}
      </Tiles>
    </section>
  );
});

function Note({
  kind,
  tiles,
  quality,
  drift,
}: LiveTilesProps & { readonly kind: TileKind }): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  const formats = useFormats();
  const tile = tiles[kind.figure];
  const change = changeOf(tile, kind.wanted);
  const words =
    change === null
      ? null
      : change.way === 'same'
        ? texts.change.same
        : texts.change[change.way](sizeOf(kind, change, formats, texts.points));
  return (
    <>
      {change !== null && (
        <span className="live-note">
          <span aria-hidden="true">{ARROWS[change.way]}</span> {words}
        </span>
      )}
      {kind.figure === 'live_roc_auc' && <AucNote quality={quality} />}
      {kind.figure === 'drift_share' && drift === null && texts.notEvaluated}
      {kind.figure === 'log_queue' && change === null && texts.rowsWaiting}
    </>
  );
}

function AucNote({ quality }: { readonly quality: LiveQuality | null }): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  const { number, integer } = useFormats();
  if (quality === null) return <>{texts.notEvaluated}</>;
  if (quality.roc_auc !== null) return <>{texts.labelled(integer(quality.labelled))}</>;
  return quality.estimated_roc_auc === null ? (
    <>{texts.noLabels}</>
  ) : (
    <>{texts.estimated(number(quality.estimated_roc_auc.value, 3))}</>
  );
}

function sizeOf(
  { change: how }: TileKind,
  { relative, absolute }: { readonly relative: number | null; readonly absolute: number },
  { number, percent }: Formats,
  points: (by: string) => string,
): string {
  if (how === 'points') return points(number(Math.abs(absolute) * 100, 2));
  if (how === 'absolute' || relative === null) return number(Math.abs(absolute), 2);
  return percent(Math.abs(relative), Math.abs(relative) < 0.1 ? 1 : 0);
}
