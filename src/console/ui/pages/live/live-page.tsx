// The page "live": what the server is doing now, pushed as it happens.
import { useState, type ReactElement } from 'react';
import { ProblemError, UnreachableError } from '../../api/problem.ts';
import { WINDOWS, type WindowName } from '../../api/windows.ts';
import { Empty, Failure, Loading } from '../../components/states.tsx';
import { linkTo, useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { useMay } from '../../shell/use-may.ts';
import { Anomalies } from './anomalies.tsx';
import { AnomalyDialog } from './anomaly-dialog.tsx';
import type { LiveState } from './live-data.ts';
import { LiveTiles } from './live-tiles.tsx';
import './live.css';
import { LIVE_TEXTS } from './live-texts.ts';
import { PredictionDialog } from './prediction-dialog.tsx';
import { Recent } from './recent.tsx';
import { ScoreChart } from './score-chart.tsx';
import { TimeCharts } from './time-charts.tsx';
import { Toolbar } from './toolbar.tsx';
import { useLive, type Feed } from './use-live.ts';

export default function LivePage(): ReactElement {
  const [asked, setWindow] = useQueryValue<WindowName>('window', '15m');
  const window = WINDOWS.find((name) => name === asked) ?? '15m';
  const [version, setVersion] = useQueryValue<string>('version', '');
  const [pause, setPause] = useQueryValue<'' | 'on'>('pause', '');
  const [attempt, setAttempt] = useState(0);
  const paused = pause === 'on';
  const feed = useLive(window, version, !paused, attempt);
  return (
    <>
      <Toolbar
        feed={feed}
        window={window}
        onWindow={setWindow}
        version={version}
        onVersion={setVersion}
        paused={paused}
        onPause={(on) => {
          setPause(on ? 'on' : '');
        }}
      />
      <Trouble
        feed={feed}
        paused={paused}
        retry={() => {
          setAttempt(attempt + 1);
        }}
      />
      {feed.live !== null && <Figures live={feed.live} onWindow={setWindow} />}
      <Opened live={feed.live} />
    </>
  );
}

/** What stands before the figures: that they cannot be had, that they are old, or that they are on their way. */
function Trouble({
  feed: { live, line, stale },
  paused,
  retry,
}: {
  readonly feed: Feed;
  readonly paused: boolean;
  readonly retry: () => void;
}): ReactElement | null {
  const texts = useTexts(LIVE_TEXTS);
  if (line.kind === 'ended') return <Failure error={line.error} retry={retry} />;
  if (live !== null)
    return !paused && (stale || line.kind === 'reconnecting') ? (
      <p className="live-late">{texts.held}</p>
    ) : null;
  if (line.kind !== 'reconnecting')
    return paused ? <Empty>{texts.pausedEmpty}</Empty> : <Loading />;
  return (
    <Failure
      error={line.error instanceof ProblemError ? line.error : new UnreachableError(line.error)}
    />
  );
}

function Figures({
  live,
  onWindow,
}: {
  readonly live: LiveState;
  readonly onWindow: (window: WindowName) => void;
}): ReactElement {
  const empty = live.recent.length === 0;
  return (
    <>
      {empty && <NoPredictions window={live.window.name} onWindow={onWindow} />}
      <LiveTiles tiles={live.tiles} quality={live.quality} drift={live.drift} />
      <TimeCharts points={live.series} />
      {!empty && <ScoreChart scores={live.scores} highRisk={live.tiles.high_risk_rate.value} />}
      <Anomalies anomalies={live.anomalies} window={live.window} />
      {!empty && <Recent recent={live.recent} versions={live.versions} />}
    </>
  );
}

function NoPredictions({
  window,
  onWindow,
}: {
  readonly window: WindowName;
  readonly onWindow: (window: WindowName) => void;
}): ReactElement {
  const texts = useTexts(LIVE_TEXTS).empty;
  const predicts = useMay('predict');
  return (
    <Empty>
      <p>
        <strong>{window === 'all' ? texts.never : texts.window}</strong> {texts.how}
      </p>
      <p className="live-choices">
        {predicts && <a href={linkTo('/predict')}>{texts.predict}</a>}
        {window !== 'all' && (
          <button
            type="button"
            onClick={() => {
              onWindow('all');
            }}
          >
            {texts.widen}
          </button>
        )}
      </p>
    </Empty>
  );
}

/** What the address opens above the page; a prediction may be opened from an anomaly. */
function Opened({ live }: { readonly live: LiveState | null }): ReactElement {
  const [anomaly, setAnomaly] = useQueryValue<string>('anomaly', '');
  const [prediction, setPrediction] = useQueryValue<string>('prediction', '');
  return (
    <>
      {anomaly !== '' && live !== null && (
        <AnomalyDialog
          key={anomaly}
          anomaly={live.anomalies.find(({ id }) => id === anomaly)}
          onClose={() => {
            setAnomaly('');
          }}
        />
      )}
      {prediction !== '' && (
        <PredictionDialog
          key={prediction}
          id={prediction}
          onClose={() => {
            setPrediction('');
          }}
        />
      )}
    </>
  );
}
