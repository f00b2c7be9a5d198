// The challenger: what it does, and how it compares with the champion on live rows.
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { WindowName } from '../../api/windows.ts';
import { Asked } from '../../components/states.tsx';
import { useQueryValue } from '../../shell/location.ts';
import { useTexts } from '../../shell/texts.ts';
import { useMay } from '../../shell/use-may.ts';
import { ChallengerForm } from './challenger-form.tsx';
import { MODELS_TEXTS } from './models-texts.ts';
import { rivalsQuery, versionsQuery } from './queries.ts';
import { Rivals } from './rivals.tsx';

export function ChallengerView({ name }: { readonly name: string }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).challenger;
  const operates = useMay('operate');
  const versions = useQuery(versionsQuery(name));
  const [window, look] = useQueryValue<WindowName>('window', '24h');
  const rivals = useQuery(rivalsQuery(window));
  const challenger = versions.data?.items.find(({ aliases }) => aliases.includes('challenger'));
  return (
    <>
      <section className="card">
        <h2>{texts.title}</h2>
        <p className="muted">{texts.lead}</p>
        <Asked query={versions}>
          {() => <p>{challenger === undefined ? texts.nobody : texts.now(challenger.version)}</p>}
        </Asked>
        <Asked query={rivals}>
          {({ mode, share }) =>
            operates ? (
              <ChallengerForm key={`${mode} ${share}`} mode={mode} share={share} />
            ) : (
              <p>{texts.modeNow(texts.modes[mode], texts.modeHelp[mode])}</p>
            )
          }
        </Asked>
      </section>
      <Asked query={rivals}>
        {(answer) => <Rivals answer={answer} window={window} onWindow={look} />}
      </Asked>
    </>
  );
}
