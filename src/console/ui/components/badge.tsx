// A state in a word: its shape and its word say it, its colour only underlines it.
import type { ReactElement, ReactNode } from 'react';

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'accent';

const MARKS: Readonly<Record<Tone, string>> = {
  neutral: '○',
  good: '✓',
  warn: '▲',
  bad: '✕',
  accent: '●',
};

export const Badge = ({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
}): ReactElement => (
  <span className={`badge ${tone}`}>
    <span aria-hidden="true">{MARKS[tone]}</span> {children}
  </span>
);
