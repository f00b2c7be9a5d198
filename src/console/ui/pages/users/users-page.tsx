// The page "users": the accounts, for admins.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { sessionState, type User } from '../../api/session.ts';
import { Badge } from '../../components/badge.tsx';
import { Confirmation } from '../../components/confirmation.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Asked } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useTexts } from '../../shell/texts.ts';
import { UserForm } from './user-form.tsx';
import { USERS_TEXTS } from './users-texts.ts';
import './users.css';

type Open =
  | { readonly kind: 'form'; readonly user: User | null }
  | { readonly kind: 'removal'; readonly user: User };

type Outcome = keyof (typeof USERS_TEXTS)['en']['outcomes'];

export default function UsersPage(): ReactElement {
  const texts = useTexts(USERS_TEXTS);
  const [open, setOpen] = useState<Open | null>(null);
  const [outcome, setOutcome] = useState<readonly [Outcome, string] | null>(null);
  const queries = useQueryClient();
  const query = useQuery({ queryKey: ['users'], queryFn: () => answerOf(api.GET('/users')) });
  const own = sessionState().user?.id;
  const close = (): void => {
    setOpen(null);
  };
  const finish = (what: Outcome, { username }: User): void => {
    setOpen(null);
    setOutcome([what, username]);
    void queries.invalidateQueries({ queryKey: ['users'] });
  };
  return (
    <>
      <div className="toolbar">
        <h1>{texts.title}</h1>
        <button
          type="button"
          className="primary end"
          onClick={() => {
            setOpen({ kind: 'form', user: null });
          }}
        >
          {texts.create}
        </button>
      </div>
      <p>{texts.lead}</p>
      <p role="status" className="outcome">
        {outcome !== null && texts.outcomes[outcome[0]](outcome[1])}
      </p>
      <section className="card">
        <Asked query={query}>
          {(users) => <UserTable users={users} own={own} onOpen={setOpen} />}
        </Asked>
      </section>
      {open?.kind === 'form' && (
        <UserForm
          user={open.user}
          isSelf={open.user?.id === own}
          onClose={close}
          onSaved={(user) => {
            finish(open.user === null ? 'created' : 'changed', user);
          }}
        />
      )}
      {open?.kind === 'removal' && (
        <Removal
          user={open.user}
          onClose={close}
          onRemoved={() => {
            finish('removed', open.user);
          }}
        />
      )}
    </>
  );
}

interface UserTableProps {
  readonly users: readonly User[];
  readonly own: string | undefined;
  readonly onOpen: (open: Open) => void;
}

function UserTable({ users, own, onOpen }: UserTableProps): ReactElement {
  const texts = useTexts(USERS_TEXTS);
  return (
    <DataTable
      caption={texts.title}
      hidesCaption
      columns={[
        { header: texts.username },
        { header: texts.role },
        { header: texts.created },
        { header: texts.actions },
      ]}
      rows={users.map((user) => [
        <>
          {user.username} {user.id === own && <Badge tone="accent">{texts.you}</Badge>}
        </>,
        <span title={texts.roles[user.role]}>{texts.roleNames[user.role]}</span>,
        <Time at={user.created_at} />,
        <span className="row-actions">
          <button
            type="button"
            aria-label={texts.of(texts.edit, user.username)}
            onClick={() => {
              onOpen({ kind: 'form', user });
            }}
          >
            {texts.edit}
          </button>
          {user.id !== own && (
            <button
              type="button"
              className="danger"
              aria-label={texts.of(texts.remove, user.username)}
              onClick={() => {
                onOpen({ kind: 'removal', user });
              }}
            >
              {texts.remove}
            </button>
          )}
        </span>,
      ])}
    />
  );
}

interface RemovalProps {
  readonly user: User;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

function Removal({ user, onRemoved, onClose }: RemovalProps): ReactElement {
  const texts = useTexts(USERS_TEXTS);
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/users/{id}', { params: { path: { id: user.id } } })),
    onSuccess: onRemoved,
  });
  return (
    <Confirmation
      title={texts.removeTitle(user.username)}
      action={texts.remove}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => {
        remove.mutate();
      }}
      onClose={onClose}
    >
      {texts.removeNote(user.username)}
    </Confirmation>
  );
}
