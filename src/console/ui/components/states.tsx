// What stands where figures will, or cannot: loading, empty, failed. Every page shows these three alike.
import type { ReactElement, ReactNode } from 'react';
import { ProblemError, UnreachableError } from '../api/problem.ts';
import { useTexts, type Texts } from '../shell/texts.ts';

const EN = {
  loading: 'Loading…',
  retry: 'Try again',
  unreachable: 'The server cannot be reached. It may be restarting; the console goes on trying.',
  unexpected: 'The console failed here. Reload the page; if it stays so, the details help:',
  reference: (id: string) => `Request ${id}`,
};
const TEXTS: Texts<typeof EN> = {
  en: EN,
  fr: {
    loading: 'Chargement…',
    retry: 'Réessayer',
    unreachable:
      'Le serveur est injoignable. Il redémarre peut-être ; la console continue d’essayer.',
    unexpected: 'La console a échoué ici. Rechargez la page ; si cela persiste, voici le détail :',
    reference: (id: string) => `Requête ${id}`,
  },
};

export function Loading(): ReactElement {
  const texts = useTexts(TEXTS);
  return (
    <p className="state" role="status">
      <span className="spinner" aria-hidden="true" /> {texts.loading}
    </p>
  );
}

export const Empty = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <div className="state empty">{children}</div>
);

export interface FailureProps {
  readonly error: unknown;
  readonly retry?: () => void;
}

/** An error in the server's own words, which name the field and what was expected. */
export function Failure({ error, retry }: FailureProps): ReactElement {
  const texts = useTexts(TEXTS);
  return (
    <div className="state failure" role="alert">
      <FailureText error={error} />
      {retry && (
        <button type="button" onClick={retry}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}

function FailureText({ error }: { readonly error: unknown }): ReactElement {
  const texts = useTexts(TEXTS);
  if (error instanceof UnreachableError) return <p>{texts.unreachable}</p>;
  if (!(error instanceof ProblemError))
    return (
      <p>
        {texts.unexpected} <code>{error instanceof Error ? error.message : String(error)}</code>
      </p>
    );
  const { title, detail, instance, errors = [] } = error.problem;
  return (
    <>
      <p>
        <strong>{title}.</strong> {detail}
      </p>
      {errors.length > 0 && (
        <ul>
          {errors.map(({ field, expected }) => (
            <li key={`${field} ${expected}`}>
              <code>{field}</code> {expected}
            </li>
          ))}
        </ul>
      )}
      {instance !== undefined && <p className="muted">{texts.reference(instance)}</p>}
    </>
  );
}

/** What a query of the server is at: hands the data on once it is there. */
export function Asked<T>({
  query,
  children,
}: {
  readonly query: {
    readonly data: T | undefined;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly children: (data: T) => ReactNode;
}): ReactElement {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null)
    return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Loading />;
}
