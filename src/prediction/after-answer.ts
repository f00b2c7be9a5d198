// When a door has answered: its work for afterwards starts once the answer has left, or the caller has, whatever ends first.
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import type { AfterAnswer } from './challenger-traffic.ts';

export const afterAnswerOf =
  ({ raw }: { readonly raw: ServerResponse }): AfterAnswer =>
  (work) => {
    finished(raw, work);
  };
