// The order of the stack's suites: the longest first, so that no worker is left with it when the others have ended.
import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');
/** It runs the end-to-end suites of another database within it. */
const LONGEST = /postgres\.stack\.spec/;

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rest = super.sort(tests);
    return [...rest].sort(({ path: a }, { path: b }) => LONGEST.test(b) - LONGEST.test(a));
  }
}
