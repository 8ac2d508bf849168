/** Gateways: where their images come from, and the oldest release that may guard models. Configuration is in `gateway/`. */
import { badInput } from '../core/errors';
import { isAtLeast } from '../core/version';

/** Gateways, as the site writes them. */
export type GatewayName = 'agentgateway' | 'litellm';

interface GatewayRelease {
  /** `{version}` stands for the version written in the site. */
  readonly image: string;
  /** Oldest release without a known hole that this kit would open. */
  readonly floor: string;
  readonly why: string;
}

/** agentgateway: agentgateway.dev, "Deploy with Docker". LiteLLM: docs.litellm.ai, "Docker, Helm, Terraform". */
export const GATEWAYS: Readonly<Record<GatewayName, GatewayRelease>> = {
  agentgateway: {
    image: 'ghcr.io/agentgateway/agentgateway:v{version}',
    floor: '1.5.0',
    why: 'older ones accept a JWT that lacks iss or aud, and have no budgets for keys (release notes of 1.5)',
  },
  litellm: {
    image: 'ghcr.io/berriai/litellm-non_root:v{version}',
    floor: '1.84.0',
    why: 'older ones let callers in by a forged Host header (CVE-2026-49468) or inject SQL (CVE-2026-42208)',
  },
};

/**
 * Reference of the image of a gateway's release.
 *
 * @throws AirlockError (input) for a release below the floor
 */
export function gatewayImage(name: GatewayName, version: string): string {
  const { image, floor, why } = GATEWAYS[name];
  if (!isAtLeast(version, floor)) {
    throw badInput(
      'VERSION_UNSUPPORTED',
      `${name} ${version} is older than ${floor}: ${why}`,
      `write ${floor} or newer`,
    );
  }
  return image.replace('{version}', version);
}
