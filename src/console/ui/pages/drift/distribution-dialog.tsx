// The distributions of one column over each other: as a chart, and as quantiles.
import type { ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Asked, Empty } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Distribution } from './drift-data.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';
import { DistributionChart } from './distribution-chart.tsx';
import { askedOf, type DriftPlace } from './use-drift-place.ts';

interface DistributionDialogProps {
  readonly column: string;
  readonly place: DriftPlace;
  readonly onClose: () => void;
}

export function DistributionDialog({
  column,
  place,
  onClose,
}: DistributionDialogProps): ReactElement {
  const texts = useTexts(DRIFT_TEXTS).distribution;
  const query = { column, ...askedOf(place) };
  const distribution = useQuery({
    queryKey: ['drift-distribution', query],
    queryFn: () => answerOf(api.GET('/monitoring/drift/distribution', { params: { query } })),
  });
  return (
    <Dialog title={texts.title(column)} onClose={onClose}>
      <Asked query={distribution}>{(data) => <Distributions distribution={data} />}</Asked>
    </Dialog>
  );
}

function Distributions({ distribution }: { readonly distribution: Distribution }): ReactElement {
  const texts = useTexts(DRIFT_TEXTS).distribution;
  const { n_reference, n_current, window } = distribution;
  return (
    <>
      {n_reference + n_current === 0 ? (
        <Empty>
          <p>{texts.none}</p>
        </Empty>
      ) : (
        <DistributionChart distribution={distribution} />
      )}
      <Quantiles distribution={distribution} />
      <p className="muted">
        {texts.bounds} <Time at={window.from} /> {texts.until} <Time at={window.to} />.
      </p>
    </>
  );
}

function Quantiles({ distribution }: { readonly distribution: Distribution }): ReactElement {
  const texts = useTexts(DRIFT_TEXTS).distribution;
  const { number, percent, integer } = useFormats();
  const { n_reference, n_current, missing, quantiles } = distribution;
  return (
    <DataTable
      caption={texts.quantiles}
      columns={[
        { header: texts.value },
        { header: texts.reference, numeric: true },
        { header: texts.inWindow, numeric: true },
      ]}
      rows={[
        [texts.rows, integer(n_reference), integer(n_current)],
        [texts.missing, percent(missing.reference), percent(missing.current)],
        ...(quantiles ?? []).map(({ share, reference, current }) => [
          texts.quantile(percent(share)),
          number(reference, 5),
          number(current, 5),
        ]),
      ]}
    />
  );
}
