/** Runs cdktf without its report of use to HashiCorp, which ends in a red error on a machine that can't reach the internet. */
process.env.CHECKPOINT_DISABLE ||= '1';
require('cdktf-cli/bundle/bin/cdktf');
