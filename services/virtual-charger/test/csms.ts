/** The server of a peer (npm ocpp-rpc) as the CSMS that the command talks to; what it hears is checked against our schemas. */
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject, type OcppVersion, validate } from '@voltlane/ocpp';
import { RPCServer } from 'ocpp-rpc';

export interface Csms {
  readonly url: string;
  /** Identities of accepted connections. */
  readonly identities: string[];
  readonly heard: { readonly action: string; readonly payload: JsonObject }[];
  /** Schema violations of what was heard. */
  readonly violations: string[];
  /** Status of every token. */
  tokenStatus: string;
  /** Refuse upgrades with this HTTP status. */
  refuse: number | undefined;
  close(): Promise<void>;
}

export async function startCsms(version: OcppVersion): Promise<Csms> {
  // Its strict mode does not know 2.1, so the checks are ours.
  const server = new RPCServer({ protocols: [`ocpp${version}`], strictMode: false });
  const csms: Csms = {
    url: '',
    identities: [],
    heard: [],
    violations: [],
    tokenStatus: 'Accepted',
    refuse: undefined,
    close: async () => {
      await server.close({ code: 1001, reason: 'end of test', awaitPending: false, force: true });
    },
  };
  let transactions = 0;
  const answerTo = (action: string): object => {
    const info = { status: csms.tokenStatus };
    if (action === 'BootNotification')
      return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
    if (action === 'Authorize') return version === '1.6' ? { idTagInfo: info } : { idTokenInfo: info };
    if (action !== 'StartTransaction') return {};
    transactions += 1;
    return { transactionId: transactions, idTagInfo: info };
  };
  server.auth((accept, reject, handshake) => {
    if (csms.refuse !== undefined) {
      reject(csms.refuse, 'as told');
      return;
    }
    csms.identities.push(handshake.identity);
    accept();
  });
  server.on('client', (client) => {
    client.handle(({ method, params }: { method: string; params: unknown }) => {
      const violation = validate(version, method, 'request', params, 'strict');
      if (violation !== undefined) csms.violations.push(`${method}: ${violation.description}`);
      csms.heard.push({ action: method, payload: isJsonObject(params) ? params : {} });
      return answerTo(method);
    });
  });
  const http = await server.listen(0, '127.0.0.1');
  const address: AddressInfo | string | null = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(csms, { url: `ws://127.0.0.1:${port}/ocpp` });
}
