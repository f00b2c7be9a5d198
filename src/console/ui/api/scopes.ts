// Which scopes a role has, and so may give to a key; the server has the last word.
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];
export type Role = Schemas['UserResponse']['role'];
export type Scope = Schemas['ApiKeyResponse']['scopes'][number];

export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  admin: ['predict', 'read', 'operate', 'admin'],
  operator: ['predict', 'read', 'operate'],
  client: ['predict'],
  viewer: ['read'],
};
