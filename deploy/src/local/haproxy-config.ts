/** Fills deploy/haproxy/haproxy.cfg in for the edges of one set. Pure. */

/** What is filled in. */
export interface BalancerPlaces {
  /** Path of the runtime socket. */
  readonly socket: string;
  /** Port chargers connect to. */
  readonly ocpp: number;
  /** Port of the page with the balancer's own figures. */
  readonly page: number;
  readonly edges: readonly { readonly name: string; readonly ocpp: number; readonly health: number }[];
}

/** The template with every place filled; throws TypeError when one is unknown. */
export function haproxyConfig(template: string, { socket, ocpp, page, edges }: BalancerPlaces): string {
  const servers = edges.map(
    ({ name, ocpp: port, health }) => `server ${name} 127.0.0.1:${port} check port ${health} addr 127.0.0.1`,
  );
  const values: Readonly<Record<string, string>> = {
    socket,
    ocpp: `127.0.0.1:${ocpp}`,
    page: `127.0.0.1:${page}`,
    servers: servers.join('\n    '),
  };
  return template.replaceAll(/@([a-z]+)@/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`nothing is known to fill ${place} with`);
    return value;
  });
}
