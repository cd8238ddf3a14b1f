// Whether a Kafka broker answers: an ApiVersions request, version 0 (Kafka's protocol guide), all
// integers big-endian:
//
//   int32 size | int16 api key 18 | int16 version 0 | int32 correlation id | string client id
//
// The answer begins with int32 size | the same correlation id.

import net from 'node:net';

const correlationId = 0x5f0a_11ce;
const clientId = 'state-folder';
const answerMs = 2000;

function apiVersionsRequest(): Buffer {
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(18, 4);
  request.writeInt16BE(0, 6);
  request.writeInt32BE(correlationId, 8);
  request.writeInt16BE(clientId.length, 12);
  request.write(clientId, 14, 'latin1');
  return request;
}

/** The host and port of `host:port`; undefined for anything else. */
export function parseAddress(address: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(address.trim());
  if (!match) return undefined;
  const port = Number(match[3]);
  return port > 0 && port < 65_536 ? { host: match[1] ?? match[2] ?? '', port } : undefined;
}

/** What listens at an address: a broker, something that does not speak Kafka in the clear, or nothing. */
export type Found =
  | { readonly kind: 'broker'; /** Open; the caller's to destroy. */ readonly socket: net.Socket }
  | { readonly kind: 'other' }
  | { readonly kind: 'nothing' };

/** What listens at `address` (`host:port`); it has two seconds to answer. */
export async function probe(address: string): Promise<Found> {
  const target = parseAddress(address);
  if (!target) return { kind: 'nothing' };
  return new Promise((resolve) => {
    const socket = net.connect(target);
    let connected = false;
    let received = Buffer.alloc(0);
    const settle = (found: Found) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => socket.destroy());
      if (found.kind === 'broker') socket.resume();
      else socket.destroy();
      resolve(found);
    };
    const fail = () => settle({ kind: connected ? 'other' : 'nothing' });
    const timer = setTimeout(fail, answerMs);
    socket.on('connect', () => {
      connected = true;
      socket.write(apiVersionsRequest());
    });
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 8) return;
      if (received.readInt32BE(4) === correlationId) settle({ kind: 'broker', socket });
      else fail();
    });
    socket.on('error', fail);
    socket.on('close', fail);
  });
}

/** Whether a broker answers at `address` (`host:port`, or several with commas: one is enough). */
export async function brokerAnswers(address: string): Promise<boolean> {
  const found = await Promise.all(address.split(',').map((one) => probe(one)));
  for (const one of found) if (one.kind === 'broker') one.socket.destroy();
  return found.some(({ kind }) => kind === 'broker');
}
