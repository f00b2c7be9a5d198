// A process of its own that keeps N connections busy with one prepared request, each asking again as soon as its answer is whole.
// stdin: one JSON order { host, port, request, connections, warmUpMs, measureMs, atLeast, pid }; stdout: one JSON record.
import { setTimeout as pause } from 'node:timers/promises';
import { openConnection, processorTime, readOrder } from './raw-connection.mjs';

const LOOK_MS = 20;

const order = readOrder();
const request = Buffer.from(order.request);
let measuring = false;
let answers = 0;
const tookMs = [];
const failed = {};
const fail = (status) => {
  failed[status] = (failed[status] ?? 0) + 1;
};

function open() {
  let began = 0;
  const ask = (send) => {
    began = performance.now();
    send(request);
  };
  openConnection(order, {
    ready: ask,
    answered: ({ status }, send) => {
      answers += 1;
      if (measuring) tookMs.push(performance.now() - began);
      if (status !== 200) fail(status);
      ask(send);
    },
    lost: () => fail(0),
  });
}

for (let i = 0; i < order.connections; i++) open();
await pause(order.warmUpMs);
measuring = true;
const from = performance.now();
const cpuFrom = processorTime(order.pid);
await pause(order.measureMs);
measuring = false;
const seconds = (performance.now() - from) / 1000;
const cpuUs = processorTime(order.pid) - cpuFrom;
while (answers < order.atLeast && failed[0] === undefined) await pause(LOOK_MS);
tookMs.sort((a, b) => a - b);
const at = (q) => tookMs[Math.max(0, Math.ceil(q * tookMs.length) - 1)] ?? 0;
process.stdout.write(
  JSON.stringify({
    requests: tookMs.length,
    perSecond: tookMs.length / seconds,
    cpuUs: cpuUs / tookMs.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    failed,
  }),
);
process.exit(0);
