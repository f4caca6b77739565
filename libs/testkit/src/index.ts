/** Public face of `@voltlane/testkit`. For tests only. */
export { natsServerBinary } from './nats-binary.ts';
export { type NatsCluster, startNatsCluster } from './nats-cluster.ts';
export { freePort, type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server.ts';
