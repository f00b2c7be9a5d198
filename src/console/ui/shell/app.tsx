// The frame: signed out, the sign-in; signed in, the navigation and the page that the address names.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  Component,
  Suspense,
  useEffect,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from 'react';
import { ProblemError } from '../api/problem.ts';
import { onSession, sessionState, type User } from '../api/session.ts';
import { Empty, Failure, Loading } from '../components/states.tsx';
import { goTo, usePlace } from './location.ts';
import { Navigation } from './navigation.tsx';
import { pagesOf } from './pages.ts';
import { PreferencesProvider } from './preferences.tsx';
import { SHELL_TEXTS } from './shell-texts.ts';
import { SignIn } from './sign-in.tsx';
import { useTexts } from './texts.ts';

/** What the server refuses it refuses again; where it cannot be reached it is asked again. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < 5 && !(error instanceof ProblemError && error.problem.status < 500),
      staleTime: 5_000,
    },
  },
});

export const App = (): ReactElement => (
  <PreferencesProvider>
    <QueryClientProvider client={queries}>
      <Gate />
    </QueryClientProvider>
  </PreferencesProvider>
);

function Gate(): ReactElement {
  const { user, expired } = useSyncExternalStore(onSession, sessionState);
  useEffect(() => {
    // What one person was answered is not shown to the next.
    if (user === null) queries.clear();
  }, [user]);
  return user === null ? <SignIn expired={expired} /> : <Signed user={user} />;
}

function Signed({ user }: { readonly user: User }): ReactElement {
  const texts = useTexts(SHELL_TEXTS);
  const { path } = usePlace();
  const pages = pagesOf(user.role);
  const page = pages.find((each) => each.path === path);
  const first = pages[0]?.path;
  useEffect(() => {
    if (path === '/' && first !== undefined) goTo(first);
  }, [path, first]);
  useEffect(() => {
    document.title = page === undefined ? 'Foretell' : `${texts.pages[page.name]} · Foretell`;
  }, [page, texts]);
  return (
    <>
      <a className="skip" href="#content" onClick={skipToContent}>
        {texts.skip}
      </a>
      <Navigation user={user} pages={pages} current={page?.name} />
      <main id="content" tabIndex={-1}>
        {page === undefined ? (
          path !== '/' && <Empty>{texts.notFound}</Empty>
        ) : (
          <Guarded key={page.name}>
            <Suspense fallback={<Loading />}>
              <page.Content />
            </Suspense>
          </Guarded>
        )}
      </main>
    </>
  );
}

/** The address names a page, so a link within the page must not change it. */
function skipToContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

interface GuardedState {
  readonly error: unknown;
}

/** A page that fails leaves the frame standing. */
class Guarded extends Component<{ readonly children: ReactNode }, GuardedState> {
  override readonly state: GuardedState = { error: null };

  static getDerivedStateFromError(error: unknown): GuardedState {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <Failure
        error={this.state.error}
        retry={() => {
          this.setState({ error: null });
        }}
      />
    );
  }
}
