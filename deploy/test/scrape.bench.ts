/**
 * What a scrape costs a process: a broker after traffic of three versions, asked for `/metrics` again and again. Figures, no thresholds;
 * not part of the test run. Run: npx node --conditions=source deploy/test/scrape.bench.ts
 */
import { createCharger } from '@voltlane/charger';
import { freePort, machineFacts, startService } from '@voltlane/testkit';
import { createSeededRandom, systemClock } from '@voltlane/time';

const SCRAPES = 200;
const WARM_UP = 20;

/** CPU of the process so far, by its own accounting. */
const cpuS = (text: string): number => Number(/^process_cpu_seconds_total\S* (\S+)$/m.exec(text)?.[1]);

const ports = { edge: await freePort(), worker: await freePort(), api: await freePort() };
const ocppPort = await freePort();
const broker = await startService({
  service: 'broker',
  env: {
    VOLTLANE_OCPP_PORT: String(ocppPort),
    VOLTLANE_EDGE_HEALTH_PORT: String(ports.edge),
    VOLTLANE_WORKER_HEALTH_PORT: String(ports.worker),
    VOLTLANE_API_PORT: String(ports.api),
    VOLTLANE_LOG_LEVEL: 'warn',
  },
  readyUrl: `http://127.0.0.1:${ports.edge}/readyz`,
});
try {
  for (const [number, version] of (['1.6', '2.0.1', '2.1'] as const).entries()) {
    const random = createSeededRandom(number);
    const url = `ws://127.0.0.1:${ocppPort}/ocpp`;
    const charger = createCharger({ id: `CP${number}`, version, url, clock: systemClock, random });
    await charger.start();
    await charger.session({ idToken: 'TAG', durationMs: 1000, sampleIntervalMs: 200 });
    charger.stop();
  }
  console.log(await machineFacts());
  console.log('service   series     kB   median ms   p99 ms   CPU ms');
  for (const [service, port] of Object.entries(ports)) {
    const took: number[] = [];
    let text = '';
    let cpuBeforeS = 0;
    for (let scrape = 0; scrape < SCRAPES + WARM_UP; scrape += 1) {
      const startedMs = performance.now();
      text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      if (scrape < WARM_UP) cpuBeforeS = cpuS(text);
      else took.push(performance.now() - startedMs);
    }
    took.sort((a, b) => a - b);
    const at = (share: number): string => (took[Math.floor((took.length - 1) * share)] ?? 0).toFixed(1);
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    const kilobytes = (text.length / 1000).toFixed(0);
    const cpuMs = (((cpuS(text) - cpuBeforeS) * 1000) / SCRAPES).toFixed(1);
    const cells = [String(series).padStart(8), kilobytes.padStart(7), at(0.5).padStart(12), at(0.99).padStart(9)];
    console.log(`${service.padEnd(8)}${cells.join('')}${cpuMs.padStart(9)}`);
  }
} finally {
  await broker.stop();
}
