// A process of its own that sends a mix of requests in the name of callers, phase after phase: at a steady pace whatever the server answers (the
// open loop, where a request that has to wait for a free caller or behind others counts from the instant at which it was due), or as fast as it is
// answered (the closed loop). Callers who get a 503 or 429 come back no sooner than Retry-After says.
// stdin, JSON by line: first { servers: { name: { host, port, pid, requests } }, deck, acknowledging }, where the deck is the order in which requests
// are sent and `acknowledging` says which of them are answered with ids; then phases { server, callers, perSecond, seconds, patienceMs }, whose
// perSecond is null for the closed loop. stdout, JSON by line: { second } while a phase lasts, and { end } after it.
import { createInterface } from 'node:readline';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { openConnection, processorTime } from '../bench/predict/raw-connection.mjs';

const TICK_MS = 1;
const SECOND_MS = 1000;
const RECONNECT_MS = 100;
/** After a phase an answer may take that long; then it counts as none. */
const LAST_ANSWER_MS = 10_000;
const IDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const order = JSON.parse((await lines.next()).value);
const pools = Object.fromEntries(
  Object.entries(order.servers).map(([name, server]) => [name, openPool(server)]),
);
const tell = (record) => process.stdout.write(`${JSON.stringify(record)}\n`);
/** How far in the deck the last phase came. */
let dealt = 0;

/** Those who may ask one server, as functions of a request that is due. */
function openPool({ host, port, pid, requests }) {
  const bytes = requests.map((request) => Buffer.from(request));
  const pool = { pid, free: [], waiting: [], busy: new Set(), callers: 0, onAnswer: null };
  const release = (ask) => {
    const next = pool.waiting.shift();
    if (next === undefined) pool.free.push(ask);
    else ask(next);
  };
  const openCaller = () => {
    let asked = null;
    let ask = null;
    const settle = (answer) => {
      pool.busy.delete(asked);
      pool.onAnswer?.({ ...asked, at: performance.now(), ...answer });
      asked = null;
    };
    openConnection(
      { host, port },
      {
        ready: (send) => {
          ask = (due) => {
            asked = due;
            pool.busy.add(due);
            send(bytes[due.kind]);
          };
          release(ask);
        },
        answered: ({ status, head, body }) => {
          const retryAfter = /^retry-after: (\d+)$/im.exec(head)?.[1];
          const acknowledged = status === 200 && order.acknowledging[asked.kind];
          settle({ status, retryAfter, ids: acknowledged ? body().match(IDS) : null });
          if (retryAfter === undefined) release(ask);
          else setTimeout(release, Number(retryAfter) * SECOND_MS, ask);
        },
        lost: () => {
          if (asked !== null) settle({ status: 0, ids: null });
          pool.free = pool.free.filter((other) => other !== ask);
          setTimeout(openCaller, RECONNECT_MS);
        },
      },
    );
  };
  pool.grow = async (callers) => {
    for (; pool.callers < callers; pool.callers += 1) openCaller();
    while (pool.free.length === 0) await pause(TICK_MS);
  };
  return pool;
}

/** What became of the requests that were due since it was last taken. */
class Tally {
  constructor(pool, from) {
    this.pool = pool;
    this.from = from;
    this.cpuFrom = processorTime(pool.pid);
    this.clear();
  }

  clear() {
    Object.assign(this, { answers: [], ids: [], notSent: 0, withoutRetryAfter: 0 });
  }

  add({ kind, due, at, status, retryAfter, ids }) {
    // An answer that the phase before has given up.
    if (due < this.from) return;
    const ms = (value) => Math.round(value * 100) / 100;
    this.answers.push([kind, ms(due - this.from), ms(at - due), status]);
    if (ids !== null) this.ids.push(...ids);
    if ((status === 503 || status === 429) && retryAfter === undefined) this.withoutRetryAfter += 1;
  }

  take() {
    const { answers, ids, notSent, withoutRetryAfter, pool, cpuFrom } = this;
    this.clear();
    this.cpuFrom = processorTime(pool.pid);
    return { answers, ids, notSent, withoutRetryAfter, cpuUs: this.cpuFrom - cpuFrom };
  }
}

const nextKind = () => order.deck[dealt++ % order.deck.length];

/** Requests that wait for a caller in vain are given up, the oldest first. */
function giveUp(pool, before, tally) {
  while (pool.waiting.length > 0 && pool.waiting[0].due < before) {
    pool.waiting.shift();
    tally.notSent += 1;
  }
}

async function openLoop(pool, { perSecond, seconds, patienceMs }, tally) {
  const total = Math.ceil(seconds * perSecond);
  for (let sent = 0; sent < total; await pause(TICK_MS)) {
    const now = performance.now();
    const due = () => tally.from + (sent / perSecond) * SECOND_MS;
    for (; sent < total && due() <= now; sent++) {
      const request = { kind: nextKind(), due: due() };
      const ask = pool.free.pop();
      if (ask === undefined) pool.waiting.push(request);
      else ask(request);
    }
    giveUp(pool, now - patienceMs, tally);
  }
}

async function closedLoop(pool, { callers, seconds }, tally) {
  let open = true;
  const again = () => open && pool.waiting.push({ kind: nextKind(), due: performance.now() });
  const count = pool.onAnswer;
  pool.onAnswer = (answer) => {
    count(answer);
    again();
  };
  for (const ask of pool.free.splice(0, callers)) ask({ kind: nextKind(), due: performance.now() });
  await pause(tally.from + seconds * SECOND_MS - performance.now());
  open = false;
  pool.waiting = [];
}

async function run(phase) {
  const pool = pools[phase.server];
  await pool.grow(phase.callers);
  const tally = new Tally(pool, performance.now());
  const startedAt = Date.now();
  pool.onAnswer = (answer) => tally.add(answer);
  const ticking = setInterval(() => tell({ second: tally.take() }), SECOND_MS);
  await (phase.perSecond === null ? closedLoop : openLoop)(pool, phase, tally);
  const deadline = performance.now() + LAST_ANSWER_MS;
  while (pool.busy.size + pool.waiting.length > 0 && performance.now() < deadline)
    await pause(TICK_MS);
  for (const { kind, due } of [...pool.busy, ...pool.waiting])
    tally.add({ kind, due, at: performance.now(), status: 0, ids: null });
  pool.onAnswer = null;
  pool.waiting = [];
  clearInterval(ticking);
  tell({ second: tally.take() });
  tell({ end: { startedAt } });
}

for await (const line of lines) await run(JSON.parse(line));
process.exit(0);
