/** What the start says to people: where things listen, what is not safe about this mode, how to see it work. Pure. */
import type { ConfigOf } from '@voltlane/config';

/** What the banner is made from. */
export interface BannerFacts {
  readonly config: Pick<
    ConfigOf<'edge' | 'worker'>,
    'natsUrl' | 'natsReplicas' | 'journalStorage' | 'chargers' | 'authorize'
  >;
  readonly ocppUrl: string;
  readonly healthUrls: { readonly edge: string; readonly worker: string; readonly api: string };
  /** The key of the api that was made up at this start; undefined when it has another. */
  readonly madeUpToken: string | undefined;
}

/** The lines, joined. */
export function bannerText(facts: BannerFacts): string {
  const { config, ocppUrl, healthUrls } = facts;
  const chargerUrl = `${ocppUrl.replace(/\/$/, '')}/<chargerId>`;
  const warnings = warningsOf(config);
  return [
    'Voltlane is ready.',
    `  chargers   ${chargerUrl}`,
    `  edge       ${healthUrls.edge}/healthz  /readyz  /metrics`,
    `  worker     ${healthUrls.worker}/healthz  /readyz  /metrics`,
    `  api        ${healthUrls.api}/docs  /openapi.json  /healthz  /readyz  /metrics`,
    `  bus        ${config.natsUrl.length === 0 ? 'memory' : config.natsUrl.join(', ')}`,
    ...(warnings.length > 0 ? ['', ...warnings.map((warning) => `  ! ${warning}`)] : []),
    '',
    'Connect a demo charger from another terminal:',
    `  ${chargerCommand(ocppUrl)}`,
    ...apiLines(facts),
  ].join('\n');
}

function warningsOf(config: BannerFacts['config']): string[] {
  const warnings: string[] = [];
  if (config.natsUrl.length === 0) {
    warnings.push('The bus is in memory: nothing survives this process. Set VOLTLANE_NATS_URL to keep what happens.');
  } else if (config.journalStorage === 'memory') {
    warnings.push('The journal is in the memory of NATS: nothing survives a restart of it.');
  } else if (config.natsReplicas === 1) {
    warnings.push('The journal has one copy: a lost disk or a power cut can lose what was acknowledged.');
  }
  if (config.chargers === 'open') warnings.push('Chargers are open: every charger may connect (VOLTLANE_CHARGERS).');
  if (config.authorize === 'open') warnings.push('Tokens are open: every token may charge (VOLTLANE_AUTHORIZE).');
  return warnings;
}

/** The key is shown only where it was made up: one from the configuration is known to who set it. */
function apiLines({ healthUrls, madeUpToken }: BannerFacts): string[] {
  if (madeUpToken === undefined) return [];
  return [
    'Ask the api, with the key of this start (set VOLTLANE_API_TOKEN to choose one):',
    `  curl -H 'Authorization: Bearer ${madeUpToken}' ${healthUrls.api}/v1/tokens`,
  ];
}

function chargerCommand(ocppUrl: string): string {
  const standard = ocppUrl.replace(/\/$/, '') === 'ws://127.0.0.1:9000/ocpp';
  return `npm run charger -- --id CP1 --version 1.6${standard ? '' : ` --url ${ocppUrl}`}`;
}
