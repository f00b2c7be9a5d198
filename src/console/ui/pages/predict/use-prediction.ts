// Sends the form, keeps what was answered in this visit, and notices when another model answers than the form was made for.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { servedModel } from '../../api/served-model.ts';
import { predict, type Answer } from './ask.ts';
import type { ModelInfo } from './features.ts';
import { useVisit } from './use-visit.ts';
import { refusalOf } from './refusal.ts';
import type { RowForm } from './use-row-form.ts';

export const EARLIER = ['earlier-predictions'] as const;

export interface Labels {
  readonly positive: string;
  readonly negative: string;
}

export interface ShownAnswer extends Answer {
  /** Of the model that answered. */
  readonly labels: Labels;
}

export interface Predicting {
  readonly pending: boolean;
  /** What belongs to no field. */
  readonly error: unknown;
  /** The latest first. */
  readonly answers: readonly ShownAnswer[];
  /** How many of them came since the page was opened. */
  readonly arrivals: number;
  readonly send: () => void;
}

const KEPT = 10;

export function usePrediction(info: ModelInfo, form: RowForm): Predicting {
  const client = useQueryClient();
  const [answers, setAnswers] = useVisit<readonly ShownAnswer[]>('answers', () => []);
  const [arrivals, setArrivals] = useState(0);
  const sending = useMutation({
    mutationFn: async (): Promise<ShownAnswer> => {
      const answer = await predict(form.checked.row, form.key);
      const { positive_label: positive, negative_label: negative } = isOf(info, answer)
        ? info
        : await client.query({ ...servedModel, staleTime: 0 });
      return { ...answer, labels: { positive, negative } };
    },
    onSuccess: (answer) => {
      form.heed(answer.prediction.warnings.map(({ feature }) => feature));
      setAnswers((before) => [answer, ...before].slice(0, KEPT));
      setArrivals((before) => before + 1);
      void client.invalidateQueries({ queryKey: EARLIER });
    },
    onError: (error) => {
      form.refuse(refusalIn(form, error));
      // Refused fields may be those of another model.
      void client.invalidateQueries(servedModel);
    },
  });
  return {
    pending: sending.isPending,
    error: sending.error === null ? null : refusalIn(form, sending.error).rest,
    answers,
    arrivals,
    send: () => {
      if (form.canBeSent) sending.mutate();
      else form.refuse();
    },
  };
}

const refusalIn = (form: RowForm, error: unknown): ReturnType<typeof refusalOf> =>
  refusalOf(error, new Set([...form.features.map(({ name }) => name), 'key']));

const isOf = (info: ModelInfo, { prediction: { model } }: Answer): boolean =>
  model.name === info.name && model.version === info.version;
