// An account to be made, or changed: name, password, role with what it may do.
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answerOf, api } from '../../api/client.ts';
import type { User } from '../../api/session.ts';
import { Dialog } from '../../components/dialog.tsx';
import { FormFailure, FormField, useFocusOnError } from '../../components/form-field.tsx';
import { textOf } from '../../components/form-text.ts';
import { useTexts } from '../../shell/texts.ts';
import { USERS_TEXTS } from './users-texts.ts';

const ROLES = ['client', 'viewer', 'operator', 'admin'] as const;
const FIELDS = ['username', 'password', 'role'];

interface UserFormProps {
  /** null: a new one. */
  readonly user: User | null;
  readonly isSelf: boolean;
  readonly onSaved: (user: User) => void;
  readonly onClose: () => void;
}

export function UserForm({ user, isSelf, onSaved, onClose }: UserFormProps): ReactElement {
  const texts = useTexts(USERS_TEXTS);
  const save = useMutation({
    mutationFn: (form: FormData) => (user === null ? create(form) : change(user, form)),
    onSuccess: onSaved,
  });
  const { error } = save;
  const form = useFocusOnError(error);
  return (
    <Dialog
      title={user === null ? texts.createTitle : texts.editTitle(user.username)}
      onClose={onClose}
    >
      <form
        ref={form}
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(new FormData(event.currentTarget));
        }}
      >
        {user === null && (
          <FormField label={texts.username} name="username" error={error}>
            {(control) => <input {...control} autoComplete="off" required data-focus />}
          </FormField>
        )}
        <FormField
          label={texts.role}
          name="role"
          help={isSelf ? texts.ownRole : undefined}
          error={error}
        >
          {(control) => (
            <select {...control} defaultValue={user?.role ?? 'client'} disabled={isSelf}>
              {ROLES.map((role) => (
                <option key={role} value={role}>
                  {texts.roles[role]}
                </option>
              ))}
            </select>
          )}
        </FormField>
        <FormField
          label={user === null ? texts.password : texts.newPassword}
          name="password"
          help={passwordHelp()}
          error={error}
        >
          {(control) => (
            <input
              {...control}
              type="password"
              autoComplete="new-password"
              required={user === null}
            />
          )}
        </FormField>
        {user !== null && !isSelf && <p className="muted">{texts.editNote}</p>}
        <FormFailure error={error} fields={FIELDS} />
        <div className="toolbar">
          <button type="submit" className="primary" disabled={save.isPending}>
            {texts.save}
          </button>
        </div>
      </form>
    </Dialog>
  );

  function passwordHelp(): string {
    if (user === null) return texts.passwordHelp;
    const more = isSelf ? texts.ownPassword : texts.passwordHelp;
    return `${texts.resetHelp} ${more}`;
  }
}

type Role = (typeof ROLES)[number];

const roleIn = (form: FormData): Role | undefined =>
  ROLES.find((role) => role === textOf(form, 'role'));

const create = (form: FormData): Promise<User> =>
  answerOf(
    api.POST('/users', {
      body: {
        username: textOf(form, 'username'),
        password: textOf(form, 'password'),
        role: roleIn(form) ?? 'client',
      },
    }),
  );

/** Only what differs: the same role or an empty password would end sessions for nothing, or be refused. */
function change(user: User, form: FormData): Promise<User> {
  const password = textOf(form, 'password');
  const role = roleIn(form);
  return answerOf(
    api.PATCH('/users/{id}', {
      params: { path: { id: user.id } },
      body: {
        ...(password !== '' && { password }),
        ...(role !== undefined && role !== user.role && { role }),
      },
    }),
  );
}
