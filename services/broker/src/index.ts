/** The whole broker in one process. */
export { type Broker, type BrokerConfig, startBroker } from './broker.ts';
