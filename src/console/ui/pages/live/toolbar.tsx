// What the page Live is asked for, and how fresh what it shows is.
import type { ReactElement } from 'react';
import { WINDOWS, type WindowName } from '../../api/windows.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { Choice } from '../../components/choice.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { LiveState } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import type { Feed } from './use-live.ts';

interface ToolbarProps {
  readonly feed: Feed;
  readonly window: WindowName;
  readonly onWindow: (window: WindowName) => void;
  readonly version: string;
  readonly onVersion: (version: string) => void;
  readonly paused: boolean;
  readonly onPause: (paused: boolean) => void;
}

export function Toolbar({
  feed,
  window,
  onWindow,
  version,
  onVersion,
  paused,
  onPause,
}: ToolbarProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  return (
    <div className="toolbar">
      <h1>{texts.title}</h1>
      <Choice
        label={texts.window}
        value={window}
        options={WINDOWS.map((value) => ({ value, text: texts.windows[value] }))}
        onChange={onWindow}
      />
      <VersionChoice versions={feed.live?.versions ?? []} version={version} onVersion={onVersion} />
      <button
        type="button"
        onClick={() => {
          onPause(!paused);
        }}
      >
        {paused ? texts.goOn : texts.pause}
      </button>
      <Freshness feed={feed} paused={paused} />
    </div>
  );
}

function VersionChoice({
  versions,
  version,
  onVersion,
}: Pick<ToolbarProps, 'version' | 'onVersion'> & {
  readonly versions: LiveState['versions'];
}): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  const known = versions.some((each) => each.version === version);
  return (
    <label className="live-inline">
      <span>{texts.version}</span>
      <select
        value={version}
        onChange={({ target }) => {
          onVersion(target.value);
        }}
      >
        <option value="">{texts.allVersions}</option>
        {versions.map((each) => (
          <option key={each.version} value={each.version}>
            {each.version}
            {each.role !== null && ` (${texts.roles[each.role]})`}
          </option>
        ))}
        {version !== '' && !known && <option value={version}>{version}</option>}
      </select>
    </label>
  );
}

/** Its text changes with the state alone, so that a screen reader is told of that and not of every tick. */
function Freshness({
  feed,
  paused,
}: {
  readonly feed: Feed;
  readonly paused: boolean;
}): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  const { clock } = useFormats();
  const [tone, text] = freshnessOf(feed, paused, texts.freshness, clock);
  return (
    <p className="live-freshness end">
      {feed.live !== null && (
        <span className="muted">
          {texts.updated} {clock(feed.live.at)}
        </span>
      )}
      <span role="status">
        <Badge tone={tone}>{text}</Badge>
      </span>
    </p>
  );
}

function freshnessOf(
  { line, stale, receivedAt }: Feed,
  paused: boolean,
  texts: (typeof LIVE_TEXTS)['en']['freshness'],
  clock: (at: number) => string,
): readonly [Tone, string] {
  if (paused) return ['neutral', texts.paused];
  switch (line.kind) {
    case 'connecting':
      return ['neutral', texts.connecting];
    case 'reconnecting':
      return ['warn', texts.reconnecting(clock(line.since))];
    case 'ended':
      return ['bad', texts.ended];
    case 'live':
      return stale && receivedAt !== null
        ? ['warn', texts.stale(clock(receivedAt))]
        : ['good', texts.live];
  }
}
