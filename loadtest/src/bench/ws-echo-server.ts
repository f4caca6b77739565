/** The least a WebSocket server of OCPP can do with `ws`: find the message id, answer. Everything above it is what a broker costs. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const MESSAGE_ID = /^\[2,"([^"]+)"/;
/** Serves for BootNotification, Heartbeat and MeterValues alike; nobody looks at it. */
const ANSWER = '{"currentTime":"2026-01-01T00:00:00.000Z","interval":300,"status":"Accepted"}';

// The settings of our edge.
const sockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  handleProtocols: () => 'ocpp1.6',
});
const server = createServer();
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (charger) => {
    charger.on('message', (data: Buffer) => {
      const [, id = ''] = MESSAGE_ID.exec(data.toString('latin1', 0, 64)) ?? [];
      charger.send(`[3,"${id}",${ANSWER}]`);
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('SIGTERM', () => process.exit(0));
