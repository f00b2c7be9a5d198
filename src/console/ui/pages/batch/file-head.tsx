// What stands at the beginning of a chosen CSV, and whether the model takes its columns.
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Asked } from '../../components/states.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { BATCH_TEXTS } from './batch-texts.ts';
import { HEAD_BYTES, readHead, type CsvHead } from './csv-head.ts';

interface FileHeadProps {
  readonly file: File;
  readonly model: Schemas['ModelInfoResponse'];
}

export function FileHead({ file, model }: FileHeadProps): ReactElement {
  const texts = useTexts(BATCH_TEXTS);
  const query = useQuery({
    queryKey: ['csv-head', file.name, file.size, file.lastModified, model.name, model.version],
    queryFn: async () => {
      const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
      return readHead(bytes, file.size <= HEAD_BYTES, model.features);
    },
    gcTime: 0,
    retry: false,
  });
  return (
    <Asked query={query}>
      {(read) => {
        if (read.kind === 'not-utf-8') return <Warning>{texts.head.notUtf8}</Warning>;
        if (read.kind === 'empty') return <Warning>{texts.file.empty}</Warning>;
        return <Head head={read.head} features={model.features.length} />;
      }}
    </Asked>
  );
}

const Warning = ({ children }: { readonly children: string }): ReactElement => (
  <p role="status" className="notice">
    {children}
  </p>
);

function Head({
  head,
  features,
}: {
  readonly head: CsvHead;
  readonly features: number;
}): ReactElement {
  const texts = useTexts(BATCH_TEXTS).head;
  const { integer } = useFormats();
  const { missing, unknown, duplicate, columns, rows } = head;
  const fits = missing.length + unknown.length + duplicate.length === 0;
  return (
    <>
      {fits ? (
        <p role="status">
          <Badge tone="good">{texts.fits(integer(features))}</Badge>
        </p>
      ) : (
        <div role="status" className="notice">
          <Names title={texts.missing(integer(missing.length))} names={missing} />
          <Names title={texts.unknown(integer(unknown.length))} names={unknown} />
          <Names title={texts.duplicate(integer(duplicate.length))} names={duplicate} />
          <p>{texts.refuses}</p>
        </div>
      )}
      {rows.length > 0 && (
        <DataTable
          caption={texts.title}
          columns={[texts.row, ...columns.map(headerOf(texts.indexColumn))].map((header) => ({
            header,
          }))}
          rows={rows.map((row, at) => [integer(at + 1), ...columns.map((_, place) => row[place])])}
        />
      )}
    </>
  );
}

/** Columns of one name are told apart by their place, as a table needs. */
const headerOf =
  (nameless: string) =>
  (name: string, place: number, all: readonly string[]): string =>
    all.indexOf(name) < place ? `${name} (${place + 1})` : name === '' ? nameless : name;

const Names = ({
  title,
  names,
}: {
  readonly title: string;
  readonly names: readonly string[];
}): ReactElement | null =>
  names.length === 0 ? null : (
    <p>
      <strong>{title}:</strong>{' '}
      {names.map((name, at) => (
        <span key={at}>
          {at > 0 && ', '}
          <code>{name === '' ? '""' : name}</code>
        </span>
      ))}
    </p>
  );
