// What the form holds and what is said about it: checked here while it is filled, and by the server when it is sent.
import { useState } from 'react';
import { usePreferences } from '../../shell/preferences.tsx';
import { useTexts } from '../../shell/texts.ts';
import { checkDraft, isKey, type CheckedDraft } from './check-draft.ts';
import { draftOf, textOf, usualDraft, type Draft, type Feature, type Row } from './features.ts';
import { PREDICT_TEXTS } from './predict-texts.ts';
import { decimalSignOf } from './read-number.ts';
import { issueOf, type Refusal } from './refusal.ts';
import { useVisit } from './use-visit.ts';

export interface RowForm {
  readonly features: readonly Feature[];
  readonly draft: Draft;
  readonly key: string;
  readonly checked: CheckedDraft;
  readonly canBeSent: boolean;
  /** In words, by feature; those found here only once it was tried to send them. */
  readonly errors: ReadonlyMap<string, string>;
  readonly keyError: string | undefined;
  /** Outside what training saw, as found here and as the server said. */
  readonly unusual: ReadonlySet<string>;
  /** How often it was refused. */
  readonly refusals: number;
  readonly change: (name: string, text: string) => void;
  readonly changeKey: (key: string) => void;
  readonly fill: (values: Row) => void;
  readonly fillUsual: () => void;
  /** All of it: what the row lacks is left empty. */
  readonly fillRow: (row: Row) => void;
  readonly clear: () => void;
  readonly refuse: (refusal?: Refusal) => void;
  readonly heed: (unusual: readonly string[]) => void;
}

/** What the server said, by field, of the text that stood there. */
type Said = ReadonlyMap<string, { readonly text: string; readonly words: string | null }>;
const NOTHING_SAID: Said = new Map();

export function useRowForm(features: readonly Feature[]): RowForm {
  const texts = useTexts(PREDICT_TEXTS);
  const decimal = decimalSignOf(usePreferences().locale);
  const usual = usualDraft(features, decimal);
  const [typed, setTyped] = useVisit<Draft>('draft', () => usual);
  const [key, setKey] = useVisit('key', () => '');
  const [shows, setShows] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const [refused, setRefused] = useState(NOTHING_SAID);
  const [heeded, setHeeded] = useState(NOTHING_SAID);

  // A feature that came with another model has its usual value; those that went are kept, should they come back.
  const draft: Draft = new Map([...usual, ...typed]);
  const checked = checkDraft(features, draft, decimal);
  const textIn = (name: string): string => (name === KEY ? key : (draft.get(name) ?? ''));
  const isStill = (said: Said, name: string): boolean => said.get(name)?.text === textIn(name);

  const errors = new Map<string, string>();
  for (const { name } of features) {
    const issue = checked.issues.get(name);
    const words = isStill(refused, name) ? refused.get(name)?.words : null;
    if (shows && issue !== undefined) errors.set(name, texts.issues[issue]);
    else if (words) errors.set(name, words);
  }
  const keyWords = isStill(refused, KEY) ? refused.get(KEY)?.words : null;
  const replace = (next: Draft): void => {
    setTyped((before) => new Map([...before, ...next]));
    setShows(false);
  };
  return {
    features,
    draft,
    key,
    checked,
    canBeSent: checked.issues.size === 0 && isKey(key),
    errors,
    keyError: shows && !isKey(key) ? texts.issues.key : (keyWords ?? undefined),
    unusual: new Set([
      ...checked.unusual,
      ...[...heeded.keys()].filter((name) => isStill(heeded, name)),
    ]),
    refusals,
    change: (name, text) => {
      setTyped((before) => new Map([...before, [name, text]]));
    },
    changeKey: setKey,
    fill: (values) => {
      replace(
        new Map(Object.entries(values).map(([name, value]) => [name, textOf(value, decimal)])),
      );
    },
    fillUsual: () => {
      replace(usual);
    },
    fillRow: (row) => {
      replace(draftOf(row, features, decimal));
    },
    clear: () => {
      replace(new Map(features.map(({ name }) => [name, ''])));
      setKey('');
    },
    refuse: ({ fields } = { fields: new Map(), rest: null }) => {
      setShows(true);
      setRefusals((before) => before + 1);
      setRefused(
        new Map(
          [...fields].map(([name, problem]) => {
            const issue = name === KEY ? ('key' as const) : issueOf(problem);
            const words =
              issue === null ? texts.issues.server(problem.expected) : texts.issues[issue];
            return [name, { text: textIn(name), words }];
          }),
        ),
      );
    },
    heed: (names) => {
      setHeeded(new Map(names.map((name) => [name, { text: textIn(name), words: null }])));
    },
  };
}

/** A feature of this name would be one of the form's rows, too: the server names both alike. */
const KEY = 'key';
