/**
 * How schemas become checks and JSON. Each is compiled when its route is first used: a start with thirty routes would else spend a third
 * of a second on what nobody has asked for yet.
 *
 * Bodies are taken as they are: no coercion, no defaults, nothing removed. Text of a path or a query may become a number or a boolean,
 * because it can be nothing else there. Responses are written by JSON.stringify; that they fit their schema is for the tests.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifyInstance, FastifySchemaCompiler, FastifyServerOptions } from 'fastify';

// `strict: false`: OpenAPI has keywords of its own, and a schema with an unknown format is still a schema.
const AJV_OPTIONS = { strict: false, validateFormats: false } as const;

/** Keeps Fastify from loading compilers of its own; `installCompilers` puts ours in their place. */
export const NO_COMPILERS: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: unused, buildSerializer: unused },
};

/** Gives the server its compilers. */
export function installCompilers(server: FastifyInstance): void {
  server.setValidatorCompiler(validatorCompiler(() => Object.values(server.getSchemas())));
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
}

function validatorCompiler(shared: () => readonly unknown[]): FastifySchemaCompiler<unknown> {
  let exact: Ajv | undefined;
  let coercing: Ajv | undefined;
  const ajvFor = (httpPart: string | undefined): Ajv =>
    httpPart === 'body' ? (exact ??= newAjv(shared(), false)) : (coercing ??= newAjv(shared(), true));
  return ({ schema, httpPart }) => {
    let check: ValidateFunction | undefined;
    return (data: unknown) => {
      check ??= ajvFor(httpPart).compile(isSchema(schema) ? schema : {});
      return check(data) ? { value: data } : { error: check.errors ?? [] };
    };
  };
}

function newAjv(shared: readonly unknown[], coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ ...AJV_OPTIONS, coerceTypes });
  for (const schema of shared) if (isSchema(schema)) ajv.addSchema(schema);
  return ajv;
}

function isSchema(schema: unknown): schema is object {
  return typeof schema === 'object' && schema !== null;
}

function unused(): never {
  throw new TypeError('the compilers of the api were not installed');
}
