/** A stack to put one construct into, and its plan. */
import { Testing } from 'cdktf';
import { BaseStack } from '../../stacks/base-stack';
import { type Stack } from '../stacks/synthesized';

export class TestStack extends BaseStack {
  public constructor() {
    super(Testing.app(), 'test', { state: { backend: 'local', directory: 'state' } });
  }

  public plan(): Stack {
    this.prepareStack();
    return this.toTerraform() as Stack;
  }
}
