/**
 * Two workflows in one stack, together with whatever else the stack needs. Run it from the root of the project, as
 * README.md says.
 */
import { resolve } from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { bundleFunctions, bundleTarget } from '../../bundling/bundle-functions';
import { extrasFor, functionsFor } from '../../stacks/catalogue';
import { parseSettings } from '../../stacks/load-settings';
import { ThumbnailWorkflow } from '../../stacks/thumbnail-workflow';

const REGION = 'eu-west-1';

/** The part of a photo shop that stores pictures. */
class ShopStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, 'aws', { region: REGION });

    const photos = this.workflow('photos', {
      presets: [{ name: 'shop', variants: [{ name: 'tile', width: 320 }] }],
      notifications: { errors: ['photos@example.com'] },
    });
    this.workflow('avatars', {
      presets: [{ name: 'avatar', variants: [{ name: 'round', width: 128, height: 128, fit: 'cover' }] }],
    });
    new TerraformOutput(this, 'photos_bucket', { value: photos.uploads.name });
  }

  /** @param settings as in settings.json; docs/settings.md lists them */
  private workflow(name: string, settings: object): ThumbnailWorkflow {
    const checked = parseSettings({ ...settings, namePrefix: `shop-${name}`, region: REGION }, name);
    return new ThumbnailWorkflow(this, name, {
      settings: checked,
      packages: bundleFunctions({
        root: resolve(__dirname, '../..'),
        folder: 'functions',
        imports: ['contract'],
        names: functionsFor(checked),
        extras: extrasFor(checked),
        target: bundleTarget(process.env['BUNDLE_FOR']),
      }),
    });
  }
}

const app = new App();
new ShopStack(app, 'shop');
app.synth();
