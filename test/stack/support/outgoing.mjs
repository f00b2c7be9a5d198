// Preloaded into every process and thread of the product (NODE_OPTIONS=--import): notes each name that is looked up and each connection that is
// opened, in the file OUTGOING, whatever library does it.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

const note = (kind, to) => {
  appendFileSync(process.env.OUTGOING, `${JSON.stringify({ kind, to: String(to) })}\n`);
};

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options] = net._normalizeArgs(Array.isArray(args[0]) ? args[0] : args);
  note('connect', options.path ?? `${options.host ?? 'localhost'}:${options.port}`);
  return connect.apply(this, args);
};

for (const of of [dns, dns.promises])
  for (const [name, original] of Object.entries(of))
    if (/^(lookup|resolve|reverse)/.test(name) && typeof original === 'function')
      of[name] = function (host, ...rest) {
        note(name, host);
        return original.call(this, host, ...rest);
      };

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  note('send', 'udp');
  return send.apply(this, args);
};
