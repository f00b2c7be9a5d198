// What workers tell each other by way of the primary.
import { setTimeout as pause } from 'node:timers/promises';
import { LinkedWorkers } from '../../test/support/linked-workers.ts';
import { NoSiblings, type Siblings } from '../common/siblings.ts';

const WITHIN_MS = 5000;

let workers: LinkedWorkers;
beforeEach(() => {
  workers = new LinkedWorkers();
});
afterEach(() => {
  workers.end();
});

/** What a process hears on a topic. */
function heardBy(siblings: Siblings, topic = 'topic'): unknown[] {
  const heard: unknown[] = [];
  siblings.on(topic, (message: unknown) => heard.push(message));
  return heard;
}

describe('workers', () => {
  it('have all heard what one tells when it goes on, and it hears nothing itself', async () => {
    const [one, two, three] = [await workers.join(), await workers.join(), await workers.join()];
    const heard = [one, two, three].map((each) => heardBy(each));
    await one.tell('topic', { id: 7 }, WITHIN_MS);
    expect(heard).toEqual([[], [{ id: 7 }], [{ id: 7 }]]);
  });

  it('wait until the others have done what the message asks for', async () => {
    const [one, two] = [await workers.join(), await workers.join()];
    let done = false;
    two.on('topic', async () => {
      await pause(50);
      done = true;
    });
    await one.tell('topic', null, WITHIN_MS);
    expect(done).toBe(true);
  });

  it('do not wait for one that is stuck beyond the time, one that cannot, or one that is gone', async () => {
    const [one, stuck, failing, gone] = [
      await workers.join(),
      await workers.join(),
      await workers.join(),
      await workers.join(),
    ];
    stuck.on('topic', () => new Promise(() => {}));
    failing.on('topic', () => {
      throw new Error('cannot');
    });
    gone.on('topic', () => new Promise(() => {}));
    const startedAt = performance.now();
    const told = one.tell('topic', null, 200);
    workers.links[3]?.cut();
    await told;
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('end with the same state where two change it at once', async () => {
    const all = [await workers.join(), await workers.join(), await workers.join()];
    const heard = all.map((each) => heardBy(each));
    await Promise.all(all.map((each, i) => each.agree('topic', i, WITHIN_MS)));
    expect(heard[0]).toHaveLength(3);
    expect(heard[1]).toEqual(heard[0]);
    expect(heard[2]).toEqual(heard[0]);
  });

  it('begin with what the others agreed on before, and not with what they told', async () => {
    const one = await workers.join();
    await one.agree('state', 'first', WITHIN_MS);
    await one.agree('state', 'last', WITHIN_MS);
    await one.tell('message', 'passed', WITHIN_MS);
    const late = await workers.join();
    expect(heardBy(late, 'state')).toEqual(['last']);
    expect(heardBy(late, 'message')).toEqual([]);
  });

  it('hear of a state that was agreed on between joining and listening to the topic', async () => {
    const [one, two] = [await workers.join(), await workers.join()];
    await one.agree('state', 'new', WITHIN_MS);
    expect(heardBy(two, 'state')).toEqual(['new']);
  });

  it('start what one must do only when the primary appoints them, and once', async () => {
    const one = await workers.join();
    let starts = 0;
    one.whenAppointed(() => (starts += 1));
    expect(starts).toBe(0);
    await workers.links[0]?.primary.ask('appoint');
    expect(starts).toBe(1);
    one.whenAppointed(() => (starts += 1));
    expect(starts).toBe(2);
  });

  it('go on by themselves when the primary is gone', async () => {
    const one = await workers.join();
    workers.end();
    await one.tell('topic', null, WITHIN_MS);
    await expect(one.agree('topic', null, WITHIN_MS)).rejects.toThrow('gone');
  });
});

describe('a process without siblings', () => {
  it('tells nobody, agrees with itself, and does what one must do', async () => {
    const alone = new NoSiblings();
    const heard = heardBy(alone);
    await alone.tell();
    await alone.agree('topic', 'state');
    expect(heard).toEqual(['state']);
    let started = false;
    alone.whenAppointed(() => (started = true));
    expect(started).toBe(true);
  });
});
