/**
 * One process of the broker: started, crashed, paused, cut off, stopped and started again. Each start is a new incarnation with a
 * connection, a gate and a clock of its own; nothing of the one before can act any more.
 */
import type { Bus, MemoryBroker } from '@voltlane/bus';
import type { Clock } from '@voltlane/time';
import { Gate } from './gate.ts';
import { nodeClock } from './node-clock.ts';
import { type QuietTelemetry, quietTelemetry } from './quiet-telemetry.ts';

/** What a node's program is given. */
export interface NodeParts {
  readonly incarnation: string;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly telemetry: QuietTelemetry;
}

/** What runs on a node. */
export interface Program {
  stop(): Promise<void>;
}

/** What a node needs of the world. */
export interface NodePorts {
  readonly name: string;
  readonly clock: Clock;
  readonly broker: MemoryBroker;
  readonly skewMs: number;
  readonly wrapBus: (incarnation: string, bus: Bus, gate: Gate) => Bus;
  readonly wrapClock: (incarnation: string, clock: Clock, gate: Gate) => Clock;
  readonly start: (parts: NodeParts) => Promise<Program>;
  readonly onThrown: (incarnation: string, error: unknown) => void;
  readonly onLine: (incarnation: string, level: string, fields: object, event: string) => void;
  /** The process is gone. */
  readonly onDied: (incarnation: string) => void;
  /** The program runs. */
  readonly onStarted: (incarnation: string) => void;
}

/** How long a start that failed waits for the next try. */
const RESTART_MS = 1_000;
/** A stop that takes longer is ended by the platform. */
const STOP_DEADLINE_MS = 30_000;

/** A node. */
export class Node {
  readonly name: string;
  readonly #ports: NodePorts;
  #count = 0;
  #gate: Gate | undefined;
  #bus: Bus | undefined;
  #program: Program | undefined;
  #telemetry: QuietTelemetry | undefined;
  #incarnation = '';
  /** Faults that hold it back, so that the end of one does not end another. */
  #cuts = 0;
  #pauses = 0;
  #downs = 0;

  constructor(ports: NodePorts) {
    this.#ports = ports;
    this.name = ports.name;
  }

  get incarnation(): string {
    return this.#incarnation;
  }

  /** True while its program runs. */
  get up(): boolean {
    return this.#program !== undefined;
  }

  /** Levels it reports; undefined while it is down. */
  get levels(): ReadonlyMap<string, () => number> | undefined {
    return this.#program === undefined ? undefined : this.#telemetry?.levels;
  }

  /** Starts a new incarnation, unless one runs or a fault keeps it down. */
  boot(): void {
    if (this.#gate !== undefined || this.#downs > 0) return;
    const { name, broker, clock, skewMs } = this.#ports;
    this.#count += 1;
    const incarnation = `${name}-${this.#count}`;
    const gate = new Gate(clock, (error) => this.#ports.onThrown(incarnation, error));
    const raw = broker.connect(incarnation);
    const telemetry = quietTelemetry((level, fields, event) => this.#ports.onLine(incarnation, level, fields, event));
    this.#incarnation = incarnation;
    this.#gate = gate;
    this.#bus = raw;
    this.#telemetry = telemetry;
    if (this.#cuts > 0) broker.cut(incarnation);
    if (this.#pauses > 0) gate.pause();
    const bus = this.#ports.wrapBus(incarnation, raw, gate);
    const nodeTime = this.#ports.wrapClock(incarnation, nodeClock(clock, gate, skewMs), gate);
    this.#ports.start({ incarnation, gate, clock: nodeTime, bus, telemetry }).then(
      (program) => {
        if (this.#gate !== gate) return;
        this.#program = program;
        this.#ports.onStarted(incarnation);
      },
      () => {
        // A process that cannot start exits; the platform starts it again.
        if (this.#gate !== gate) return;
        this.#die();
        clock.after(RESTART_MS, () => this.boot());
      },
    );
  }

  /** Gone in one moment, and kept down. */
  crash(): void {
    this.#downs += 1;
    this.#die();
  }

  /** Told to stop; gone when it has, or at the deadline; kept down. */
  stop(): void {
    this.#downs += 1;
    const gate = this.#gate;
    const program = this.#program;
    if (gate === undefined || program === undefined) {
      this.#die();
      return;
    }
    const gone = (): void => {
      if (this.#gate === gate) this.#die();
    };
    gate.run(() => {
      program.stop().then(gone, (error: unknown) => {
        this.#ports.onThrown(this.#incarnation, error);
        gone();
      });
    });
    this.#ports.clock.after(STOP_DEADLINE_MS, gone);
  }

  /** A fault that kept it down is over. */
  allowUp(): void {
    this.#downs -= 1;
    const retry = (): void => {
      // A stop may still be going on.
      if (this.#gate === undefined) this.boot();
      else if (this.#downs === 0 && this.#program !== undefined) this.#ports.clock.after(RESTART_MS, retry);
    };
    retry();
  }

  /** Nothing of it runs until `resume`. */
  pause(): void {
    this.#pauses += 1;
    this.#gate?.pause();
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.#pauses === 0) this.#gate?.resume();
  }

  /** No bus until `heal`. */
  cut(): void {
    this.#cuts += 1;
    this.#ports.broker.cut(this.#incarnation);
  }

  heal(): void {
    this.#cuts -= 1;
    if (this.#cuts === 0) this.#ports.broker.heal(this.#incarnation);
  }

  #die(): void {
    const incarnation = this.#incarnation;
    const bus = this.#bus;
    if (this.#gate === undefined || bus === undefined) return;
    this.#gate.crash();
    this.#gate = undefined;
    this.#program = undefined;
    this.#bus = undefined;
    void bus.close();
    this.#ports.onDied(incarnation);
  }
}
