// What load generators are made of: a kept-alive connection over a plain socket (a few microseconds a request, so that the server is what is
// measured), and the server's processor time. Plain JavaScript: nothing is compiled while the clock runs.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const CLOCK_TICKS = 100;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const END_OF_CHUNKS = Buffer.from('0\r\n\r\n');

/** The order of the process that started this one. */
export const readOrder = () => JSON.parse(readFileSync(0, 'utf8'));

/** What the head states; Infinity: the body comes in chunks. */
function bodyLength(head) {
  const stated = /content-length: (\d+)/i.exec(head)?.[1];
  if (stated !== undefined) return Number(stated);
  return /^transfer-encoding: chunked$/im.test(head) ? Infinity : 0;
}

/** User and system time of all threads of a process so far, in microseconds. */
export function processorTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / CLOCK_TICKS;
}

/**
 * Calls `ready(send)` once it is connected, `answered({ status, head, body() }, send)` for each whole answer, and `lost()` when it is closed.
 * `send(bytes)`: one request at a time. A body that comes in chunks is handed over as it came, with their lengths.
 */
export function openConnection({ host, port }, { ready, answered, lost }) {
  const socket = connect(port, host);
  socket.setNoDelay(true);
  const send = (bytes) => socket.write(bytes);
  let received = null;
  let head = '';
  let length = 0;
  socket.on('data', (chunk) => {
    received = received === null ? chunk : Buffer.concat([received, chunk]);
    if (length === 0) {
      const end = received.indexOf(END_OF_HEAD);
      if (end < 0) return;
      head = received.latin1Slice(0, end);
      length = end + 4 + bodyLength(head);
    }
    const chunked = length === Infinity;
    if (chunked ? !received.subarray(-5).equals(END_OF_CHUNKS) : received.length < length) return;
    const whole = received;
    received = null;
    length = 0;
    const status = Number(head.slice(9, 12));
    answered({ status, head, body: () => whole.latin1Slice(head.length + 4) }, send);
  });
  socket.on('connect', () => ready(send));
  // What ended it does not matter; 'close' follows.
  socket.on('error', () => {});
  socket.on('close', lost);
  return socket;
}
