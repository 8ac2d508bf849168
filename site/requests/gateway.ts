/** What a site asks the lock for so that callers have a gateway and calls leave traces. */
import { gatewayImage } from '../../catalog/gateways';
import { rateLimitImage, valkeyImage } from '../../catalog/rate-limit';
import { collectorImage, phoenixImage, postgresImage } from '../../catalog/trace-software';
import type { Site } from '../generated/site';

interface WantedImage {
  /** Name under which the lock carries it. */
  readonly name: string;
  readonly reference: string;
  /** Who needs it. */
  readonly user: string;
}

/** Name under which the lock carries the gateway's image. */
export function gatewayImageName({ gateway }: Pick<Site, 'gateway'>): string {
  if (gateway === undefined) throw new Error('the site has no gateway');
  return gateway.image ?? `gateway-${gateway.software}-${gateway.version}`;
}

export const RATE_LIMIT_IMAGE_NAME = 'rate-limit';
export const VALKEY_IMAGE_NAME = 'rate-limit-store';
export const COLLECTOR_IMAGE_NAME = 'trace-collector';
export const PHOENIX_IMAGE_NAME = 'trace-store-phoenix';
export const POSTGRES_IMAGE_NAME = 'trace-store-postgres';

/** Images of gateway, collector and trace store. */
export function gatewayImages(site: Site): WantedImage[] {
  const { gateway, traces, images = [] } = site;
  const own = images.find(({ name }) => name === gateway?.image)?.reference;
  return [
    ...(gateway === undefined
      ? []
      : [
          {
            name: gatewayImageName(site),
            reference: own ?? gatewayImage(gateway.software, gateway.version),
            user: 'gateway',
          },
        ]),
    ...(gateway?.rateLimit === undefined
      ? []
      : [
          {
            name: RATE_LIMIT_IMAGE_NAME,
            reference: rateLimitImage(gateway.rateLimit.service),
            user: 'gateway/rate-limit',
          },
          { name: VALKEY_IMAGE_NAME, reference: valkeyImage(gateway.rateLimit.valkey), user: 'gateway/rate-limit' },
        ]),
    ...(traces === undefined
      ? []
      : [
          { name: COLLECTOR_IMAGE_NAME, reference: collectorImage(traces.collector.version), user: 'traces/collector' },
        ]),
    ...(traces?.store === undefined
      ? []
      : [
          { name: PHOENIX_IMAGE_NAME, reference: phoenixImage(traces.store.phoenix), user: 'traces/store' },
          { name: POSTGRES_IMAGE_NAME, reference: postgresImage(traces.store.postgres), user: 'traces/store' },
        ]),
  ];
}
