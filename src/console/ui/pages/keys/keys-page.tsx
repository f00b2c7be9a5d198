// The page "API keys": keys for programs, and one's own password.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, api, type Schemas } from '../../api/client.ts';
import { SCOPES_OF_ROLE } from '../../api/scopes.ts';
import { sessionState } from '../../api/session.ts';
import { Confirmation } from '../../components/confirmation.tsx';
import { Asked, Empty } from '../../components/states.tsx';
import { useTexts } from '../../shell/texts.ts';
import { useMay } from '../../shell/use-may.ts';
import { KeyForm } from './key-form.tsx';
import { KeyTable } from './key-table.tsx';
import { KEYS_TEXTS } from './keys-texts.ts';
import { PasswordForm } from './password-form.tsx';
import './keys.css';

type Key = Schemas['ApiKeyResponse'];

export default function KeysPage(): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  const { user } = sessionState();
  const isAdmin = useMay('admin');
  const [isCreating, setIsCreating] = useState(false);
  const queries = useQueryClient();
  return (
    <>
      <div className="toolbar">
        <h1>{texts.title}</h1>
        <button
          type="button"
          className="primary end"
          onClick={() => {
            setIsCreating(true);
          }}
        >
          {texts.create}
        </button>
      </div>
      <p>{texts.lead}</p>
      <Keys own={user?.id} isAdmin={isAdmin} />
      <PasswordForm />
      {isCreating && (
        <KeyForm
          scopes={user === null ? [] : SCOPES_OF_ROLE[user.role]}
          onCreated={() => void queries.invalidateQueries({ queryKey: ['api-keys'] })}
          onClose={() => {
            setIsCreating(false);
          }}
        />
      )}
    </>
  );
}

interface KeysProps {
  readonly own: string | undefined;
  readonly isAdmin: boolean;
}

function Keys({ own, isAdmin }: KeysProps): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  const [removing, setRemoving] = useState<Key | null>(null);
  const [removed, setRemoved] = useState<string | null>(null);
  const query = useQuery({ queryKey: ['api-keys'], queryFn: () => answerOf(api.GET('/api-keys')) });
  const owners = useOwners(isAdmin);
  return (
    <section className="card">
      <p role="status" className="outcome">
        {removed !== null && texts.removed(removed)}
      </p>
      <Asked query={query}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty>{texts.empty}</Empty>
          ) : (
            <KeyTable
              keys={keys}
              owners={owners}
              own={own}
              at={query.dataUpdatedAt}
              onRemove={setRemoving}
            />
          )
        }
      </Asked>
      {removing !== null && (
        <Removal
          removed={removing}
          onClose={() => {
            setRemoving(null);
          }}
          onRemoved={() => {
            setRemoving(null);
            setRemoved(removing.name);
          }}
        />
      )}
    </section>
  );
}

/** null where one sees only one's own keys. */
function useOwners(isAdmin: boolean): ReadonlyMap<string, string> | null {
  const { data } = useQuery({
    queryKey: ['users'],
    queryFn: () => answerOf(api.GET('/users')),
    enabled: isAdmin,
  });
  if (!isAdmin) return null;
  return new Map(data?.map(({ id, username }) => [id, username]));
}

interface RemovalProps {
  readonly removed: Key;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

function Removal({ removed: { id, name }, onRemoved, onClose }: RemovalProps): ReactElement {
  const texts = useTexts(KEYS_TEXTS);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api-keys/{id}', { params: { path: { id } } })),
    onSuccess: () => {
      onRemoved();
      return queries.invalidateQueries({ queryKey: ['api-keys'] });
    },
  });
  return (
    <Confirmation
      title={texts.removeTitle(name)}
      action={texts.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => {
        remove.mutate();
      }}
      onClose={onClose}
    >
      {texts.removeNote}
    </Confirmation>
  );
}
