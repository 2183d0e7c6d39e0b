// One client in a process of its own: the SDK is a singleton. What to send comes as JSON in the first argument.
import Countly from 'countly-sdk-nodejs';

const { config, steps, milliseconds } = JSON.parse(process.argv[2]);
Countly.init({ interval: 50, fail_timeout: 1, max_events: 100, storage_type: 'memory', ...config });
for (const [name, ...values] of steps) {
  if (name === 'log_error') Countly.log_error(new Error(values[0]));
  else Countly[name](...values);
}
if (config.remote_config) {
  Countly.fetch_remote_config((error, configs) => console.log(JSON.stringify({ error, configs })));
}
setTimeout(() => process.exit(0), milliseconds);
