import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ephemeral = {
  VOLTLANE_OCPP_PORT: '0',
  VOLTLANE_EDGE_HEALTH_PORT: '0',
  VOLTLANE_WORKER_HEALTH_PORT: '0',
  VOLTLANE_API_PORT: '0',
};

interface Run {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when the output holds `text`; says what is there instead when the process ends first. */
  says(text: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

const runs: Run[] = [];

afterEach(async () => {
  for (const run of runs.splice(0)) {
    killGroup(run.child);
    await run.ended;
  }
});

/** Each run leads its own process group, so that nothing npm started outlives its test. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already, which is what is wanted.
  }
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Run {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  const listeners = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const started: Run = {
    child,
    ended,
    output: () => text,
    says: (wanted) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (text.includes(wanted)) resolve();
        };
        listeners.add(check);
        check();
        void ended.then(() => reject(new Error(`ended without saying "${wanted}":\n${text}`)));
      }),
  };
  runs.push(started);
  return started;
}

const main = ['--conditions=source', 'services/broker/src/main.ts'];

describe('the broker as a process', () => {
  it('starts on the memory bus within its budget, says so, and stops cleanly on SIGTERM', async () => {
    const startedMs = performance.now();
    const broker = run(process.execPath, main, ephemeral);
    await broker.says('--version 1.6');
    const tookMs = performance.now() - startedMs;
    expect(broker.output()).toContain('nothing survives this process');
    const healthUrl = /edge +(http:\S+)\/healthz/.exec(broker.output())?.[1] ?? '';
    expect((await fetch(`${healthUrl}/readyz`)).status).toBe(200);
    broker.child.kill('SIGTERM');
    expect(await broker.ended).toEqual({ code: 0, signal: null });
    // Target 2 s on the reference machine; a loaded machine gets the rest as slack.
    expect(tookMs).toBeLessThan(6_000);
  });

  it('stops cleanly as the child of npm', async () => {
    const broker = run('npm', ['start'], ephemeral);
    await broker.says('--version 1.6');
    broker.child.kill('SIGTERM');
    await broker.says('"msg":"stopped"');
    expect((await broker.ended).code).toBe(0);
  });

  it('names the option of a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const broker = run(process.execPath, main, { ...ephemeral, VOLTLANE_OCPP_PORT: String(port) });
    expect((await broker.ended).code).toBe(1);
    expect(broker.output()).toContain(`Port ${port} is taken`);
    expect(broker.output()).toContain('VOLTLANE_OCPP_PORT');
    taken.close();
  });

  it('refuses an unknown option and suggests the nearest', async () => {
    const broker = run(process.execPath, main, { VOLTLANE_OCPP_PROT: '1' });
    expect((await broker.ended).code).toBe(1);
    expect(broker.output()).toContain('did you mean VOLTLANE_OCPP_PORT?');
  });

  it('waits for NATS, says so, is not ready, and still stops cleanly', async () => {
    const broker = run(process.execPath, main, { ...ephemeral, VOLTLANE_NATS_URL: 'nats://127.0.0.1:1' });
    await broker.says('nats connect-failed');
    broker.child.kill('SIGTERM');
    expect(await broker.ended).toEqual({ code: 0, signal: null });
  });

  it.each(['edge', 'worker', 'api'])(
    'is not what %s alone can be without NATS, and the service says so',
    async (name) => {
      const service = run(process.execPath, ['--conditions=source', `services/${name}/src/main.ts`], ephemeral);
      expect((await service.ended).code).toBe(1);
      expect(service.output()).toContain(`${name} alone needs NATS: set VOLTLANE_NATS_URL`);
    },
  );

  it('checks and prints its configuration without starting', async () => {
    const checked = run(process.execPath, [...main, '--check-config'], {});
    expect((await checked.ended).code).toBe(0);
    const printed = run(process.execPath, [...main, '--print-config'], { VOLTLANE_OCPP_PORT: '9100' });
    expect((await printed.ended).code).toBe(0);
    expect(printed.output()).toContain('VOLTLANE_OCPP_PORT=9100  # env');
  });
});
