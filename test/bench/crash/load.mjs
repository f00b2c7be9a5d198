// A process of its own that keeps N connections asking until each is cut, and then tells which predictions were acknowledged: the ids of whole
// answers with 200. stdin: one JSON order { host, port, request, connections }; stdout: { ids, others }, others: answers by any other status.
import { openConnection, readOrder } from '../predict/raw-connection.mjs';

const order = readOrder();
const request = Buffer.from(order.request);
const ids = [];
const others = {};
let open = order.connections;

for (let i = 0; i < order.connections; i++)
  openConnection(order, {
    ready: (send) => send(request),
    answered: ({ status, body }, send) => {
      if (status === 200) ids.push(JSON.parse(body()).id);
      else others[status] = (others[status] ?? 0) + 1;
      send(request);
    },
    lost: () => {
      open -= 1;
      if (open === 0) process.stdout.write(JSON.stringify({ ids, others }));
    },
  });
