// The pages: where they are, who may see them, what loads them. Each is a chunk of its own.
import type { ComponentType } from 'react';
import type { User } from '../api/session.ts';
import { pageCode } from './page-code.ts';

type Role = User['role'];

export interface Page {
  readonly path: `/${string}`;
  readonly name: PageName;
  /** The roles whose scopes its requests need. */
  readonly roles: readonly Role[];
  readonly Content: ComponentType;
}

const PREDICTS: readonly Role[] = ['admin', 'operator', 'client'];
const READS: readonly Role[] = ['admin', 'operator', 'viewer'];
const EVERYONE: readonly Role[] = ['admin', 'operator', 'client', 'viewer'];

export const PAGES = [
  {
    path: '/predict',
    name: 'predict',
    roles: PREDICTS,
    Content: pageCode(() => import('../pages/predict/predict-page.tsx')),
  },
  {
    path: '/batch',
    name: 'batch',
    roles: PREDICTS,
    Content: pageCode(() => import('../pages/batch/batch-page.tsx')),
  },
  {
    path: '/live',
    name: 'live',
    roles: READS,
    Content: pageCode(() => import('../pages/live/live-page.tsx')),
  },
  {
    path: '/drift',
    name: 'drift',
    roles: READS,
    Content: pageCode(() => import('../pages/drift/drift-page.tsx')),
  },
  {
    path: '/models',
    name: 'models',
    roles: READS,
    Content: pageCode(() => import('../pages/models/models-page.tsx')),
  },
  {
    path: '/users',
    name: 'users',
    roles: ['admin'],
    Content: pageCode(() => import('../pages/users/users-page.tsx')),
  },
  {
    path: '/keys',
    name: 'keys',
    roles: EVERYONE,
    Content: pageCode(() => import('../pages/keys/keys-page.tsx')),
  },
] as const satisfies readonly {
  path: string;
  name: string;
  roles: readonly Role[];
  Content: ComponentType;
}[];

export type PageName = (typeof PAGES)[number]['name'];

export const pagesOf = (role: Role): readonly Page[] =>
  PAGES.filter(({ roles }: Page) => roles.includes(role));
