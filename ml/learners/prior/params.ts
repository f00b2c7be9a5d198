// Nothing may be set of the prior.
import { z } from 'zod';

export const priorParams = z.strictObject({}).readonly();

export type PriorParams = z.output<typeof priorParams>;
