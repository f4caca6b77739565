/** Which actions a version knows, who may send them and how. The tables themselves are in actions-v16.ts and actions-v2.ts. */

import {
  CHARGER_ACTIONS_NEW_IN_V21,
  CHARGER_ACTIONS_V201,
  CSMS_ACTIONS_NEW_IN_V21,
  CSMS_ACTIONS_V201,
  SENDS_V21,
  TRANSACTIONAL_V2,
} from './actions-v2.ts';
import { CHARGER_ACTIONS_V16, CSMS_ACTIONS_V16, TRANSACTIONAL_V16 } from './actions-v16.ts';
import type { OcppVersion } from './version.ts';

interface ChargerTables {
  '1.6': typeof CHARGER_ACTIONS_V16;
  '2.0.1': typeof CHARGER_ACTIONS_V201;
  '2.1': typeof CHARGER_ACTIONS_V201 & typeof CHARGER_ACTIONS_NEW_IN_V21;
}
interface CsmsTables {
  '1.6': typeof CSMS_ACTIONS_V16;
  '2.0.1': typeof CSMS_ACTIONS_V201;
  '2.1': typeof CSMS_ACTIONS_V201 & typeof CSMS_ACTIONS_NEW_IN_V21;
}

/** Names of the actions a charger sends in a version, DataTransfer and SEND included. */
export type ChargerActionOf<V extends OcppVersion> = keyof ChargerTables[V];
/** Names of the actions a CSMS sends in a version, DataTransfer included. */
export type CsmsActionOf<V extends OcppVersion> = keyof CsmsTables[V];
/** Names of all actions of a version. */
export type ActionOf<V extends OcppVersion> = ChargerActionOf<V> | CsmsActionOf<V>;

/** What is known of an action. */
export interface ActionInfo {
  /** Its name; the same string object for every lookup. */
  readonly action: string;
  /** Who may send the request. */
  readonly sender: 'charger' | 'csms' | 'both';
  /** `send` is message type 6: validated, never answered. */
  readonly kind: 'call' | 'send';
  /** Carries transaction data: the charger queues and retries it, the CSMS always answers. */
  readonly transactional: boolean;
  /** 1.6: feature profile, or `Security`. 2.x: functional block. */
  readonly feature: string;
}

const TABLES: Readonly<Record<OcppVersion, ReadonlyMap<string, ActionInfo>>> = {
  '1.6': table([CHARGER_ACTIONS_V16], [CSMS_ACTIONS_V16], TRANSACTIONAL_V16, new Set()),
  '2.0.1': table([CHARGER_ACTIONS_V201], [CSMS_ACTIONS_V201], TRANSACTIONAL_V2, new Set()),
  '2.1': table(
    [CHARGER_ACTIONS_V201, CHARGER_ACTIONS_NEW_IN_V21],
    [CSMS_ACTIONS_V201, CSMS_ACTIONS_NEW_IN_V21],
    TRANSACTIONAL_V2,
    SENDS_V21,
  ),
};

/** Looks an action up; undefined when the version has none of that exact name. */
export function actionInfo(version: OcppVersion, action: string): ActionInfo | undefined {
  return TABLES[version].get(action);
}

/** All actions of a version, by name. */
export function actionsOf(version: OcppVersion): readonly ActionInfo[] {
  return [...TABLES[version].values()];
}

/** Whether a charger may send this action in this version; narrows the name. */
export function isChargerAction<V extends OcppVersion>(
  version: V,
  action: string,
): action is ChargerActionOf<V> & string {
  const info = TABLES[version].get(action);
  return info !== undefined && info.sender !== 'csms';
}

/** Whether a CSMS may send this action in this version; narrows the name. */
export function isCsmsAction<V extends OcppVersion>(version: V, action: string): action is CsmsActionOf<V> & string {
  const info = TABLES[version].get(action);
  return info !== undefined && info.sender !== 'charger';
}

type Features = Readonly<Record<string, string>>;

function table(
  charger: readonly Features[],
  csms: readonly Features[],
  transactional: ReadonlySet<string>,
  sends: ReadonlySet<string>,
): ReadonlyMap<string, ActionInfo> {
  const infos = new Map<string, ActionInfo>();
  const add = (features: readonly Features[], sender: 'charger' | 'csms'): void => {
    for (const [action, feature] of features.flatMap((part) => Object.entries(part)))
      infos.set(action, {
        action,
        sender: infos.has(action) ? 'both' : sender,
        kind: sends.has(action) ? 'send' : 'call',
        transactional: transactional.has(action),
        feature,
      });
  };
  add(charger, 'charger');
  add(csms, 'csms');
  return new Map([...infos].sort(([a], [b]) => (a < b ? -1 : 1)));
}
