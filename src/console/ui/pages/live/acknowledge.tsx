// That somebody has taken notice of an anomaly: who may, says so here, with a note.
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type ReactElement } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { Failure } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useTexts } from '../../shell/texts.ts';
import { useMay } from '../../shell/use-may.ts';
import { Facts } from './facts.tsx';
import type { Anomaly } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';

type Notice = Pick<Anomaly, 'acknowledged_at' | 'note'>;

export function Acknowledge({ anomaly }: { readonly anomaly: Anomaly }): ReactElement {
  const operates = useMay('operate');
  const [note, setNote] = useState('');
  const noteId = useId();
  const texts = useTexts(LIVE_TEXTS).anomalies;
  const acknowledge = useMutation({
    mutationFn: (): Promise<Notice> =>
      answerOf(
        api.POST('/monitoring/anomalies/{id}/acknowledge', {
          params: { path: { id: anomaly.id } },
          body: note.trim() === '' ? {} : { note: note.trim() },
        }),
      ),
  });
  // The stream tells it with its next tick; the answer tells it now.
  const notice: Notice = acknowledge.data ?? anomaly;
  return (
    <div className="live-acknowledge">
      <div role="status">
        {notice.acknowledged_at !== null && (
          <Facts
            facts={[
              [texts.acknowledged, <Time key="at" at={notice.acknowledged_at} />],
              [texts.noteTaken, notice.note],
            ]}
          />
        )}
      </div>
      {operates && notice.acknowledged_at === null && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            acknowledge.mutate();
          }}
        >
          <div className="field">
            <label htmlFor={noteId}>{texts.note}</label>
            <textarea
              id={noteId}
              rows={2}
              maxLength={1000}
              value={note}
              onChange={({ target }) => {
                setNote(target.value);
              }}
            />
          </div>
          <button type="submit" className="primary" disabled={acknowledge.isPending}>
            {texts.acknowledge}
          </button>
        </form>
      )}
      {acknowledge.error !== null && <Failure error={acknowledge.error} />}
    </div>
  );
}
