// A process of its own that keeps N keep-alive connections busy with one prepared request, over plain sockets: it takes a few microseconds a
// request, so that the server is what is measured. Plain JavaScript: nothing is compiled while the clock runs.
// stdin: one JSON order { host, port, request, connections, warmUpMs, measureMs, pid }; stdout: one JSON record.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const CLOCK_TICKS = 100;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** User and system time of all threads of a process so far, in microseconds. */
function processorTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / CLOCK_TICKS;
}

const order = JSON.parse(readFileSync(0, 'utf8'));
const request = Buffer.from(order.request);
let measuring = false;
let stopped = false;
const tookMs = [];
const failed = {};

/** Asks again as soon as an answer is whole. Answers state their length. */
function open() {
  const socket = connect(order.port, order.host);
  socket.setNoDelay(true);
  let began = 0;
  let received = null;
  let missing = 0;
  const send = () => {
    began = performance.now();
    received = null;
    missing = 0;
    socket.write(request);
  };
  const finish = (status) => {
    if (measuring) {
      tookMs.push(performance.now() - began);
      if (status !== 200) failed[status] = (failed[status] ?? 0) + 1;
    }
    if (stopped) socket.destroy();
    else send();
  };
  let status = 0;
  socket.on('data', (chunk) => {
    if (missing > 0) {
      missing -= chunk.length;
      if (missing <= 0) finish(status);
      return;
    }
    received = received === null ? chunk : Buffer.concat([received, chunk]);
    const head = received.indexOf(END_OF_HEAD);
    if (head < 0) return;
    const text = received.latin1Slice(0, head);
    status = Number(text.slice(9, 12));
    const length = /content-length: (\d+)/i.exec(text);
    missing = head + 4 + Number(length?.[1] ?? 0) - received.length;
    if (missing <= 0) finish(status);
  });
  socket.on('connect', send);
  socket.on('error', () => {
    failed[0] = (failed[0] ?? 0) + 1;
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
for (let i = 0; i < order.connections; i++) open();
await pause(order.warmUpMs);
measuring = true;
const from = performance.now();
const cpuFrom = processorTime(order.pid);
await pause(order.measureMs);
measuring = false;
const seconds = (performance.now() - from) / 1000;
const cpuUs = processorTime(order.pid) - cpuFrom;
stopped = true;
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
