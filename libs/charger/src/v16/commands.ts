/** Owns the table of the CSMS actions of OCPP 1.6 that this charger answers: all 26. */
import { type CommandTable, commandTable, type Deciders } from '../command.ts';
import { CORE_COMMANDS } from './commands-core.ts';
import { SERVICE_COMMANDS } from './commands-service.ts';
import { SMART_CHARGING_COMMANDS } from './commands-smart-charging.ts';

const ALL: Deciders<'1.6'> = { ...CORE_COMMANDS, ...SMART_CHARGING_COMMANDS, ...SERVICE_COMMANDS };

/** Handlers by action. */
export const COMMANDS_16: CommandTable = commandTable('1.6', ALL);
