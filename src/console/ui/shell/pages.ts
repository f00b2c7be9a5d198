// The pages: where they are, who may see them, what loads them. Each is a chunk of its own.
import type { ComponentType } from 'react';
import { SCOPES_OF_ROLE, type Role, type Scope } from '../api/scopes.ts';
import { pageCode } from './page-code.ts';

export interface Page {
  readonly path: `/${string}`;
  readonly name: PageName;
  /** What its requests need; null: nothing but to be signed in. */
  readonly scope: Scope | null;
  readonly Content: ComponentType;
}

export const PAGES = [
  {
    path: '/predict',
    name: 'predict',
    scope: 'predict',
    Content: pageCode(() => import('../pages/predict/predict-page.tsx')),
  },
  {
    path: '/batch',
    name: 'batch',
    scope: 'predict',
    Content: pageCode(() => import('../pages/batch/batch-page.tsx')),
  },
  {
    path: '/live',
    name: 'live',
    scope: 'read',
    Content: pageCode(() => import('../pages/live/live-page.tsx')),
  },
  {
    path: '/drift',
    name: 'drift',
    scope: 'read',
    Content: pageCode(() => import('../pages/drift/drift-page.tsx')),
  },
  {
    path: '/models',
    name: 'models',
    scope: 'read',
    Content: pageCode(() => import('../pages/models/models-page.tsx')),
  },
  {
    path: '/users',
    name: 'users',
    scope: 'admin',
    Content: pageCode(() => import('../pages/users/users-page.tsx')),
  },
  {
    path: '/keys',
    name: 'keys',
    scope: null,
    Content: pageCode(() => import('../pages/keys/keys-page.tsx')),
  },
] as const satisfies readonly {
  path: string;
  name: string;
  scope: Scope | null;
  Content: ComponentType;
}[];

export type PageName = (typeof PAGES)[number]['name'];

export const pagesOf = (role: Role): readonly Page[] =>
  PAGES.filter(({ scope }: Page) => scope === null || SCOPES_OF_ROLE[role].includes(scope));
