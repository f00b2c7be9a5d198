// Nothing may be set of the majority.
import { z } from 'zod';

export const majorityParams = z.strictObject({}).readonly();

export type MajorityParams = z.output<typeof majorityParams>;
