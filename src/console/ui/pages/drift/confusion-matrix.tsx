// Answers against the labels that came, at the threshold.
import type { ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { servedModel } from '../../api/served-model.ts';
import { DataTable } from '../../components/data-table.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Quality } from './drift-data.ts';
import { QUALITY_TEXTS } from './quality-texts.ts';

export function ConfusionMatrix({ quality }: { readonly quality: Quality }): ReactElement {
  const texts = useTexts(QUALITY_TEXTS).confusion;
  const { integer } = useFormats();
  const info = useQuery(servedModel);
  const { positive_label: positive = '1', negative_label: negative = '0' } = info.data ?? {};
  const { tn, fp, fn, tp } = quality.confusion_matrix;
  return (
    <DataTable
      caption={texts.title}
      columns={[
        { header: texts.actual },
        { header: texts.answered(negative), numeric: true },
        { header: texts.answered(positive), numeric: true },
      ]}
      rows={[
        [texts.came(negative), integer(tn), integer(fp)],
        [texts.came(positive), integer(fn), integer(tp)],
      ]}
    />
  );
}
