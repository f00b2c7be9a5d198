// The bar above the pages: where one can go, how the console looks, who is signed in.
import type { FocusEvent, KeyboardEvent, ReactElement } from 'react';
import { signOut, type User } from '../api/session.ts';
import { linkTo } from './location.ts';
import type { Page, PageName } from './pages.ts';
import { LANGUAGES, THEMES, usePreferences, ZONES, type Language } from './preferences.tsx';
import { SHELL_TEXTS } from './shell-texts.ts';
import { useTexts } from './texts.ts';

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', fr: 'Français' };

interface NavigationProps {
  readonly user: User;
  readonly pages: readonly Page[];
  readonly current: PageName | undefined;
}

export function Navigation({ user, pages, current }: NavigationProps): ReactElement {
  const texts = useTexts(SHELL_TEXTS);
  return (
    <header className="bar">
      <a className="brand" href={linkTo('/')}>
        Foretell
      </a>
      <nav aria-label={texts.navigation}>
        <ul>
          {pages.map(({ path, name }) => (
            <li key={name}>
              <a
                href={linkTo(path)}
                {...(name === current && { 'aria-current': 'page', ref: intoView })}
              >
                {texts.pages[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <details className="account" onKeyDown={closeOnEscape} onBlur={closeBehind}>
        <summary aria-label={`${texts.account}: ${user.username}`}>
          <span aria-hidden="true">⚙</span> <span className="account-name">{user.username}</span>
        </summary>
        <div className="menu">
          <p>{texts.signedInAs(user.username, user.role)}</p>
          <Settings />
          <a href="docs" target="_blank" rel="noreferrer">
            {texts.apiDocs}
          </a>
          <button type="button" onClick={() => void signOut()}>
            {texts.signOut}
          </button>
        </div>
      </details>
    </header>
  );
}

/** On a phone the pages do not fit side by side. By the list's own scrolling: scrollIntoView would have the next Tab begin behind the link. */
function intoView(link: HTMLAnchorElement | null): void {
  const nav = link?.closest('nav');
  if (link === null || nav === null || nav === undefined) return;
  const { left, right } = link.getBoundingClientRect();
  const seen = nav.getBoundingClientRect();
  if (left < seen.left) nav.scrollLeft -= seen.left - left;
  else if (right > seen.right) nav.scrollLeft += right - seen.right;
}

function closeOnEscape(event: KeyboardEvent<HTMLDetailsElement>): void {
  if (event.key !== 'Escape' || !event.currentTarget.open) return;
  event.currentTarget.open = false;
  event.currentTarget.querySelector('summary')?.focus();
}

/** The focus went on to something else, which the menu might cover. */
function closeBehind(event: FocusEvent<HTMLDetailsElement>): void {
  const next = event.relatedTarget;
  if (next !== null && !event.currentTarget.contains(next)) event.currentTarget.open = false;
}

export function Settings(): ReactElement {
  const texts = useTexts(SHELL_TEXTS);
  const { language, theme, zone, change } = usePreferences();
  return (
    <>
      <Setting
        label={texts.language}
        value={language}
        options={LANGUAGES.map((value) => ({ value, text: LANGUAGE_NAMES[value] }))}
        onChange={(value) => {
          change({ language: value });
        }}
      />
      <Setting
        label={texts.theme}
        value={theme}
        options={THEMES.map((value) => ({ value, text: texts.themes[value] }))}
        onChange={(value) => {
          change({ theme: value });
        }}
      />
      <Setting
        label={texts.zone}
        value={zone}
        options={ZONES.map((value) => ({ value, text: texts.zones[value] }))}
        onChange={(value) => {
          change({ zone: value });
        }}
      />
    </>
  );
}

interface SettingProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
}

const Setting = <T extends string>({
  label,
  value,
  options,
  onChange,
}: SettingProps<T>): ReactElement => (
  <label className="setting">
    <span>{label}</span>
    <select
      value={value}
      onChange={({ target }) => {
        onChange(target.value as T);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  </label>
);
