/**
 * HEALTHCHECK of the image, which has no curl: exits with 0 when a service of this container answers its /healthz. Which one
 * runs is not known here, so the port of each is asked; in the broker any of the three speaks for the process.
 */
const TIMEOUT_MS = 3_000;
const ports = [
  process.env.VOLTLANE_EDGE_HEALTH_PORT || '9001',
  process.env.VOLTLANE_WORKER_HEALTH_PORT || '9002',
  process.env.VOLTLANE_API_PORT || '8080',
];

const asked = ports.map(async (port) => {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status !== 200) throw new Error(`port ${port}: ${response.status}`);
});

try {
  await Promise.any(asked);
  process.exit(0);
} catch (error) {
  console.error(error instanceof AggregateError ? error.errors.map(String).join('; ') : String(error));
  process.exit(1);
}
