// Sets what the challenger does.
import { useMutation, useMutationState, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState, type ReactElement } from 'react';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import { Badge } from '../../components/badge.tsx';
import { Choice } from '../../components/choice.tsx';
import { Failure } from '../../components/states.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { MODELS_TEXTS, type ModelsTexts } from './models-texts.ts';

type Mode = Schemas['ChallengerRequest']['mode'];

interface ChallengerFormProps {
  readonly mode: Mode;
  /** Of the canary, now. */
  readonly share: number;
}

const MODES: readonly Mode[] = ['off', 'shadow', 'canary'];
const SET = ['challenger'];
const FIRST_SHARE = 0.1;

export function ChallengerForm(now: ChallengerFormProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).challenger;
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [mode, setMode] = useState(now.mode);
  const [percent, setPercent] = useState(`${100 * (now.share || FIRST_SHARE)}`);
  const [invalid, setInvalid] = useState(false);
  const { mutate, error, isPending } = useMutation({
    mutationKey: SET,
    mutationFn: (body: Schemas['ChallengerRequest']) =>
      answerOf(api.PUT('/models/challenger', { body })),
    onSettled: () => queries.invalidateQueries(),
  });
  const apply = (): void => {
    const share = shareOf(percent);
    setInvalid(mode === 'canary' && share === null);
    if (mode !== 'canary') mutate({ mode });
    else if (share === null) field.current?.focus();
    else mutate({ mode, share });
  };
  return (
    <form
      className="model-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <div className="toolbar">
        <Choice
          label={texts.mode}
          options={MODES.map((value) => ({ value, text: texts.modes[value] }))}
          value={mode}
          onChange={setMode}
        />
        <button type="submit" className="primary" disabled={isPending}>
          {texts.apply}
        </button>
        <Applied />
      </div>
      <p className="muted">
        {texts.modeHelp[mode]} {texts.until}
      </p>
      {mode === 'canary' && (
        <ShareField field={field} value={percent} invalid={invalid} onChange={setPercent} />
      )}
      {error !== null && <Failure error={error} />}
    </form>
  );
}

interface ShareFieldProps {
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly invalid: boolean;
  readonly onChange: (value: string) => void;
}

function ShareField({ field, value, invalid, onChange }: ShareFieldProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).challenger;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{texts.share}</label>
      <input
        id={id}
        ref={field}
        inputMode="decimal"
        value={value}
        aria-invalid={invalid}
        aria-describedby={invalid ? `${id}-error` : undefined}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
      {invalid && (
        <span id={`${id}-error`} className="error">
          {texts.shareInvalid}
        </span>
      )}
    </div>
  );
}

/** What the last change came to. It outlives the form, which begins anew from what the server does now. */
function Applied(): ReactElement {
  const texts = useTexts(MODELS_TEXTS).challenger;
  const { percent } = useFormats();
  const answers = useMutationState({
    filters: { mutationKey: SET, status: 'success' },
    select: ({ state }) => state.data as Schemas['ChallengerResponse'],
  });
  const last = answers.at(-1);
  return (
    <span role="status" className="model-outcome">
      {last !== undefined && (
        <Badge tone={last.mode !== 'off' && last.model === null ? 'warn' : 'good'}>
          {toldOf(last, texts, percent(last.share, 2))}
        </Badge>
      )}
    </span>
  );
}

function toldOf(
  { mode, model }: Schemas['ChallengerResponse'],
  texts: ModelsTexts['challenger'],
  share: string,
): string {
  if (mode === 'off') return texts.applied.off;
  if (model === null) return texts.notLoaded;
  return mode === 'shadow'
    ? texts.applied.shadow(model.version)
    : texts.applied.canary(model.version, share);
}

/** null where it is none that the server takes. */
function shareOf(percent: string): number | null {
  const share = Number(percent.replace(',', '.')) / 100;
  return share >= 0.001 && share <= 1 ? share : null;
}
