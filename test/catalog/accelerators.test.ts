import helm from '@cdktf/provider-helm/package.json';
import kubernetes from '@cdktf/provider-kubernetes/package.json';
import { ACCELERATORS } from '../../catalog/accelerators';
import { ENGINE_IMAGES } from '../../catalog/engines';
import { TERRAFORM_PROVIDERS } from '../../catalog/terraform-providers';
import siteSchema from '../../site/schema/site.schema.json';

describe('the catalog and the site schema', () => {
  it('name the same accelerators', () => {
    expect([...siteSchema.$defs.pool.properties.accelerator.enum].sort()).toEqual(Object.keys(ACCELERATORS).sort());
  });

  it('name the same engines', () => {
    expect([...siteSchema.$defs.serving.properties.engine.properties.name.enum].sort()).toEqual(
      Object.keys(ENGINE_IMAGES).sort(),
    );
  });
});

it('the locked provider versions are those of the pinned bindings', () => {
  for (const [name, { cdktf }] of Object.entries({ kubernetes, helm })) {
    expect(TERRAFORM_PROVIDERS).toContainEqual({
      source: `registry.terraform.io/hashicorp/${name}`,
      version: cdktf.provider.version,
    });
  }
});
