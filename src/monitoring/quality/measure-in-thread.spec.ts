// The thread that measures quality: it answers, and whoever waits hears what became of one that does not.
import { measureInThread } from './measure-in-thread.ts';
import type { QualityOrder } from './quality-thread.ts';

const p = Float64Array.of(0.1, 0.4, 0.35, 0.8);
const y = Uint8Array.of(0, 0, 1, 1);
const order = (changes: Partial<QualityOrder> = {}): QualityOrder => ({
  rows: {
    labelled: { y, p, predicted: y, delaySeconds: new Float64Array(4) },
    scores: p,
    threshold: 0.5,
  },
  bundle: null,
  ...changes,
});
const going = (): AbortSignal => new AbortController().signal;

describe('measureInThread', () => {
  it('answers what is measured', async () => {
    const measured = await measureInThread(order(), going());
    expect(measured.roc_auc?.value).toBe(0.75);
    expect(measured.confusion_matrix).toEqual({ tn: 2, fp: 0, fn: 0, tp: 2 });
  });

  it('tells an error of the catalogue as such', async () => {
    const manifest = { sha256: { 'holdout.json': '0'.repeat(64) } };
    const bundle = { dir: 'nowhere', manifest, features: {} } as unknown as QualityOrder['bundle'];
    await expect(measureInThread(order({ bundle }), going())).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    });
  });

  it('fails where the thread ends without an answer', async () => {
    const ending = new URL('../../../test/support/ending-thread', import.meta.url);
    await expect(measureInThread(order(), going(), ending)).rejects.toThrow(/exit code 3/);
    const missing = new URL('./no-such-thread', import.meta.url);
    await expect(measureInThread(order(), going(), missing)).rejects.toThrow(/no-such-thread/);
  });

  it('ends at once when it is not wanted any more, and says why', async () => {
    const wanted = new AbortController();
    const measuring = measureInThread(order(), wanted.signal);
    wanted.abort(new Error('the server stops'));
    await expect(measuring).rejects.toThrow('the server stops');
    await expect(measureInThread(order(), wanted.signal)).rejects.toThrow('the server stops');
  });
});
