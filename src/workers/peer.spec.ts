// Questions and answers over a real channel.
import { linkPeers, type LinkedPeers } from '../../test/support/linked-workers.ts';

let link: LinkedPeers;
beforeEach(() => {
  link = linkPeers();
});
afterEach(() => {
  link.cut();
});

describe('two peers', () => {
  it('answer each other, each question its own asker, in whatever order', async () => {
    link.primary.answer('wait', async (ms: number) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return ms;
    });
    link.worker.answer('greet', (name: string) => `hello ${name}`);
    const waits = [20, 1, 10].map((ms) => link.worker.ask('wait', ms));
    expect(await link.primary.ask('greet', 'you')).toBe('hello you');
    expect(await Promise.all(waits)).toEqual([20, 1, 10]);
  });

  it('hand over what was thrown, as its code and message', async () => {
    link.primary.answer('fail', () => {
      throw Object.assign(new Error('the disk is full'), { code: 'SQLITE_FULL' });
    });
    await expect(link.worker.ask('fail')).rejects.toMatchObject({
      name: 'PeerError',
      code: 'SQLITE_FULL',
      message: 'the disk is full',
    });
  });

  it('say so where nobody answers a question', async () => {
    await expect(link.worker.ask('unheard of')).rejects.toMatchObject({ code: 'NOT_ANSWERED' });
  });

  it('leave nobody waiting for a process that is gone, nor ask it any more', async () => {
    link.primary.answer('never', () => new Promise(() => {}));
    const waiting = link.worker.ask('never');
    link.cut();
    await expect(waiting).rejects.toMatchObject({ code: 'EPIPE' });
    await expect(link.worker.ask('never')).rejects.toMatchObject({ code: 'EPIPE' });
  });
});
