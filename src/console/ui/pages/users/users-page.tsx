// The page "users".
import type { ReactElement } from 'react';

export default function UsersPage(): ReactElement {
  return <h1>Users</h1>;
}
