/** The part of npm ocpp-rpc (a peer's client and server) that our tests and the comparison use; the package ships no types. */
declare module 'ocpp-rpc' {
  import type { Server } from 'node:http';

  type Payload = Readonly<Record<string, unknown>>;

  export class RPCClient {
    constructor(options: {
      readonly endpoint: string;
      readonly identity: string;
      readonly protocols: readonly string[];
      readonly strictMode: boolean;
      readonly reconnect: boolean;
    });
    connect(): Promise<unknown>;
    call(action: string, payload: Payload): Promise<Record<string, unknown>>;
    close(): Promise<unknown>;
  }

  export interface RPCServerClient {
    handle(answer: (call: { readonly method: string; readonly params: unknown }) => object): void;
  }

  export class RPCServer {
    constructor(options: { readonly protocols: readonly string[]; readonly strictMode: boolean });
    auth(
      decide: (
        accept: () => void,
        reject: (status: number, reason: string) => void,
        handshake: { readonly identity: string },
      ) => void,
    ): void;
    on(event: 'client', listener: (client: RPCServerClient) => void): void;
    listen(port: number, host: string): Promise<Server>;
    close(options: {
      readonly code: number;
      readonly reason: string;
      readonly awaitPending: boolean;
      readonly force: boolean;
    }): Promise<void>;
  }
}
