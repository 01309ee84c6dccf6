import { App } from 'cdktf';
import { bundleFunctions, bundleTarget } from './bundling/bundle-functions';
import { extrasFor, functionsFor } from './stacks/catalogue';
import { loadSettings, SettingsError } from './stacks/load-settings';
import { withSomeone } from './stacks/settings/someone';
import { ThumbnailWorkflowStack } from './stacks/thumbnail-workflow-stack';

try {
  const settings = withSomeone(
    loadSettings(process.env['SETTINGS'] ?? 'settings.json'),
    process.env['LOCAL_ADDRESS'],
  );
  const packages = bundleFunctions({
    root: __dirname,
    folder: 'functions',
    imports: ['contract'],
    names: functionsFor(settings),
    extras: extrasFor(settings),
    target: bundleTarget(process.env['BUNDLE_FOR']),
  });
  const app = new App();
  new ThumbnailWorkflowStack(app, 'thumbnail-workflow', { settings, packages });
  app.synth();
} catch (error) {
  // What is wrong with the settings is for a person: the stack trace would bury it.
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
