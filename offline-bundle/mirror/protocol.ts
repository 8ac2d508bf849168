/** What every protocol of the mirror is given. */
import type { FastifyInstance } from 'fastify';
import type { Store } from '../store/store';
import type { BlobHealth } from './blob-health';
import type { Catalog } from './catalog';

export interface MirrorContext {
  readonly store: Store;
  /** Which blobs may not be sent. */
  readonly health: BlobHealth;
  /** The catalog as it is now. */
  catalog(): Promise<Catalog>;
}

/** Adds the routes of one protocol. */
export type Protocol = (app: FastifyInstance, context: MirrorContext) => void;
