import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { addOutputs } from './outputs';
import { addStateBackend } from './state-backend';
import { ThumbnailWorkflow, type ThumbnailWorkflowProps } from './thumbnail-workflow';

/** One workflow with a provider, a place for the Terraform state, and the outputs that the commands read. */
export class ThumbnailWorkflowStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: ThumbnailWorkflowProps) {
    super(scope, id);
    const { settings } = props;

    this.addOverride('terraform.required_version', '>= 1.10');
    // CDKTF asks for exactly the version that its classes were made from. Later ones have fixes.
    this.addOverride('terraform.required_providers.aws.version', '~> 6.25');
    addStateBackend(this, settings);
    new AwsProvider(this, 'aws', { region: settings.region, defaultTags: [{ tags: settings.tags }] });
    // "Default" adds nothing to the addresses of the resources: the stack holds nothing else.
    const workflow = new ThumbnailWorkflow(this, 'Default', props);
    addOutputs(this, settings, workflow);
  }
}
