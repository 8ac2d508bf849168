/** What a gateway demands of a pod: the contract that `GatewayRelease` fulfills without knowing the gateway. */
import type { GatewayName } from '../catalog/gateways';
import type { GatewayPolicy } from './policy';

/** A file that it reads; all lie in one folder, read-only. */
export interface GatewayFile {
  readonly name: string;
  readonly content: string;
}

/** A path of its own that answers 200 while all is well. */
export interface GatewayProbe {
  readonly path: string;
  readonly port: number;
}

/** What a gateway makes of a policy: its files, ports and probes. */
export interface GatewaySpec {
  /** Port that callers reach. */
  readonly port: number;
  /** Where Prometheus finds metrics; absent where it has none. */
  readonly metrics?: GatewayProbe;
  /** How probes reach it. @default 'HTTP' */
  readonly scheme?: 'HTTP' | 'HTTPS';
  readonly readiness: GatewayProbe;
  readonly liveness: GatewayProbe;
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Name of the variable that takes the database's address from a Secret; absent where it wants none. */
  readonly databaseVariable?: string;
  /** Name of the variable that takes the administrator's key from a Secret, where it does not start without one. */
  readonly masterKeyVariable?: string;
  readonly files: readonly GatewayFile[];
  readonly user: { readonly uid: number; readonly gid: number };
  /** Folders that it writes to and that end with the pod. */
  readonly writable: readonly string[];
  /** Folder that must outlive the pod; absent where nothing has to. */
  readonly state?: string;
  /** Bytes. */
  readonly memoryBytes: number;
  /** Seconds from SIGTERM to its end, calls included. */
  readonly shutdownSeconds: number;
}

/** The contract of one gateway. */
export interface Gateway {
  readonly name: GatewayName;
  /**
   * @throws AirlockError (input) for what it cannot enforce
   */
  readonly contract: (policy: GatewayPolicy) => GatewaySpec;
}

/** Folder of the files. */
export const CONFIG_FOLDER = '/etc/airlock/gateway';
/** Folder of the certificate that callers see: `tls.crt` and `tls.key`, as in a Secret of type kubernetes.io/tls. */
export const TLS_FOLDER = '/etc/airlock/tls';
