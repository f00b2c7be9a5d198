// How the reader wants the console: language, colours, local time or UTC. Kept in the browser; at first as the browser asks for it.
import {
  createContext,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const ZONES = ['local', 'utc'] as const;
export type Zone = (typeof ZONES)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly zone: Zone;
}

export interface PreferencesInUse extends Preferences {
  /** What the theme comes to, now. */
  readonly dark: boolean;
  /** For Intl: the reader's own form of the language. */
  readonly locale: string;
  readonly change: (changed: Partial<Preferences>) => void;
}

const STORAGE = 'foretell.preferences';
const Context = createContext<PreferencesInUse | null>(null);

export function PreferencesProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [preferences, setPreferences] = useState(read);
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const dark = preferences.theme === 'system' ? systemDark : preferences.theme === 'dark';
  useEffect(() => {
    document.documentElement.lang = preferences.language;
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
    localStorage.setItem(STORAGE, JSON.stringify(preferences));
  }, [preferences, dark]);
  const value = useMemo(
    () => ({
      ...preferences,
      dark,
      locale: localeOf(preferences.language),
      change: (changed: Partial<Preferences>) => {
        setPreferences((before) => ({ ...before, ...changed }));
      },
    }),
    [preferences, dark],
  );
  return <Context value={value}>{children}</Context>;
}

export function usePreferences(): PreferencesInUse {
  const preferences = useContext(Context);
  if (preferences === null) throw new Error('usePreferences outside of PreferencesProvider');
  return preferences;
}

/** Whether a media query holds, and goes on to. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const listener = (): void => {
      setMatches(list.matches);
    };
    listener();
    list.addEventListener('change', listener);
    return () => {
      list.removeEventListener('change', listener);
    };
  }, [query]);
  return matches;
}

/** A Swiss reader of French writes numbers as in Switzerland. */
const localeOf = (language: Language): string =>
  navigator.languages.find((tag) => tag.split('-', 1)[0] === language) ?? language;

function read(): Preferences {
  const kept = parse(localStorage.getItem(STORAGE) ?? '{}');
  return {
    language: oneOf(LANGUAGES, kept['language']) ?? browserLanguage(),
    theme: oneOf(THEMES, kept['theme']) ?? 'system',
    zone: oneOf(ZONES, kept['zone']) ?? 'local',
  };
}

const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined =>
  all.find((each) => each === value);

const browserLanguage = (): Language =>
  navigator.languages
    .map((tag) => oneOf(LANGUAGES, tag.split('-', 1)[0]))
    .find((language) => language !== undefined) ?? 'en';

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
