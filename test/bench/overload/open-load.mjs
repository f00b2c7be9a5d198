// A process of its own in whose name so many callers ask at a steady pace, whatever the server answers: the open loop. Requests are due by the
// clock, each by the caller who has been free for longest; one for which no caller is free is not sent, and that is counted. Callers who are
// `patient` come back no sooner than Retry-After says.
// stdin: one JSON order { host, port, request, callers, patient, perSecond, measureMs, pid }; stdout: one JSON record.
import { setTimeout as pause } from 'node:timers/promises';
import { openConnection, processorTime, readOrder } from '../predict/raw-connection.mjs';

const TICK_MS = 1;
const SETTLE_MS = 500;

const order = readOrder();
const request = Buffer.from(order.request);
/** Callers who may ask: functions that do. */
const free = [];
const tookMs = [];
const refusedMs = [];
const others = {};
let withoutRetryAfter = 0;
let closed = 0;

function openCaller() {
  let began = 0;
  let gone = false;
  let ask = null;
  const comeBack = (head) => {
    const seconds = Number(/^retry-after: (\d+)$/im.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(seconds)) withoutRetryAfter += 1;
    if (order.patient && seconds > 0) setTimeout(() => free.push(ask), seconds * 1000);
    else free.push(ask);
  };
  openConnection(order, {
    ready: (send) => {
      ask = () => {
        if (gone) return false;
        began = performance.now();
        send(request);
        return true;
      };
      free.push(ask);
    },
    answered: ({ status, head }) => {
      const took = performance.now() - began;
      if (status === 503) {
        refusedMs.push(took);
        comeBack(head);
        return;
      }
      if (status === 200) tookMs.push(took);
      else others[status] = (others[status] ?? 0) + 1;
      free.push(ask);
    },
    lost: () => {
      closed += 1;
      gone = true;
      openCaller();
    },
  });
}

for (let i = 0; i < order.callers; i++) openCaller();
await pause(SETTLE_MS);
const from = performance.now();
const cpuFrom = processorTime(order.pid);
let due = 0;
let sent = 0;
for (let now = from; now - from < order.measureMs; now = performance.now()) {
  const until = Math.floor(((now - from) / 1000) * order.perSecond);
  for (; due < until; due++) if (free.shift()?.() === true) sent += 1;
  await pause(TICK_MS);
}
const seconds = (performance.now() - from) / 1000;
const cpuUs = processorTime(order.pid) - cpuFrom;
const [answered, refused] = [tookMs.length, refusedMs.length];
const at = (values, q) =>
  values.sort((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)] ?? null;
process.stdout.write(
  JSON.stringify({
    seconds,
    due,
    sent,
    answered,
    refused,
    cpuUs: cpuUs / answered,
    withoutRetryAfter,
    others,
    closed,
    p50: at(tookMs, 0.5),
    p99: at(tookMs, 0.99),
    refusedP50: at(refusedMs, 0.5),
  }),
  () => process.exit(0),
);
