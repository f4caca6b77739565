/** `npm start`. */
import { runProcess } from '@voltlane/launch';
import { startBroker } from './broker.ts';

await runProcess('broker', ['edge', 'worker', 'api'], async (config, parts) => {
  const broker = await startBroker(config, parts);
  console.log(broker.banner);
  return broker;
});
