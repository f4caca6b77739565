/** Says in one sentence why a process did not start, naming the option to change where there is one. Pure. */
import { CATALOGUE } from '@voltlane/config';

/** The sentence for `error`; `config` holds the ports that were asked for. */
export function explainStartFailure(error: unknown, config: object): string {
  const system = systemError(error);
  if (system === undefined) return error instanceof Error ? error.message : String(error);
  const values = new Map<string, unknown>(Object.entries(config));
  const port = CATALOGUE.find(({ field }) => field.endsWith('Port') && values.get(field) === system.port);
  const option = port === undefined ? 'the option that sets it' : port.env;
  const place = `${system.address ?? ''}:${system.port}`;
  switch (system.code) {
    case 'EADDRINUSE':
      return `Port ${system.port} is taken (${place}): stop what listens there or set ${option} to a free port.`;
    case 'EACCES':
      return `Port ${system.port} may not be used by this user (${place}): set ${option} to a port above 1023.`;
    default:
      return `Cannot listen on ${place} (${system.code}): set ${option.replace(/_(HEALTH_)?PORT$/, '_HOST')} to an address of this machine.`;
  }
}

interface ListenError {
  readonly code: string;
  readonly port: number;
  readonly address: string | undefined;
}

/** The system's own error, however many errors of ours are around it. */
function systemError(error: unknown): ListenError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('syscall' in current && current.syscall === 'listen' && 'code' in current && 'port' in current) {
      const address = 'address' in current ? String(current.address) : undefined;
      return { code: String(current.code), port: Number(current.port), address };
    }
  }
  return undefined;
}
