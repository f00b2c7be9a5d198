// The keys one sees: one's own, as an admin everybody's.
import type { ReactElement, ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Badge } from '../../components/badge.tsx';
import { DataTable, type TableColumn } from '../../components/data-table.tsx';
import { Time } from '../../components/time.tsx';
import { useTexts } from '../../shell/texts.ts';
import { KEYS_TEXTS } from './keys-texts.ts';

type Key = Schemas['ApiKeyResponse'];

interface KeyTableProps {
  readonly keys: readonly Key[];
  /** Names of the owners by their ids; null for who sees only what is theirs. */
  readonly owners: ReadonlyMap<string, string> | null;
  readonly own: string | undefined;
  /** When the keys were asked for, epoch milliseconds. */
  readonly at: number;
  readonly onRemove: (key: Key) => void;
}

export function KeyTable({ keys, owners, own, at, onRemove }: KeyTableProps): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  const ownerColumn: readonly TableColumn[] = owners === null ? [] : [{ header: texts.owner }];
  const ownerOf = ({ user_id: id }: Key): readonly ReactNode[] => {
    if (owners === null) return [];
    const name = owners.get(id) ?? texts.unknownOwner;
    return [id === own ? <Badge tone="accent">{texts.you}</Badge> : name];
  };
  return (
    <DataTable
      caption={texts.title}
      hidesCaption
      columns={[
        { header: texts.name },
        ...ownerColumn,
        { header: texts.scopes },
        { header: texts.created },
        { header: texts.lastUsed },
        { header: texts.expiry },
        { header: texts.actions },
      ]}
      rows={keys.map((key) => [
        key.name,
        ...ownerOf(key),
        key.scopes.join(', '),
        <Time at={key.created_at} />,
        key.last_used_at === null ? texts.never : <Time at={key.last_used_at} />,
        <Expiry expires={key.expires_at} at={at} />,
        <button
          type="button"
          className="danger"
          aria-label={texts.removeOf(key.name)}
          onClick={() => {
            onRemove(key);
          }}
        >
          {texts.remove}
        </button>,
      ])}
    />
  );
}

function Expiry({
  expires,
  at,
}: {
  readonly expires: string | null;
  readonly at: number;
}): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  if (expires === null) return <>{texts.never}</>;
  return (
    <>
      <Time at={expires} /> {Date.parse(expires) <= at && <Badge tone="bad">{texts.expired}</Badge>}
    </>
  );
}
