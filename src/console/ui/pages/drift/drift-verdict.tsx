// The verdict on the window in words, and what it rests on.
import type { ReactElement } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Tile, Tiles } from '../../components/tile.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Drift } from './drift-data.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';
import { VerdictBadge } from './verdict-badge.tsx';

/** Of a sha256 as many as tell references apart at a glance. */
const DIGEST_SHOWN = 12;

export function DriftVerdict({ drift }: { readonly drift: Drift }): ReactElement {
  const texts = useTexts(DRIFT_TEXTS);
  const { percent } = useFormats();
  const { verdict, convention_verdict, convention_share } = drift;
  return (
    <section className="card" aria-labelledby="drift-verdict">
      <h2 id="drift-verdict">{texts.verdictTitle}</h2>
      <dl className="drift-verdicts">
        <dt>{texts.ours}</dt>
        <dd>
          <VerdictBadge verdict={verdict} /> <Meaning drift={drift} />
        </dd>
        <dt>{texts.byConvention(drift.convention)}</dt>
        <dd>
          <VerdictBadge verdict={convention_verdict} />{' '}
          {convention_verdict === 'insufficient_data'
            ? texts.conventionMeaning.insufficient_data
            : texts.conventionMeaning[convention_verdict](percent(convention_share))}
        </dd>
      </dl>
      <Figures drift={drift} />
      <p className="muted">
        {texts.evaluated} <Time at={drift.at} />. {texts.facts.window}:{' '}
        <Time at={drift.window.from} /> – <Time at={drift.window.to} />.
      </p>
    </section>
  );
}

function Meaning({ drift }: { readonly drift: Drift }): ReactElement {
  const { meaning } = useTexts(DRIFT_TEXTS);
  const { integer } = useFormats();
  const { verdict, window, minimum_rows } = drift;
  if (verdict !== 'insufficient_data') return <>{meaning[verdict]}</>;
  return <>{meaning.insufficient_data(integer(window.sampled), integer(minimum_rows))}</>;
}

function Figures({ drift }: { readonly drift: Drift }): ReactElement {
  const { facts } = useTexts(DRIFT_TEXTS);
  const { percent, integer } = useFormats();
  const { window, reference, model } = drift;
  return (
    <Tiles>
      <Tile name={facts.share} value={percent(drift.share)} />
      <Tile name={facts.weighted} value={percent(drift.weighted_share)} />
      <Tile
        name={facts.rows}
        value={integer(window.rows)}
        note={
          window.sampled === window.rows
            ? facts.allCompared
            : facts.sampled(integer(window.sampled))
        }
      />
      <Tile name={facts.rate} value={percent(drift.false_discovery_rate)} note={facts.rateNote} />
      <Tile
        name={facts.reference}
        value={<code className="drift-digest">{reference.digest.slice(0, DIGEST_SHOWN)}</code>}
        note={
          <>
            {facts.referenceRows(integer(reference.rows))}{' '}
            <CopyButton label={facts.copyDigest} text={() => reference.digest} />
          </>
        }
      />
      <Tile name={facts.model} value={facts.version(model.name, model.version)} />
    </Tiles>
  );
}
