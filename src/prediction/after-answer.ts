// When a door has answered: its work for afterwards starts once the answer has left, or the caller has, whatever ends first.
import { finished } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { AfterAnswer } from './challenger-traffic.ts';

export const afterAnswerOf =
  ({ raw }: FastifyReply): AfterAnswer =>
  (work) => {
    finished(raw, work);
  };
