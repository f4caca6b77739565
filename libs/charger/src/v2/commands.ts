/** Owns the tables of the CSMS actions of OCPP 2.0.1 and 2.1 that this charger answers. */
import { type CommandTable, commandTable } from '../command.ts';

/** The 40 of 2.0.1. */
export const COMMANDS_201: CommandTable = commandTable([]);

/** The 55 of 2.1. */
export const COMMANDS_21: CommandTable = commandTable([]);
