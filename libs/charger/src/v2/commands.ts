/**
 * Owns the tables of the CSMS actions of OCPP 2.0.1 (all 40) and 2.1 (all 55). 2.1 shares the 40: requests are checked
 * against the schema of the session's version, and the shared deciders read nothing that 2.1 changed in meaning.
 */
import { type CommandTable, commandTable, type Deciders } from '../command.ts';
import { CORE_COMMANDS } from './commands-core.ts';
import { DECLINED_COMMANDS } from './commands-declined.ts';
import { NEW_COMMANDS } from './commands-new-in-v21.ts';
import { SERVICE_COMMANDS } from './commands-service.ts';
import { SMART_CHARGING_COMMANDS } from './commands-smart-charging.ts';
import { VARIABLES_COMMANDS } from './commands-variables.ts';

const SHARED: Deciders<'2.0.1'> = {
  ...CORE_COMMANDS,
  ...DECLINED_COMMANDS,
  ...SERVICE_COMMANDS,
  ...SMART_CHARGING_COMMANDS,
  ...VARIABLES_COMMANDS,
};

/** Handlers of 2.0.1 by action. */
export const COMMANDS_201: CommandTable = commandTable('2.0.1', SHARED);

/** Handlers of 2.1 by action. */
export const COMMANDS_21: CommandTable = new Map([...COMMANDS_201, ...commandTable('2.1', NEW_COMMANDS)]);
